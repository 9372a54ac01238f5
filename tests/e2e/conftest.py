"""The stack of the end-to-end tests: brought up once, used by all, taken down at the end."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from operate.agent import agent
from tests.e2e.operator import STACK, Operator, make_operator


@pytest.fixture(scope="session")
def operator() -> Iterator[Operator]:
    """One operator for the session; what an earlier, killed session left is taken away first."""
    # Not below pytest's own temporary directory: hosts need a real file system, and a killed run must be found again.
    directory = Path(os.environ.get("APPLIANCE_E2E", "/var/tmp/appliance-e2e"))  # noqa: S108
    if directory.exists():
        Operator(directory / "project", directory / "state").hosts(
            "delete", "--lab", STACK, "--all"
        )
        shutil.rmtree(directory)
    operator = make_operator(directory)
    yield operator
    if "APPLIANCE_E2E_KEEP" not in os.environ:
        operator.hosts("delete", "--lab", STACK, "--all")
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def cluster(operator: Operator) -> Operator:
    """The operator of a stack that is up."""
    operator.run("up")
    return operator


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A user's own key, in an agent and in no configuration."""
    file = tmp_path_factory.mktemp("key") / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)
    with agent(file.read_text()) as socket:
        before = os.environ.get("SSH_AUTH_SOCK")
        os.environ["SSH_AUTH_SOCK"] = socket
        yield file.with_suffix(".pub").read_text().strip()
        os.environ.pop("SSH_AUTH_SOCK")
        if before is not None:
            os.environ["SSH_AUTH_SOCK"] = before
