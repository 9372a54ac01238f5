"""Labs for tests: each with its own state directory, name and subnet, and gone afterwards."""

import fcntl
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest

from lab.hosts import check, host, state
from tests.lab.hosts.real_lab import RealLab

PLACE = Path("/var/tmp")  # noqa: S108 - not the test's temporary directory, which may lie in memory: a host needs a disk
PREFIX = "lab-test-"
OWNER = "owner"


class OpenLab(Protocol):
    """Opens a lab that lives as long as the module's tests, in a free subnet unless one is given."""

    def __call__(self, name: str, subnet: str | None = None) -> RealLab: ...


def free_subnet() -> str:
    """One of 10.79.0.0/16 that this machine does not use: other tests may run beside these."""
    routes = subprocess.run(
        ["ip", "-4", "route"], capture_output=True, text=True, check=True
    ).stdout
    free = [f"10.79.{number}.0/24" for number in range(256) if f"10.79.{number}." not in routes]
    return random.choice(free)  # noqa: S311 - not a secret


@contextmanager
def owned(place: Path) -> Iterator[None]:
    """Hold a lock in the state directory that ends with this process, however it ends."""
    with (place / ".owner").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        # Only now can a sweep see it, and then it sees it held.
        Path(stream.name).rename(place / OWNER)
        yield


def sweep() -> None:
    """Remove the labs of test processes that were killed."""
    for owner in PLACE.glob(f"{PREFIX}*/{OWNER}"):
        with owner.open() as stream, suppress(BlockingIOError):
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for lab in state.labs(owner.parent / "lab"):
                host.delete_all(lab)
            shutil.rmtree(owner.parent)


@contextmanager
def opened(name: str, subnet: str) -> Iterator[RealLab]:
    with (
        tempfile.TemporaryDirectory(prefix=PREFIX, dir=PLACE) as directory,
        owned(Path(directory)),
    ):
        place = Path(directory)
        if lacking := [fact for fact in check.needs(place) if not fact.ok]:
            pytest.skip(
                f"this machine cannot run lab hosts: {lacking[0].name} is {lacking[0].seen}"
            )
        key = place / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        each = RealLab(name=name, subnet=subnet, state=place, key=key)
        try:
            yield each
        finally:
            each.run("delete", "--all")


@pytest.fixture(scope="module")
def open_lab() -> Iterator[OpenLab]:
    if os.geteuid() == 0:
        sweep()
    with ExitStack() as stack:

        def enter(name: str, subnet: str | None = None) -> RealLab:
            return stack.enter_context(opened(name, subnet or free_subnet()))

        yield enter
