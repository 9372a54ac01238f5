"""Processes that a killed command left behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from operate import processes

MARK = "APPLIANCE_RUN=r1"


def entry(proc: Path, pid: int, *, session: int, environ: str, state: str = "S") -> None:
    """A directory of /proc; the name holds what breaks a careless reader."""
    directory = proc / str(pid)
    directory.mkdir()
    rest = ["0"] * 15
    (directory / "stat").write_text(
        f"{pid} (a ) b (c) {state} 1 {pid} {session} {' '.join(rest)} 100 0\n"
    )
    (directory / "environ").write_bytes(environ.replace(" ", "\0").encode() + b"\0")


def test_processes_of_the_session_that_carry_the_mark_are_found(tmp_path: Path) -> None:
    entry(tmp_path, 10, session=7, environ=f"A=1 {MARK}")
    entry(tmp_path, 11, session=7, environ=f"{MARK} B=2")
    assert processes.left_behind([7], MARK, tmp_path) == (10, 11)


def test_a_host_that_lives_on_in_a_session_of_its_own_is_left_alone(tmp_path: Path) -> None:
    entry(tmp_path, 10, session=10, environ=MARK)
    assert processes.left_behind([7], MARK, tmp_path) == ()


def test_a_session_number_that_was_given_out_again_is_left_alone(tmp_path: Path) -> None:
    entry(tmp_path, 10, session=7, environ="APPLIANCE_RUN=r2")
    entry(tmp_path, 11, session=7, environ=f"{MARK}0")
    assert processes.left_behind([7], MARK, tmp_path) == ()


def test_a_zombie_is_not_waited_for(tmp_path: Path) -> None:
    entry(tmp_path, 10, session=7, environ=MARK, state="Z")
    assert processes.left_behind([7], MARK, tmp_path) == ()
    assert not processes.alive(10, tmp_path)


def test_a_process_that_does_not_heed_the_request_is_killed() -> None:
    command = ["sh", "-c", "trap '' INT; echo ready; while :; do sleep 0.05; done"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as stubborn:
        assert stubborn.stdout is not None
        stubborn.stdout.readline()
        processes.end([stubborn.pid], grace=0.3)
        assert stubborn.wait(5) == -9


def test_ending_a_process_that_has_gone_is_no_fault() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    processes.end([gone.pid], grace=0)


def test_the_start_of_a_process_is_known_to_a_second() -> None:
    before = time.time()
    with subprocess.Popen(["sleep", "60"]) as process:
        started = processes.started_at(process.pid)
        process.kill()
    assert started == pytest.approx(before, abs=1.5)
    assert processes.started_at(os.getpid()) is not None


def test_what_a_background_job_starts_hears_interrupts_again() -> None:
    program = (
        "import subprocess, sys; from operate.processes import hear_interrupts; hear_interrupts();"
        "sys.exit(subprocess.call(['sh', '-c', 'kill -INT $$; exit 7']))"
    )
    deaf = ["sh", "-c", 'trap "" INT TERM; exec "$@"', "sh", sys.executable, "-c", program]
    assert subprocess.run(deaf, check=False).returncode != 7
