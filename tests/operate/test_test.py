"""`make test` itself."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from operate.commands import test as command
from operate.failure import OperateError
from operate.phases import Phases
from stacks.config import Configuration

REPORT = """\
<testsuites><testsuite>
<testcase classname="tests.e2e.test_1_cluster" name="a" time="60.5" />
<testcase classname="tests.lab.hosts.test_host" name="b" time="1.0" />
<testcase classname="tests.lab.hosts.test_power" name="c" time="2.0" />
</testsuite></testsuites>
"""


def test_every_directory_of_tests_is_run_by_one_of_the_two(tmp_path: Path) -> None:
    found = {str(path) for path in Path("tests").iterdir() if path.is_dir()}
    ran = {*command.suites(Path("tests")), command.LAST}
    assert ran == {path for path in found if "__" not in path}
    assert command.LAST not in command.suites(Path("tests"))
    assert command.suites(tmp_path) == []


class Steps:
    """What `make test` does, in order, with nothing behind it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self.taken: list[str] = []
        self.codes = {"e2e": 0, command.SUITES: 0}
        monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path))
        monkeypatch.delenv("CI", raising=False)
        monkeypatch.setattr("subprocess.run", self.pytest)
        monkeypatch.setattr(command, "environment", lambda *_, **__: {})
        monkeypatch.setattr(command, "beside", self.beside)
        monkeypatch.setattr("operate.disk.drop_compiler_cache", self.drop)
        monkeypatch.setattr("operate.subprograms.packages", self.packages)
        monkeypatch.setattr("operate.subprograms.tool_chain", self.tool_chain)
        monkeypatch.setattr("operate.workplace.bundle_of", self.bundle_of)

    def packages(self, *_: str) -> None:
        self.taken.append("packages")

    def tool_chain(self) -> str:
        self.taken.append("tool chain")
        return "/chain"

    def bundle_of(self, configuration: Configuration, _: Phases) -> None:
        lab = configuration.hosts.lab
        self.taken.append(f"bundle of {lab.name if lab else 'nothing'}")

    def pytest(self, words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        name = "e2e" if command.LAST in words else command.SUITES
        self.taken.append(f"pytest of {name}")
        return subprocess.CompletedProcess(words, self.codes[name])

    @contextmanager
    def beside(self, words: Sequence[str], log: Path) -> Iterator["Steps"]:
        self.taken.append(f"beside: {' '.join(words)}")
        self.log = log
        self.log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("what the other suites printed")
        yield self

    def wait(self) -> int:
        return self.codes[command.SUITES]

    def drop(self, _: Path, *, frugal: bool) -> None:
        self.taken.append(f"dropped: {frugal}")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Steps:
    return Steps(monkeypatch, tmp_path)


def test_the_other_suites_run_beside_the_end_to_end_tests_which_wait_for_a_cluster_s_bundle_alone(
    steps: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    command.test(Phases(), full=False)
    assert steps.taken == [
        "packages",
        "beside: test-suites",
        "tool chain",
        "bundle of core",
        "pytest of e2e",
    ]
    assert "what the other suites printed" in capsys.readouterr().out


def test_all_that_the_end_to_end_tests_need_later_is_built_before_the_other_suites_run(
    steps: Steps,
) -> None:
    command.test_suites(Phases(), full=False)
    assert steps.taken[1:3] == ["bundle of core", "bundle of dev"]
    assert steps.taken[-1] == "pytest of test-suites"


@pytest.mark.parametrize("name", ["e2e", "test-suites"])
def test_a_test_that_fails_in_either_of_the_two_fails_the_whole(steps: Steps, name: str) -> None:
    steps.codes[name] = 1
    with pytest.raises(OperateError, match="tests failed"):
        command.test(Phases(), full=False)
    if name == command.SUITES:
        with pytest.raises(OperateError, match="tests failed"):
            command.test_suites(Phases(), full=False)


def test_the_long_tests_of_both_run_when_asked_for(steps: Steps) -> None:
    command.test(Phases(), full=True)
    assert "beside: test-suites --full" in steps.taken


def test_a_machine_of_ci_keeps_nothing_that_only_a_compiler_needs(
    steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    command.test(Phases(), full=False)
    assert steps.taken[-1] == "dropped: True"


def test_the_time_is_summed_up_by_directory_the_longest_first() -> None:
    summed = command.times(REPORT)
    assert list(summed.items()) == [("tests/e2e", (1, 60.5)), ("tests/lab/hosts", (2, 3.0))]


def test_long_tests_run_only_when_asked_for(tmp_path: Path) -> None:
    plugin = tmp_path / "home/plugins/resource-command-v1.2.1/pulumi-resource-command"
    plugin.parent.mkdir(parents=True)
    plugin.touch()
    assert "APPLIANCE_TEST_FULL" not in command.environment(tmp_path, full=False)
    assert command.environment(tmp_path, full=True)["APPLIANCE_TEST_FULL"] == "1"
    assert command.environment(tmp_path, full=False)["APPLIANCE_COMMAND_PLUGIN"] == str(plugin)
