"""Every converted object against a real API server: etcd and kube-apiserver on this machine, no cluster, no node.

The server validates as it would on a create, strictly, and keeps nothing.
"""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bundle.gomodule import build
from bundle.programs import ETCD, KUBERNETES
from components.application.rewrites.api_versions.rule import api_versions
from tests.components.application.rewrites.api_versions.old_objects import PAIRS
from tests.components.application.rewrites.objects import name

pytestmark = [pytest.mark.toolchain, pytest.mark.timeout(1800)]

TOKEN = "only-for-this-test"  # noqa: S105 - a server that lives for a minute, on 127.0.0.1
DEADLINE = 180


@dataclass(frozen=True)
class Server:
    """An API server, by kubectl."""

    kubectl: tuple[str, ...]

    def create(self, body: dict[str, Any], *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.kubectl, "create", "-f", "-", *options],
            input=json.dumps(body),
            capture_output=True,
            text=True,
            check=False,
        )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    work = tmp_path_factory.mktemp("server")
    programs = {**build(KUBERNETES), **build(ETCD)}
    client, peer, secure = free_port(), free_port(), free_port()
    key, tokens = work / "accounts.key", work / "tokens.csv"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    tokens.write_text(f"{TOKEN},admin,admin,system:masters\n")
    etcd = [
        *(str(programs["etcd"]), f"--data-dir={work / 'etcd'}"),
        *(
            f"--{kind}=http://127.0.0.1:{client}"
            for kind in ("listen-client-urls", "advertise-client-urls")
        ),
        *(
            f"--{kind}=http://127.0.0.1:{peer}"
            for kind in ("listen-peer-urls", "initial-advertise-peer-urls")
        ),
        f"--initial-cluster=default=http://127.0.0.1:{peer}",
    ]
    api = [
        *(str(programs["kube-apiserver"]), f"--etcd-servers=http://127.0.0.1:{client}"),
        *(f"--secure-port={secure}", "--bind-address=127.0.0.1", f"--cert-dir={work}"),
        *(f"--service-account-{kind}={key}" for kind in ("key-file", "signing-key-file")),
        *(
            "--service-account-issuer=https://accounts.test",
            "--service-cluster-ip-range=10.0.0.0/24",
        ),
        *(f"--token-auth-file={tokens}", "--authorization-mode=AlwaysAllow"),
    ]
    with ExitStack() as stack:
        for command in (etcd, api):
            log = stack.enter_context((work / f"{Path(command[0]).name}.log").open("w"))
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        found = Server(
            (
                *(str(programs["kubectl"]), f"--server=https://127.0.0.1:{secure}"),
                *(f"--token={TOKEN}", "--insecure-skip-tls-verify"),
            )
        )
        ready(found, work / "kube-apiserver.log")
        yield found


def ready(server: Server, log: Path) -> None:
    """Wait until objects can be made in the namespace that they name."""
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "app"}}
    until = time.monotonic() + DEADLINE
    while server.create(namespace).returncode:
        assert time.monotonic() < until, log.read_text()[-2000:]
        time.sleep(0.5)


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=[name(before) for before, _ in PAIRS])
def test_what_an_old_object_becomes_is_what_the_api_server_takes(
    server: Server, before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert api_versions(before).body == after
    done = server.create(after, "--dry-run=server", "--validate=strict")
    assert done.returncode == 0, done.stderr


def test_the_api_server_refuses_what_was_not_converted(server: Server) -> None:
    gone = next(before for before, _ in PAIRS if before["apiVersion"] == "extensions/v1beta1")
    assert "no matches for kind" in server.create(gone, "--dry-run=server").stderr
