"""Labs for tests: each with its own state directory, name and subnet, and gone afterwards."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lab.hosts import check
from tests.lab.hosts.real_lab import RealLab

OpenLab = Callable[[str, int], RealLab]


def _offset() -> int:
    """Parallel test processes open the same labs, each with subnets of its own."""
    return 50 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@contextmanager
def opened(name: str, number: int) -> Iterator[RealLab]:
    # Not the temporary directory of the test, which may be a file system in memory: a host needs a disk.
    with tempfile.TemporaryDirectory(prefix="lab-test-", dir="/var/tmp") as directory:
        state = Path(directory)
        if lacking := [fact for fact in check.needs(state) if not fact.ok]:
            pytest.skip(
                f"this machine cannot run lab hosts: {lacking[0].name} is {lacking[0].seen}"
            )
        key = state / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        each = RealLab(name=name, subnet=f"10.79.{number + _offset()}.0/24", state=state, key=key)
        try:
            yield each
        finally:
            each.run("delete", "--all")


@pytest.fixture(scope="module")
def open_lab() -> Iterator[OpenLab]:
    """Opens labs that live as long as the module's tests. The number is the third byte of the subnet."""
    with ExitStack() as stack:
        yield lambda name, number: stack.enter_context(opened(name, number))
