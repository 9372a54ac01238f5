"""Memory and processor time of a command with all that it starts: engine, language host, program and plugins.

Owns looking at /proc while the command runs. Does not own the command.
"""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

INTERVAL: Final = 0.25
MEGABYTE: Final = 1_000_000
SESSION, USER, SYSTEM, RESIDENT = 3, 11, 12, 21
"""Places in /proc/PID/stat after the program's name, which may hold spaces."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process at one moment: processor seconds so far and resident bytes."""

    session: int
    cpu: float
    resident: int


class Usage(threading.Thread):
    """What a session's processes use, seen four times a second.

    Memory is the largest sum of their resident pages; pages that processes share count once for each of them, so the
    true figure is below. Processor time misses what a process did after the last look.
    """

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session = session
        self._ended = threading.Event()
        self._cpu: dict[int, float] = {}
        self.megabytes = 0.0

    def run(self) -> None:
        """Look until told to end."""
        while not self._ended.wait(INTERVAL):
            found = {pid: each for pid, each in processes() if each.session == self._session}
            self._cpu |= {pid: each.cpu for pid, each in found.items()}
            resident = sum(each.resident for each in found.values())
            self.megabytes = max(self.megabytes, resident / MEGABYTE)

    def end(self) -> float:
        """Stop looking; processor seconds of all that were seen."""
        self._ended.set()
        self.join()
        return sum(self._cpu.values())


def processes() -> Iterator[tuple[int, Process]]:
    """Every process by its id."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        yield int(stat.parent.name), read(text)


def read(stat: str) -> Process:
    """A line of /proc/PID/stat."""
    fields = stat.rpartition(")")[2].split()
    ticks = int(fields[USER]) + int(fields[SYSTEM])
    return Process(
        session=int(fields[SESSION]),
        cpu=ticks / os.sysconf("SC_CLK_TCK"),
        resident=int(fields[RESIDENT]) * os.sysconf("SC_PAGE_SIZE"),
    )
