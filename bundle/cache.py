"""Where things lie outside the checkout, and entries that are either whole or not there.

Owns the two directories and the keyed entries of the first. Does not own what an entry holds.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "kubernetes-appliance"


def cache_dir() -> Path:
    """What can be made again: $APPLIANCE_CACHE, else $XDG_CACHE_HOME/kubernetes-appliance."""
    return _directory("APPLIANCE_CACHE", "XDG_CACHE_HOME", ".cache")


def state_dir() -> Path:
    """What cannot be made again: $APPLIANCE_STATE, else $XDG_STATE_HOME/kubernetes-appliance."""
    return _directory("APPLIANCE_STATE", "XDG_STATE_HOME", ".local/state")


def _directory(variable: str, xdg: str, fallback: str) -> Path:
    if own := os.environ.get(variable):
        return Path(own).absolute()
    base = os.environ.get(xdg)
    return (Path(base) if base else Path.home() / fallback) / NAME


def digest(*parts: str | bytes) -> str:
    """A key over parts whose borders count: ("a", "bc") and ("ab", "c") differ. 16 hexadecimal digits."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()[:16]


def entry(kind: str, key: str, build: Callable[[Path], None]) -> Path:
    """The directory `kind/key` of the cache, made by `build(directory)` if it is not there.

    The rename at the end is the proof that it is whole: a build that was killed leaves a temporary directory, which the
    next call removes. Two processes that want the same entry build it once.
    """
    parent = cache_dir() / kind
    parent.mkdir(parents=True, exist_ok=True)
    final = parent / key
    if final.is_dir():
        return final
    with (parent / f".{key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if final.is_dir():
            return final
        for abandoned in parent.glob(f".{key}.*.part"):
            shutil.rmtree(abandoned)
        part = Path(tempfile.mkdtemp(prefix=f".{key}.", suffix=".part", dir=parent))
        part.chmod(0o755)
        try:
            build(part)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        part.rename(final)
    return final


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory for work under way, gone afterwards. What a killed process left is removed by the next call."""
    parent = cache_dir() / "scratch"
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.iterdir():
        if not Path("/proc", left.name.partition("-")[0]).exists():
            shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
