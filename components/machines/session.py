"""SSH sessions from this machine: what a local command needs to talk to a host, or to more than one in a transaction.

Owns calling the ssh program with a host key that is known beforehand, and nothing of the caller's own settings. Does
not own what is run, nor the private key: that is in the SSH agent of the environment (SSH_AUTH_SOCK), for this program
as for pulumi-command's remote commands, which have a client of their own and need nothing of this.
"""

import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

UNREACHED: Final = 255
"""The ssh program's own exit status: it did not get through, or not in."""


class SessionError(Exception):
    """A host could not be reached, or what was run there failed; the message names the host."""


class UnreachedError(SessionError):
    """A host does not answer, or not as the one it should be."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One SSH server, as `Connection.document` writes it down. `host_key` is "TYPE BASE64"."""

    address: str
    host_key: str
    port: int = 22
    user: str = "root"
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
            bastion=cls.read(bastion) if bastion else None,
        )


@dataclass(frozen=True, kw_only=True)
class Session:
    """The way to one host; made by `connect`. `command` is the ssh program with its options, without the address."""

    endpoint: Endpoint
    command: tuple[str, ...]

    def run(self, command: str, stdin: str) -> str:
        """Standard output of a command; its standard error goes on to ours. Raises SessionError."""
        done = subprocess.run(
            [*self.command, self.endpoint.address, command],
            input=stdin,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode == UNREACHED:
            raise UnreachedError(f"{self.endpoint.address} cannot be reached by SSH")
        if done.returncode != 0:
            raise SessionError(
                f"a command on {self.endpoint.address} failed with {done.returncode}"
            )
        return done.stdout


@contextmanager
def connect(endpoint: Endpoint, attempts: int = 12) -> Iterator[Session]:
    """A way to a host. `attempts` dials of ten seconds each; a wrong host key ends it at once."""
    with _memory_file("known_hosts", known_hosts(endpoint)) as known:
        yield Session(endpoint=endpoint, command=ssh_command(endpoint, known, attempts))


def known_hosts(endpoint: Endpoint) -> str:
    """The host keys of an endpoint and of the bastions on the way to it, each under an alias of its own."""
    lines = f"{_alias(endpoint)} {endpoint.host_key}\n"
    return lines + (known_hosts(endpoint.bastion) if endpoint.bastion else "")


def ssh_command(endpoint: Endpoint, known: str, attempts: int) -> tuple[str, ...]:
    """The ssh program and its options: these host keys and the agent's private keys only."""
    settings = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": known,
        "GlobalKnownHostsFile": "/dev/null",
        "HostKeyAlias": _alias(endpoint),
        "UpdateHostKeys": "no",
        # Only what the agent holds: without this the caller's own key files are tried too.
        "IdentityFile": "none",
        "PreferredAuthentications": "publickey",
        "ConnectTimeout": "10",
        "ConnectionAttempts": str(attempts),
        "ServerAliveInterval": "15",
        "ServerAliveCountMax": "4",
        "ControlPath": "none",
        "LogLevel": "ERROR",
    }
    if endpoint.bastion:
        jump = ssh_command(endpoint.bastion, known, attempts)
        settings["ProxyCommand"] = shlex.join([*jump, "-W", "%h:%p", endpoint.bastion.address])
    words = ["ssh", "-F", "none", "-T", "-p", str(endpoint.port), "-l", endpoint.user]
    for key, value in settings.items():
        words += ["-o", f"{key}={value}"]
    return tuple(words)


def _alias(endpoint: Endpoint) -> str:
    """What stands for the host in the list of host keys, so that no other entry can ever match."""
    return f"appliance-{endpoint.address}-{endpoint.port}"


@contextmanager
def _memory_file(name: str, text: str) -> Iterator[str]:
    """A path to text that lies in memory only and is gone with this process, however it ends."""
    descriptor = os.memfd_create(name)
    try:
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, text.encode())
        # By process id: ssh closes descriptors that it inherits.
        yield f"/proc/{os.getpid()}/fd/{descriptor}"
    finally:
        os.close(descriptor)
