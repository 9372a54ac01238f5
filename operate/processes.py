"""Processes that a killed command left behind: finding them by session and mark, and ending them.

Owns reading /proc, and what a process hears. Does not own which command died: that is `lock.py`. Hosts of the lab
outlive the command that made them, in sessions of their own, and are therefore never found here.
"""

import os
import signal
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
GRACE: Final = 20
"""Seconds from the request to end until the kill: time for an engine to save its state."""

POLL: Final = 0.1
STATE, SESSION, START = 0, 3, 19
"""Places in /proc/PID/stat after the name in brackets."""


def hear_interrupts() -> None:
    """Let this process and all that it starts be interrupted, and be ended politely in the same way.

    A shell starts background jobs with interrupts ignored, and children inherit that: an engine would not save its
    state for one, and plugins would not end when it asks them, for which it waits 5 s before a stack's first resource.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def left_behind(sessions: Collection[int], mark: str, proc: Path = PROC) -> tuple[int, ...]:
    """The processes of these sessions whose environment holds `mark` (NAME=value).

    The mark guards against a session number that the kernel has given out again.
    """
    found = []
    for directory in proc.iterdir():
        if not directory.name.isdigit():
            continue
        with suppress(OSError):
            if int(stat(directory)[SESSION]) not in sessions or stat(directory)[STATE] == "Z":
                continue
            if mark.encode() in (directory / "environ").read_bytes().split(b"\0"):
                found.append(int(directory.name))
    return tuple(sorted(found))


def stat(directory: Path) -> list[str]:
    """The fields of a process's stat after its name, which may itself hold spaces and brackets."""
    return (directory / "stat").read_text().rpartition(")")[2].split()


def alive(pid: int, proc: Path = PROC) -> bool:
    """Whether a process of this number runs; a zombie does not."""
    try:
        return stat(proc / str(pid))[STATE] != "Z"
    except OSError:
        return False


def started_at(pid: int, proc: Path = PROC) -> float | None:
    """When a process started, in seconds since the epoch; None if it does not run."""
    try:
        ticks = int(stat(proc / str(pid))[START])
        uptime = float((proc / "uptime").read_text().split()[0])
    except OSError:
        return None
    return time.time() - uptime + ticks / os.sysconf("SC_CLK_TCK")


def end(pids: Collection[int], grace: float = GRACE) -> None:
    """Ask processes to end, and kill those that have not when the grace is over."""
    send(pids, signal.SIGINT)
    deadline = time.monotonic() + grace
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(POLL)
    send([pid for pid in pids if alive(pid)], signal.SIGKILL)


def send(pids: Collection[int], number: signal.Signals) -> None:
    """Send a signal to each process that still is."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
