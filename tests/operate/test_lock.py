"""One command at a time on a stack."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from operate import lock
from operate.failure import OperateError

HOLDER = """
import sys, time
from pathlib import Path
from operate.lock import hold
with hold(Path(sys.argv[1]), command="make up STACK=dev", run="r1", wait=True) as held:
    held.started(4242)
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "operate.lock"


def holder(file: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock, and has started an engine in session 4242."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, file], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_command_that_may_not_wait_is_refused_with_pid_and_time(file: Path) -> None:
    with holder(file) as first:
        second = lock.hold(file, command="make down", run="r2", wait=False)
        holds = rf"make up STACK=dev` \(pid {first.pid}\).* since 20"
        with pytest.raises(OperateError, match=holds), second:
            pass
        first.kill()


def test_a_second_command_waits_until_the_first_is_done(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order: list[str] = []

    def second() -> None:
        with lock.hold(file, command="make down", run="r2", wait=True):
            order.append("second")

    with lock.hold(file, command="make up", run="r1", wait=True):
        waiting = threading.Thread(target=second)
        waiting.start()
        deadline = time.monotonic() + 5
        while "waiting" not in capsys.readouterr().out:
            assert time.monotonic() < deadline
        order.append("first")
    waiting.join(5)
    assert order == ["first", "second"]


def test_the_holder_after_a_killed_one_learns_whose_work_it_cleans_up(file: Path) -> None:
    with holder(file) as first:
        first.kill()
        first.wait()
        with lock.hold(file, command="make up", run="r2", wait=False) as held:
            assert held.previous is not None
            assert (held.previous.pid, held.previous.run) == (first.pid, "r1")
            assert held.previous.sessions == (4242,)


def test_the_holder_after_one_that_ended_or_failed_has_nothing_to_clean_up(file: Path) -> None:
    with pytest.raises(OperateError), lock.hold(file, command="a", run="r1", wait=False):
        raise OperateError("failed")
    with lock.hold(file, command="b", run="r2", wait=False) as held:
        assert held.previous is None


@pytest.mark.parametrize("text", ["", "{", '{"pid": 1}', "[]"])
def test_a_lock_file_that_was_cut_off_names_nobody(text: str) -> None:
    assert lock.parse(text) is None


def test_a_program_that_the_holder_started_does_not_keep_the_lock(file: Path) -> None:
    with lock.hold(file, command="a", run="r1", wait=False):
        orphan = subprocess.Popen(["sleep", "60"])
    try:
        with lock.hold(file, command="b", run="r2", wait=False):
            pass
    finally:
        orphan.kill()
        orphan.wait()
