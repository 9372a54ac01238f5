"""The way to a host's registry: one SSH connection that carries the writer's script and a socket to it.

Owns the ssh program's command line and where keys lie while it runs. Does not own what goes through (upload.py), nor
the script (registry-writer.sh).
"""

import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).parent / "registry-writer.sh"


class TunnelError(Exception):
    """The host could not be reached or made ready; the message names it, with ssh's own words."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """An SSH server. `host_key` is "TYPE BASE64" as in its public key file; `private_key` is the key's text."""

    address: str
    port: int
    user: str
    host_key: str
    private_key: str


@contextmanager
def writable_registry(host: Host, program: Path) -> Iterator[Path]:
    """A socket to a writable registry on the host, which runs `program`, for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="appliance-push-") as work:
        path = Path(work) / "registry"
        with (
            _memory_file("identity", host.private_key) as identity,
            _memory_file("known_hosts", f"appliance-host {host.host_key}\n") as known,
        ):
            command = ["ssh", *options(host, identity, known), "-L", f"{path}:127.0.0.1:5001"]
            size, sha = program.stat().st_size, _sha256(program)
            session = subprocess.Popen(
                [*command, host.address, remote_command(host.user, sha, size)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            try:
                _start(session, host, program)
                yield path
            finally:
                _end(session)


def options(host: Host, identity: str, known_hosts: str) -> list[str]:
    """The ssh options: this host key and this private key only, nothing of the caller's own settings."""
    settings = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": known_hosts,
        "GlobalKnownHostsFile": "/dev/null",
        "HostKeyAlias": "appliance-host",
        "UpdateHostKeys": "no",
        "IdentitiesOnly": "yes",
        "IdentityFile": identity,
        "ConnectTimeout": "15",
        "ServerAliveInterval": "15",
        "ServerAliveCountMax": "4",
        "ExitOnForwardFailure": "yes",
        "ControlPath": "none",
        # In hardware on every server of the last decade, and the push is bound by it.
        "Ciphers": "^aes128-gcm@openssh.com",
        "LogLevel": "ERROR",
    }
    words = ["-F", "none", "-T", "-p", str(host.port), "-l", host.user]
    for key, value in settings.items():
        words += ["-o", f"{key}={value}"]
    return words


def remote_command(user: str, sha256: str, size: int) -> str:
    """The script and its arguments as one command line; it holds no secret, and standard input stays free."""
    words = ["bash", "-c", SCRIPT.read_text(), "registry-writer.sh", sha256, str(size)]
    return shlex.join(words if user == "root" else ["sudo", "-n", *words])


def _start(session: subprocess.Popen[bytes], host: Host, program: Path) -> None:
    """Answers the script until it says that it is ready."""
    assert session.stdin is not None  # noqa: S101 - Popen was given pipes
    assert session.stdout is not None  # noqa: S101
    for line in session.stdout:
        if line == b"ready\n":
            return
        if line == b"need\n":
            with program.open("rb") as data:
                shutil.copyfileobj(data, session.stdin, 1 << 20)
            session.stdin.flush()
    status = session.wait()
    raise TunnelError(
        f"{host.user}@{host.address}:{host.port}: the registry for the push did not start (ssh ended with {status}, "
        "its words are above); check address, host key and private key"
    )


def _end(session: subprocess.Popen[bytes]) -> None:
    """Ends standard input, at which the script stops the registry."""
    try:
        session.communicate(timeout=30)
    except (subprocess.TimeoutExpired, BrokenPipeError):
        session.kill()
        session.wait()


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


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
