"""A real OpenSSH server on 127.0.0.1 with keys, settings and log of its own. It touches no server of the machine."""

import contextlib
import getpass
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ACCEPTED_VARIABLE = "CONTRACT_GREETING"
READY_SECONDS = 10
# Where the server of a distribution keeps its empty directory; the package makes it only when its service starts.
EMPTY_DIRECTORY = Path("/run/sshd")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_key(file: Path, *, kind: str = "ed25519", passphrase: str = "") -> Path:
    """A new key pair: the private key in the file, the public one beside it."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "", "-f", file], check=True
    )
    return file


class SshServer:
    """One server. `settings` are lines of its configuration and win over the defaults here."""

    def __init__(self, directory: Path, *, settings: Sequence[str] = ()) -> None:
        self.port = free_port()
        self.log = directory / "sshd.log"
        self.client_key = make_key(directory / "client")
        self.host_keys = [make_key(directory / f"host-{k}", kind=k) for k in ("ecdsa", "ed25519")]
        self._configuration = directory / "sshd_config"
        self._configuration.write_text("\n".join([*settings, *self._defaults(directory), ""]))
        self._process: subprocess.Popen[bytes] | None = None

    def _defaults(self, directory: Path) -> list[str]:
        authorized = directory / "authorized_keys"
        authorized.write_text(self.client_key.with_suffix(".pub").read_text())
        return [
            f"Port {self.port}",
            "ListenAddress 127.0.0.1",
            *(f"HostKey {key}" for key in self.host_keys),
            f"AuthorizedKeysFile {authorized}",
            f"AcceptEnv {ACCEPTED_VARIABLE}",
            "AuthenticationMethods any",
            "KbdInteractiveAuthentication no",
            "MaxStartups 100",
            "PasswordAuthentication no",
            "PermitRootLogin yes",
            "PidFile none",
            "StrictModes no",
            "Subsystem sftp internal-sftp",
            "UsePAM no",
        ]

    def start(self, prefix: Sequence[str] = ()) -> None:
        """Start the server, by way of the command `prefix`, and wait until it answers."""
        if os.geteuid() == 0:
            EMPTY_DIRECTORY.mkdir(mode=0o755, exist_ok=True)
        server = ["/usr/sbin/sshd", "-D", "-E", str(self.log), "-f", str(self._configuration)]
        self._process = subprocess.Popen([*prefix, *server])
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text() if self.log.exists() else "nothing"
                raise RuntimeError(f"sshd did not start; it said: {said}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False

    def stop(self) -> None:
        """End the connections, which a plugin keeps open, and then the server: it must outlive them to bury them."""
        if self._process is None or self._process.poll() is not None:
            return
        deadline = time.monotonic() + READY_SECONDS
        while (connections := self._connections()) and time.monotonic() < deadline:
            for process in connections:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGTERM)
            time.sleep(0.02)
        self._process.terminate()
        self._process.wait(timeout=READY_SECONDS)

    def _connections(self) -> list[int]:
        """The server's own processes, one for each connection."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(child) for child in children.read_text().split()]

    def host_key(self, kind: str) -> str:
        """The public host key of a kind, as `type base64`."""
        [key] = [key for key in self.host_keys if key.name == f"host-{kind}"]
        return key.with_suffix(".pub").read_text().strip()

    def connection(self, **changes: Any) -> dict[str, Any]:
        """The input `connection` for this server; a change to None takes a field out."""
        fields = {
            "host": "127.0.0.1",
            "port": self.port,
            "user": getpass.getuser(),
            "privateKey": self.client_key.read_text(),
            "dialErrorLimit": 0,
            **changes,
        }
        return {key: value for key, value in fields.items() if value is not None}
