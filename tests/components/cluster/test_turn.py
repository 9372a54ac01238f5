import subprocess
import sys
from pathlib import Path

import pytest

from components.cluster.turn import turn

ENTER = "from components.cluster.turn import turn\nwith turn(): print('in', flush=True); input()"
REPOSITORY = Path(__file__).parents[3]


def test_another_process_of_the_same_stack_waits_for_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with turn():
        other = subprocess.Popen(
            [sys.executable, "-c", ENTER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(REPOSITORY)},
        )
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=1)
    assert other.stdout is not None
    assert other.stdout.readline() == "in\n"
    other.communicate("\n", timeout=10)
    assert other.returncode == 0


def test_the_turn_of_a_process_that_was_killed_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    other = subprocess.Popen(
        [sys.executable, "-c", ENTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(REPOSITORY)},
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "in\n"
    other.kill()
    other.communicate()
    with turn():
        pass
