"""The command line."""

import pytest

from operate import __main__ as command_line
from operate.failure import OperateError


def test_a_failure_is_one_sentence_and_its_own_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise OperateError("the disk is full; make room", code=9)

    monkeypatch.setattr(command_line, "run", fail)
    assert command_line.main(["clean"]) == 9
    assert capsys.readouterr().err == "error: the disk is full; make room\n"


def test_options_that_pulumi_knows_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def remember(*given: object) -> int:
        seen.extend(given)
        return 0

    monkeypatch.setattr(command_line, "run", remember)
    assert command_line.main(["up", "--stack", "core", "--parallel", "4"]) == 0
    assert seen[0].stack == "core"  # type: ignore[attr-defined]
    assert seen[1] == ["--parallel", "4"]


def test_an_option_that_nobody_knows_is_refused() -> None:
    with pytest.raises(SystemExit):
        command_line.main(["clean", "--force"])


def test_a_stack_without_a_file_is_refused_by_every_command_that_takes_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in (
        "up",
        "preview",
        "down",
        "refresh",
        "output",
        "shell",
        "init",
        "bundle",
        "sbom",
        "graph",
        "status",
        "drift",
        "check-hosts",
        "snapshot",
        "snapshots",
        "restore",
    ):
        more = ["--id", "1"] if name == "restore" else []
        assert command_line.main([name, "--stack", "nowhere", *more]) == 1
        assert "Pulumi.nowhere.yaml: there is no such file" in capsys.readouterr().err
