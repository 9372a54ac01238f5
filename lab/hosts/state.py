"""What is remembered of labs and hosts, and the locks that guard it.

Owns the JSON files: a host's is written before anything of the host is made and goes last, so that whatever a killed
call made can be found and finished or removed. Does not own the things made.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab, valid
from lab.hosts.process import Supervisor, until

PATIENCE = 900
"""Seconds to wait for a lock: longer than the longest thing done under one, a template made on a slow machine."""


class Phase(StrEnum):
    """How far a host is: half made, whole, or half removed. Power is another matter."""

    CREATING = "creating"
    READY = "ready"
    DELETING = "deleting"


@dataclass(frozen=True, kw_only=True)
class Record:
    """A host's state file. `host_key` is "type base64", empty until the root directory is made."""

    phase: Phase
    address: IPv4Address
    subnet: str
    host_key: str = ""
    supervisor: Supervisor | None = None

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "address": str(self.address)}

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Record":
        """From what `document` made; KeyError, TypeError or ValueError otherwise."""
        supervisor = document["supervisor"]
        return cls(
            phase=Phase(document["phase"]),
            address=IPv4Address(document["address"]),
            subnet=str(document["subnet"]),
            host_key=str(document["host_key"]),
            supervisor=Supervisor(**supervisor) if supervisor else None,
        )

    def running(self) -> bool:
        """Whether the host is powered on."""
        return self.supervisor is not None and self.supervisor.alive()


def file(host: HostId) -> Path:
    """Where a host's record is."""
    return host.directory / "host.json"


def load(host: HostId) -> Record | None:
    """The host's record, None if there is none; LabError if it cannot be read."""
    try:
        return Record.of(json.loads(file(host).read_text()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise LabError(
            f"{file(host)} is damaged ({error}); delete the host and create it again"
        ) from error


def save(host: HostId, record: Record) -> None:
    """Write the record; a reader sees the old one or the new one."""
    host.directory.mkdir(parents=True, exist_ok=True)
    write(file(host), json.dumps(record.document(), indent=2) + "\n")


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace a file as a whole."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as stream:
        os.fchmod(stream.fileno(), mode)
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(path)


def labs(home: Path) -> list[Lab]:
    """Every lab on disk, by name."""
    return [Lab(home=home, name=name) for name in _directories(home)]


def hosts(lab: Lab) -> list[HostId]:
    """Every host of a lab on disk, whole or not, by name."""
    return [HostId(lab=lab, name=name) for name in _directories(lab.directory)]


def _directories(parent: Path) -> list[str]:
    with suppress(FileNotFoundError, NotADirectoryError):
        return sorted(p.name for p in parent.iterdir() if p.is_dir() and valid(p.name))
    return []


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold an exclusive lock, whose file is there only while it is held. LabError when another holds it too long."""
    stream = _open(path)
    try:
        if not _flock(stream, path):
            raise LabError(
                f"another command has been changing {what} for {PATIENCE // 60} minutes; find it with `fuser {path}`, "
                "end it and run again"
            )
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            with suppress(OSError):  # others' locks are in it
                path.parent.rmdir()
    finally:
        os.close(stream.pop())


def busy(path: Path) -> bool:
    """Whether somebody holds a lock now."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _open(path: Path) -> list[int]:
    while True:
        # The directory goes with the last lock in it, perhaps right now: while it is made, or before the open.
        with suppress(FileNotFoundError, FileExistsError):
            path.parent.mkdir(parents=True, exist_ok=True)
            return [os.open(path, os.O_RDWR | os.O_CREAT, 0o600)]


def _flock(stream: list[int], path: Path) -> bool:
    def attempt() -> bool:
        try:
            fcntl.flock(stream[0], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(stream[0]), path.stat()):
                return True
        # The holder before us removed the file; nobody else will ever ask for a lock on it.
        os.close(stream.pop())
        stream.extend(_open(path))
        return False

    return until(attempt, PATIENCE)
