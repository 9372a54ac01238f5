"""A command that runs beside another."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from operate import beside as module
from operate.beside import NICENESS, beside


def test_it_is_a_command_of_this_program_whose_words_are_in_a_file(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with beside(["clean", "--force"], tmp_path / "logs" / "beside.log") as other:
        assert other.wait() == 2
    assert "`clean` does not know --force" in other.log.read_text()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("code", "told"), [(0, "ended well after"), (3, "FAILED with exit code 3 after")]
)
def test_how_it_ended_is_told_while_the_other_goes_on(
    tmp_path: Path,
    code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(module, "PROGRAM", ("sh", "-c", f"exit {code}"))
    said = ""
    with beside(["test-suites"], tmp_path / "beside.log"):
        deadline = time.monotonic() + 10
        while f"it wrote to {tmp_path}" not in said and time.monotonic() < deadline:
            said += capfd.readouterr().out
            time.sleep(0.01)
    assert f"test-suites {told}" in said


def test_it_yields_to_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROGRAM", (sys.executable, "-c", "import os; print(os.nice(0))"))
    with beside(["it"], tmp_path / "beside.log") as other:
        other.wait()
    # No process yields more than by 19, and who runs these tests may yield to others too.
    assert int(other.log.read_text()) == min(os.nice(0) + NICENESS, 19)


def test_it_does_not_outlive_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROGRAM", ("sleep",))
    with pytest.raises(RuntimeError), beside(["600"], tmp_path / "beside.log") as other:
        raise RuntimeError
    assert other.process.returncode == -signal.SIGINT
