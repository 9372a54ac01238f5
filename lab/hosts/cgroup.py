"""A cgroup root of its own for each host, so that two kubelets do not share `kubepods`.

Owns both forms: on version 1 (also hybrid) a directory in each hierarchy, which the supervisor enters; on version 2 a
scope that systemd delegates. Does not own what the host does inside.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lab.hosts.failure import LabError
from lab.hosts.process import until

MOUNT = Path("/sys/fs/cgroup")
MOUNTINFO = Path("/proc/self/mountinfo")
PATIENCE = 20
"""Seconds for killed processes to go: one that waits for a disk cannot go before the disk answers."""

CPUSET = ("cpuset.cpus", "cpuset.mems")


@dataclass(frozen=True, kw_only=True)
class Hierarchies:
    """Where this machine's cgroups are mounted. `unified`: there is one hierarchy, and systemd keeps it."""

    mounts: tuple[Path, ...]
    unified: bool

    @classmethod
    def of(cls, mountinfo: str) -> "Hierarchies":
        """From the text of /proc/self/mountinfo; LabError where no host can have cgroups."""
        found: dict[Path, str] = {}
        for line in mountinfo.splitlines():
            left, _, right = line.partition(" - ")
            point, kind = Path(left.split()[4]), right.split()[0]
            if kind in ("cgroup", "cgroup2") and point.is_relative_to(MOUNT):
                found[point] = kind
        if found.get(MOUNT) == "cgroup2":
            return cls(mounts=(MOUNT,), unified=True)
        if "cgroup" not in found.values():
            raise LabError(
                f"no cgroup hierarchy is mounted below {MOUNT}; lab hosts need version 2 with systemd as PID 1, "
                "or version 1"
            )
        return cls(mounts=tuple(found), unified=False)

    @classmethod
    def here(cls) -> "Hierarchies":
        """This machine's."""
        return cls.of(MOUNTINFO.read_text())

    def directories(self, name: str) -> Iterator[Path]:
        """The host's directories, one in each hierarchy."""
        for mount in self.mounts:
            yield mount / "system.slice" / f"{name}.scope" if self.unified else mount / name

    def prepare(self, name: str) -> tuple[Path, ...]:
        """Make the host's directories; returns the files that a process writes its number to in order to enter them."""
        if self.unified:
            return ()
        for directory in self.directories(name):
            directory.mkdir(exist_ok=True)
            # A cpuset starts out empty, and nothing can enter an empty one.
            for file in CPUSET:
                with suppress(FileNotFoundError):
                    (directory / file).write_text((directory.parent / file).read_text())
        return tuple(directory / "cgroup.procs" for directory in self.directories(name))

    def prefix(self, name: str) -> tuple[str, ...]:
        """What stands before a command to run it in the host's cgroup: systemd-run makes the scope and becomes it."""
        if not self.unified:
            return ()
        scope = ("systemd-run", "--scope", "--quiet", "--collect", f"--unit={name}.scope")
        return (*scope, "--property=Delegate=yes", "--slice=system.slice", "--")

    def processes(self, name: str) -> set[int]:
        """All processes in the host's cgroups."""
        found: set[int] = set()
        for directory in _tree(self.directories(name)):
            with suppress(OSError):
                found.update(map(int, (directory / "cgroup.procs").read_text().split()))
        return found

    def kill(self, name: str, host: str) -> None:
        """Kill every process of the host at once, as a loss of power does; LabError if one does not go."""

        def empty() -> bool:
            for pid in (left := self.processes(name)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return not left

        for directory in self.directories(name):
            # Only version 2 has it, and there it misses no process that is just being born.
            with suppress(OSError):
                (directory / "cgroup.kill").write_text("1")
        if not until(empty, PATIENCE):
            left = ", ".join(map(str, sorted(self.processes(name))))
            raise LabError(
                f"processes {left} of host {host} did not end within {PATIENCE} s after SIGKILL; look at what they "
                "wait for (`ps -o pid,stat,wchan,args`), then run again"
            )

    def remove(self, name: str, host: str) -> None:
        """Remove the host's cgroups with all below; LabError if one is still in use."""
        if not until(lambda: self._removed(name), PATIENCE):
            left = next(iter(_tree(self.directories(name))), None)
            raise LabError(
                f"cgroup {left} of host {host} cannot be removed: a process is in it; end it, then run again"
            )

    def _removed(self, name: str) -> bool:
        for directory in _tree(self.directories(name)):
            with suppress(OSError):
                directory.rmdir()
        return not any(directory.exists() for directory in self.directories(name))


def _tree(tops: Iterator[Path]) -> Iterator[Path]:
    """All directories below and including these, children first."""
    for top in tops:
        for directory, _, _ in os.walk(top, topdown=False):
            yield Path(directory)


def init_is_systemd(comm: Callable[[], str] = lambda: Path("/proc/1/comm").read_text()) -> bool:
    """Whether PID 1 can be asked for a scope."""
    return comm().strip() == "systemd"
