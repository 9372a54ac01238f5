"""`make test` itself."""

from pathlib import Path

from operate.commands import test as command

REPORT = """\
<testsuites><testsuite>
<testcase classname="tests.e2e.test_1_cluster" name="a" time="60.5" />
<testcase classname="tests.lab.hosts.test_host" name="b" time="1.0" />
<testcase classname="tests.lab.hosts.test_power" name="c" time="2.0" />
</testsuite></testsuites>
"""


def test_the_end_to_end_tests_run_last(tmp_path: Path) -> None:
    assert command.suites(Path("tests"))[-1] == "tests/e2e"
    assert len(command.suites(Path("tests"))) > 3
    assert command.suites(tmp_path) == []


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
