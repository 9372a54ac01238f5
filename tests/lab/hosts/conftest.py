"""Labs for tests: each with its own state directory, name and subnet, and gone afterwards."""

import random
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from lab.hosts import check
from tests.lab.hosts.real_lab import RealLab


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
def opened(name: str, subnet: str) -> Iterator[RealLab]:
    # Not the temporary directory of the test, which may be a file system in memory: a host needs a disk.
    with tempfile.TemporaryDirectory(prefix="lab-test-", dir="/var/tmp") as directory:
        state = Path(directory)
        if lacking := [fact for fact in check.needs(state) if not fact.ok]:
            pytest.skip(
                f"this machine cannot run lab hosts: {lacking[0].name} is {lacking[0].seen}"
            )
        key = state / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        each = RealLab(name=name, subnet=subnet, state=state, key=key)
        try:
            yield each
        finally:
            each.run("delete", "--all")


@pytest.fixture(scope="module")
def open_lab() -> Iterator[OpenLab]:
    with ExitStack() as stack:

        def enter(name: str, subnet: str | None = None) -> RealLab:
            return stack.enter_context(opened(name, subnet or free_subnet()))

        yield enter
