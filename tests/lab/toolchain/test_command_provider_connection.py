"""Contract of a connection: who is let in, which host is believed, how often and how long it is tried."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.toolchain.command_plugin import CommandPlugin, PluginError
from tests.lab.toolchain.ssh_server import SshServer, free_port, make_key

pytestmark = pytest.mark.toolchain

PASSWORD = "open sesame"  # noqa: S105 - of keys and a server that live for one test


def run(plugin: CommandPlugin, connection: dict[str, Any]) -> str:
    """What a command puts out over the connection."""
    inputs = {"connection": connection, "create": "echo connected", "logging": "none"}
    return str(plugin.create("command:remote:Command", inputs).outputs["stdout"])


class DeafListener:
    """A port that accepts connections, counts them and hangs up at once."""

    def __init__(self) -> None:
        self.accepted = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.accepted += 1
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def deaf() -> Iterator[DeafListener]:
    listener = DeafListener()
    yield listener
    listener.close()


@pytest.fixture
def bastion(tmp_path: Path) -> Iterator[SshServer]:
    """A second server, with keys of its own, that leads to the first one."""
    (tmp_path / "bastion").mkdir()
    server = SshServer(tmp_path / "bastion")
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("kind", ["ecdsa", "ed25519"])
def test_a_host_that_shows_the_expected_key_is_believed(
    plugin: CommandPlugin, ssh_server: SshServer, kind: str
) -> None:
    # The server has keys of both kinds: it must be asked for the expected one.
    assert run(plugin, ssh_server.connection(hostKey=ssh_server.host_key(kind))) == "connected"


def test_a_host_that_shows_another_key_is_refused(
    plugin: CommandPlugin, ssh_server: SshServer, tmp_path: Path
) -> None:
    other = make_key(tmp_path / "other").with_suffix(".pub").read_text()

    with pytest.raises(PluginError, match="host key mismatch"):
        run(plugin, ssh_server.connection(hostKey=other))


def test_a_host_key_that_is_none_is_refused_before_connecting(
    plugin: CommandPlugin, deaf: DeafListener
) -> None:
    with pytest.raises(PluginError, match="host"):
        run(plugin, {"host": "127.0.0.1", "port": deaf.port, "hostKey": "SHA256:nonsense"})

    assert deaf.accepted == 0


def test_without_an_expected_key_every_host_is_believed(
    plugin: CommandPlugin, ssh_server: SshServer
) -> None:
    assert run(plugin, ssh_server.connection(hostKey=None)) == "connected"


def test_a_key_that_the_host_does_not_know_is_refused(
    plugin: CommandPlugin, ssh_server: SshServer, tmp_path: Path
) -> None:
    stranger = make_key(tmp_path / "stranger").read_text()

    with pytest.raises(PluginError, match="unable to authenticate"):
        run(plugin, ssh_server.connection(privateKey=stranger))


def test_an_encrypted_key_opens_with_its_pass_phrase_only(
    plugin: CommandPlugin, ssh_server: SshServer, tmp_path: Path
) -> None:
    encrypted = Path(shutil.copy(ssh_server.client_key, tmp_path))
    change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", PASSWORD, "-f", str(encrypted)]
    subprocess.run(change, check=True, capture_output=True)
    key = encrypted.read_text()

    opened = ssh_server.connection(privateKey=key, privateKeyPassword=PASSWORD)
    assert run(plugin, opened) == "connected"
    with pytest.raises(PluginError, match="decryption password"):
        run(plugin, ssh_server.connection(privateKey=key, privateKeyPassword="not " + PASSWORD))
    with pytest.raises(PluginError, match="passphrase"):
        run(plugin, ssh_server.connection(privateKey=key))


def test_keys_of_an_agent_let_in(
    plugin: CommandPlugin, ssh_server: SshServer, tmp_path: Path
) -> None:
    agent_socket = tmp_path / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", agent_socket], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not agent_socket.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        connection = ssh_server.connection(privateKey=None, agentSocketPath=str(agent_socket))
        with pytest.raises(PluginError, match="unable to authenticate"):
            run(plugin, connection)
        environment = {**os.environ, "SSH_AUTH_SOCK": str(agent_socket)}
        add = ["ssh-add", "-q", str(ssh_server.client_key)]
        subprocess.run(add, env=environment, check=True, capture_output=True)
        assert run(plugin, connection) == "connected"
    finally:
        agent.terminate()
        agent.wait()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a server its own password file")
def test_a_password_lets_in_and_a_wrong_one_does_not(plugin: CommandPlugin, tmp_path: Path) -> None:
    hashed = subprocess.check_output(["openssl", "passwd", "-6", PASSWORD], text=True).strip()
    shadow = tmp_path / "shadow"
    shadow.write_text(f"root:{hashed}:20000:0:99999:7:::\n")
    server = SshServer(tmp_path, settings=["PasswordAuthentication yes"])
    # Seen by this server alone: its mount namespace is its own.
    bind = f'mount --bind {shadow} /etc/shadow && exec "$@"'
    server.start(prefix=["unshare", "--mount", "sh", "-c", bind, "sh"])
    try:
        assert run(plugin, server.connection(privateKey=None, password=PASSWORD)) == "connected"
        with pytest.raises(PluginError, match="unable to authenticate"):
            run(plugin, server.connection(privateKey=None, password="not " + PASSWORD))
    finally:
        server.stop()


@pytest.mark.parametrize("limit", [0, 2])
def test_a_failing_dial_is_repeated_as_often_as_its_limit_forgives(
    plugin: CommandPlugin, deaf: DeafListener, limit: int
) -> None:
    with pytest.raises(PluginError, match=f"after {limit} failed attempts: .*handshake failed"):
        run(plugin, {"host": "127.0.0.1", "port": deaf.port, "dialErrorLimit": limit})

    assert deaf.accepted == limit + 1
    assert plugin.log.lines == [f"Dial {n}/{limit} failed: retrying" for n in range(1, limit + 1)]


def test_without_a_limit_a_host_is_waited_for(plugin: CommandPlugin, tmp_path: Path) -> None:
    server = SshServer(tmp_path)
    late = threading.Timer(0.5, server.start)
    late.start()
    try:
        assert run(plugin, server.connection(dialErrorLimit=-1)) == "connected"
    finally:
        late.join()
        server.stop()
    assert plugin.log.lines[0] == "Dial 1/inf failed: retrying"


def test_a_dial_that_nobody_answers_ends_after_its_time(plugin: CommandPlugin) -> None:
    # The kernel drops what does not fit into a full queue: to the plugin the host is silent.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent:
        address = silent.getsockname()
        with socket.create_connection(address):
            inputs = {"host": address[0], "port": address[1], "dialErrorLimit": 0}
            start = time.monotonic()
            with pytest.raises(PluginError, match="timeout"):
                run(plugin, {**inputs, "perDialTimeout": 1})

    assert 0.9 < time.monotonic() - start < 5


def test_a_proxy_leads_to_the_host(
    plugin: CommandPlugin, ssh_server: SshServer, bastion: SshServer
) -> None:
    proxy = bastion.connection(hostKey=bastion.host_key("ed25519"))
    host = ssh_server.connection(hostKey=ssh_server.host_key("ed25519"), proxy=proxy)

    assert run(plugin, host) == "connected"


def test_the_key_of_a_proxy_is_checked(
    plugin: CommandPlugin, ssh_server: SshServer, bastion: SshServer
) -> None:
    proxy = bastion.connection(hostKey=ssh_server.host_key("ed25519"))

    with pytest.raises(PluginError, match=r"proxy: .*host key mismatch"):
        run(plugin, ssh_server.connection(proxy=proxy))


def test_the_key_of_a_host_behind_a_proxy_is_checked(
    plugin: CommandPlugin, ssh_server: SshServer, bastion: SshServer
) -> None:
    host = ssh_server.connection(hostKey=bastion.host_key("ed25519"), proxy=bastion.connection())

    with pytest.raises(PluginError, match=r"proxy: .*host key mismatch"):
        run(plugin, host)


def test_a_proxy_has_a_limit_of_its_own(
    plugin: CommandPlugin, ssh_server: SshServer, deaf: DeafListener
) -> None:
    proxy = {"host": "127.0.0.1", "port": deaf.port, "dialErrorLimit": 1}

    with pytest.raises(PluginError, match="proxy: after 1 failed attempts"):
        run(plugin, ssh_server.connection(proxy=proxy, dialErrorLimit=5))

    assert deaf.accepted == 2


def test_the_way_from_proxy_to_host_is_tried_by_the_limit_of_the_host(
    plugin: CommandPlugin, ssh_server: SshServer, bastion: SshServer
) -> None:
    host = ssh_server.connection(port=free_port(), proxy=bastion.connection(), dialErrorLimit=2)

    with pytest.raises(PluginError, match=r"proxy: after 2 failed attempts: .*Connection refused"):
        run(plugin, host)

    assert plugin.log.lines == [f"Dial from proxy {n}/2 failed: retrying" for n in (1, 2)]
