import http.client
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bundle import tunnel
from bundle.lock import Lock
from bundle.push import push
from bundle.tunnel import TunnelError
from bundle.upload import UnixConnection
from components.machines.session import Endpoint
from operate.agent import agent
from tests.bundle.conftest import await_port, free_port


def test_root_needs_no_sudo_and_others_use_it() -> None:
    assert tunnel.remote_command("root", "a" * 64, 7).startswith("bash -c ")
    assert tunnel.remote_command("admin", "a" * 64, 7).startswith("sudo -n bash -c ")
    assert tunnel.remote_command("root", "a" * 64, 7).endswith(f" registry-writer.sh {'a' * 64} 7")


SYSTEMD_RUN = """#!/bin/bash
while [[ $1 == --* ]]; do shift; done
OTEL_TRACES_EXPORTER=none setsid "$@" >/dev/null 2>&1 9>&- &
echo $! >{here}/unit
"""
SYSTEMCTL = """#!/bin/bash
[[ -f {here}/unit ]] || exit 1
case $1 in
  is-active) kill -0 "$(<{here}/unit)" ;;
  stop) kill "$(<{here}/unit)"; rm {here}/unit ;;
esac
"""


class Server:
    """An sshd of this machine whose sessions see other directories where the registry's program and storage lie."""

    def __init__(self, here: Path) -> None:
        self.here, self.port = here, free_port()
        for name in ("programs", "storage", "run", "fake"):
            (here / name).mkdir()
        for name, text in (("systemd-run", SYSTEMD_RUN), ("systemctl", SYSTEMCTL)):
            (here / "fake" / name).write_text(text.format(here=here))
            (here / "fake" / name).chmod(0o755)
        for name in ("server", "client"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(here / name)]
            subprocess.run(command, check=True)
        (here / "settings").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {here}/server\nPidFile none\n"
            f"AuthorizedKeysFile {here}/client.pub\nStrictModes no\nUsePAM no\n"
            f"SetEnv PATH={here}/fake:/usr/bin:/bin\n"
        )
        places = (("programs", "/usr/local/bin"), ("storage", "/var/lib"), ("run", "/run"))
        mounts = "".join(f"mount --bind {here}/{name} {place}; " for name, place in places)
        script = f"{mounts}mkdir /run/sshd; exec /usr/sbin/sshd -D -e -f {here}/settings"
        with (here / "log").open("w") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "bash", "-ec", script], stdout=log, stderr=log
            )
        await_port(self.port)

    def host(self, host_key: str = "server") -> Endpoint:
        key = " ".join((self.here / f"{host_key}.pub").read_text().split()[:2])
        return Endpoint(address="127.0.0.1", port=self.port, host_key=key)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    if os.geteuid() != 0 or shutil.which("sshd", path="/usr/sbin") is None:
        pytest.skip("needs root and openssh-server")
    made = Server(tmp_path)
    with agent((tmp_path / "client").read_text()) as socket:
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        yield made
    made.process.terminate()
    made.process.wait()


@pytest.mark.lab
@pytest.mark.toolchain
def test_the_registry_can_be_written_to_for_as_long_as_the_push_lasts(
    server: Server, registry_program: Path
) -> None:
    with tunnel.writable_registry(server.host(), registry_program) as path:
        connection = UnixConnection(path)
        connection.request("GET", "/v2/")
        assert connection.getresponse().read() == b"{}"
        connection.close()
    installed = server.here / "programs/registry"
    assert installed.read_bytes() == registry_program.read_bytes()
    assert stat.S_IMODE(installed.stat().st_mode) == 0o755
    assert not (server.here / "unit").exists()
    with pytest.raises(OSError, match="refused"):
        http.client.HTTPConnection("127.0.0.1", 5001).connect()


@pytest.mark.lab
@pytest.mark.toolchain
def test_a_host_with_another_key_gets_nothing(server: Server, registry_program: Path) -> None:
    with (
        pytest.raises(TunnelError, match=rf"root@127.0.0.1:{server.port}: .*ssh ended with 255"),
        tunnel.writable_registry(server.host(host_key="client"), registry_program),
    ):
        pass
    assert not (server.here / "programs/registry").exists()


@pytest.mark.lab
def test_a_program_that_is_no_registry_is_told_with_the_place_to_look(
    server: Server, bundle: Path, no_lock: Lock, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(TunnelError):
        push(bundle, server.host(), no_lock)
    assert "See journalctl -u appliance-registry-writer" in capfd.readouterr().err
