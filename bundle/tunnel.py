"""The way to a host's registry: one SSH connection that carries the writer's script and a socket to it.

Owns the forwarding and the conversation with the script. Does not own what goes through (upload.py), the script
(registry-writer.sh), nor how ssh is called (components/machines/session.py).
"""

import hashlib
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from components.machines.session import Endpoint, connect

SCRIPT = Path(__file__).parent / "registry-writer.sh"
OPTIONS = (
    *("-o", "ExitOnForwardFailure=yes"),
    # In hardware on every server of the last decade, and the push is bound by it.
    *("-o", "Ciphers=^aes128-gcm@openssh.com"),
)


class TunnelError(Exception):
    """The host could not be reached or made ready; the message names it, with ssh's own words."""


@contextmanager
def writable_registry(host: Endpoint, program: Path) -> Iterator[Path]:
    """A socket to a writable registry on the host, which runs `program`, for as long as the context lasts."""
    with (
        tempfile.TemporaryDirectory(prefix="appliance-push-") as work,
        connect(host, attempts=1) as way,
    ):
        path = Path(work) / "registry"
        forward = [*way.command, *OPTIONS, "-L", f"{path}:127.0.0.1:5001", host.address]
        size, sha = program.stat().st_size, _sha256(program)
        session = subprocess.Popen(
            [*forward, remote_command(host.user, sha, size)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            _start(session, host, program)
            yield path
        finally:
            _end(session)


@contextmanager
def forwarded(host: Endpoint, target: str) -> Iterator[Path]:
    """A socket to HOST:PORT as the host reaches it, for as long as the context lasts."""
    with (
        tempfile.TemporaryDirectory(prefix="appliance-push-") as work,
        connect(host, attempts=1) as way,
    ):
        path = Path(work) / "registry"
        forward = [*way.command, *OPTIONS, "-L", f"{path}:{target}", host.address]
        # It says when the socket is there, and ends with its standard input.
        session = subprocess.Popen(
            [*forward, "echo ready && exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        try:
            assert session.stdout is not None  # noqa: S101 - Popen was given pipes
            if session.stdout.readline() != b"ready\n":
                raise TunnelError(
                    f"{host.user}@{host.address}:{host.port}: there is no way to {target} (ssh ended with "
                    f"{session.wait()}, its words are above); check address, host key and the SSH agent's keys"
                )
            yield path
        finally:
            _end(session)


def remote_command(user: str, sha256: str, size: int) -> str:
    """The script and its arguments as one command line; it holds no secret, and standard input stays free."""
    words = ["bash", "-c", SCRIPT.read_text(), "registry-writer.sh", sha256, str(size)]
    return shlex.join(words if user == "root" else ["sudo", "-n", *words])


def _start(session: subprocess.Popen[bytes], host: Endpoint, program: Path) -> None:
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
        "its words are above); check address, host key and the SSH agent's keys"
    )


def _end(session: subprocess.Popen[bytes]) -> None:
    """Ends standard input, at which the script stops the registry."""
    try:
        session.communicate(timeout=30)
    except (subprocess.TimeoutExpired, BrokenPipeError):
        session.kill()
        session.wait()


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
