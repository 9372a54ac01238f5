"""One command at a time on a stack: a lock that the kernel releases when its holder dies.

Owns the lock and what the holder wrote into it. Does not own cleaning up after a dead holder: that is `leftovers.py`.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from operate.failure import OperateError


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who holds the lock, or held it and died: `run` marks its processes, `sessions` are those of its engines."""

    pid: int
    since: str
    command: str
    run: str
    sessions: tuple[int, ...] = ()


@dataclass
class Held:
    """The lock while it is held; `previous` is the holder before if that one died without letting go."""

    stream: TextIO
    owner: Owner
    previous: Owner | None

    def started(self, session: int) -> None:
        """Write down the session of an engine, before it does anything worth finding."""
        self.owner = replace(self.owner, sessions=(*self.owner.sessions, session))
        write(self.stream, json.dumps(asdict(self.owner)))


@contextmanager
def hold(file: Path, *, command: str, run: str, wait: bool) -> Iterator[Held]:
    """Hold the lock for the life of the block. Raises OperateError at once if it is taken and `wait` is false."""
    # Descriptors of Python are not inherited: an orphan of a killed command does not keep the lock.
    with file.open("a+") as stream:
        if not taken(stream):
            acquire(stream, wait=wait)
        owner = Owner(
            pid=os.getpid(),
            since=datetime.now(UTC).isoformat(timespec="seconds"),
            command=command,
            run=run,
        )
        previous = parse(read(stream))
        write(stream, json.dumps(asdict(owner)))
        try:
            yield Held(stream, owner, previous)
        finally:
            write(stream, "")


@contextmanager
def brief(file: Path) -> Iterator[None]:
    """Hold a lock that is only ever held for moments, and wait for it."""
    with file.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def taken(stream: TextIO) -> bool:
    """Take the lock if it is free; says whether it is ours now."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def acquire(stream: TextIO, *, wait: bool) -> None:
    """Wait for the lock, or refuse, with a sentence that names its holder."""
    sentence = described(parse(read(stream)))
    if not wait:
        raise OperateError(f"{sentence}; wait for it to end, or leave out --no-wait")
    print(f"{sentence}; waiting for it to end", flush=True)
    fcntl.flock(stream, fcntl.LOCK_EX)


def described(owner: Owner | None) -> str:
    """The holder as a person reads it; None is one that has not written its name yet."""
    if owner is None:
        return "another command is at work on this stack"
    return f"`{owner.command}` (pid {owner.pid}) has been at work on this stack since {owner.since}"


def parse(text: str) -> Owner | None:
    """The owner that a lock file names; None for an empty file or one that was cut off while it was written."""
    try:
        values = json.loads(text)
        return Owner(**{**values, "sessions": tuple(values["sessions"])})
    except (ValueError, TypeError, KeyError):
        return None


def read(stream: TextIO) -> str:
    """The whole lock file."""
    stream.seek(0)
    return stream.read()


def write(stream: TextIO, text: str) -> None:
    """Replace the lock file's text; the file itself stays, because the lock is on it."""
    stream.seek(0)
    stream.truncate()
    stream.write(text)
    stream.flush()
