"""SSH sessions from this machine: what a local command needs to talk to more than one host in one transaction.

Owns calling the ssh program with a known host key, and a private key that lies in memory-backed files while the call
lasts. Does not own what is run. pulumi-command's remote commands have their own client and need none of this.
"""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class SessionError(Exception):
    """A host could not be reached, or what was run there failed; the message names the host."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One SSH server, as `Connection.document` writes it down."""

    address: str
    port: int
    user: str
    host_key: str
    private_key: str
    bastion: "Endpoint | None" = None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Endpoint":
        """The endpoint of a connection document."""
        bastion = document.get("bastion")
        return cls(
            address=str(document["address"]),
            # Numbers come as floats from Pulumi's wire format.
            port=int(document["port"]),
            user=str(document["user"]),
            host_key=str(document["hostKey"]),
            private_key=str(document["privateKey"]),
            bastion=cls.read(bastion) if bastion else None,
        )


@dataclass(frozen=True, kw_only=True)
class Session:
    """The ssh command line for one host; made by `connect`."""

    endpoint: Endpoint
    options: tuple[str, ...]

    def run(self, command: str, stdin: str) -> str:
        """Standard output of a command; its standard error goes on to ours. Raises SessionError."""
        done = subprocess.run(
            ["ssh", *self.options, self.endpoint.address, command],
            input=stdin,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode == 255:  # noqa: PLR2004 - ssh's own status: it did not get through
            raise SessionError(f"{self.endpoint.address} cannot be reached by SSH")
        if done.returncode != 0:
            raise SessionError(
                f"a command on {self.endpoint.address} failed with {done.returncode}"
            )
        return done.stdout


@contextmanager
def connect(endpoint: Endpoint, attempts: int = 12) -> Iterator[Session]:
    """A session to a host. `attempts` dials of ten seconds each; a wrong host key ends it at once."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
    with tempfile.TemporaryDirectory(prefix="appliance-", dir=memory) as directory:
        yield Session(endpoint=endpoint, options=ssh_options(endpoint, Path(directory), attempts))


def ssh_options(endpoint: Endpoint, directory: Path, attempts: int) -> tuple[str, ...]:
    """Ssh's options; writes the keys they name into the directory."""
    name = "host" if endpoint.bastion else "last"
    identity = _private(directory / f"{name}.key", endpoint.private_key.rstrip("\n") + "\n")
    known = _private(directory / f"{name}.known", _known_host(endpoint))
    options = [
        *("-i", str(identity), "-p", str(endpoint.port), "-l", endpoint.user),
        *("-o", f"UserKnownHostsFile={known}", "-o", "StrictHostKeyChecking=yes"),
        *("-o", "GlobalKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes"),
        *("-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "LogLevel=ERROR"),
        *("-o", f"ConnectionAttempts={attempts}", "-o", "ServerAliveInterval=15"),
        *("-F", "/dev/null"),
    ]
    if endpoint.bastion:
        jump = ssh_options(endpoint.bastion, directory, attempts)
        command = ["ssh", *jump, "-W", "%h:%p", endpoint.bastion.address]
        options += ["-o", f"ProxyCommand={shlex.join(command)}"]
    return tuple(options)


def _known_host(endpoint: Endpoint) -> str:
    host = endpoint.address if endpoint.port == 22 else f"[{endpoint.address}]:{endpoint.port}"  # noqa: PLR2004
    return f"{host} {endpoint.host_key}\n"


def _private(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text)
    return path
