import base64
import json
import os
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from socket import create_server

import pytest
import yaml

from components.certificates import issue, new_authority
from operate.status import cluster
from operate.status.cluster import Cluster, KubectlError
from operate.status.facts import ApiServer

FAILED = (
    'Error from server (InternalError): an error on the server ("[+]ping ok\\n[-]etcd failed: reason withheld\\n'
    '[+]log ok\\nreadyz check failed") has prevented the request from succeeding'
)


class FakeKubectl:
    """Kubectl as a script; `says` is what it does for words that match a shell pattern."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.cases = ""

    def says(self, pattern: str, script: str) -> None:
        self.cases += f"{pattern}) {script} ;;\n"
        program = self.directory / "kubectl"
        program.write_text(
            f'#!/bin/sh\necho "$*" >> {self.directory}/calls\ncase "$*" in\n{self.cases}esac\n'
        )
        program.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return (self.directory / "calls").read_text().splitlines()


@pytest.fixture
def kubectl(tmp_path: Path) -> FakeKubectl:
    return FakeKubectl(tmp_path)


@pytest.fixture
def asked(kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    path = f"{kubectl.directory}:{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    with ThreadPoolExecutor(4) as pool:
        yield Cluster(environment={"PATH": path}, pool=pool)


def listed(*objects: dict[str, str]) -> str:
    return f"echo '{json.dumps({'items': objects})}'"


def test_an_api_server_that_is_ready_says_how_many_checks_it_made(
    kubectl: FakeKubectl, asked: Cluster
) -> None:
    kubectl.says("*", "printf '[+]ping ok\\n[+]etcd ok\\nreadyz check passed\\n'")
    assert asked.ready() == ApiServer(checks=2)
    assert asked.ready("10.0.0.2") == ApiServer(checks=2)
    assert "--server" not in kubectl.calls[0]
    assert "--server https://10.0.0.2:6443" in kubectl.calls[1]


def test_failed_checks_are_read_out_of_kubectl_s_error(
    kubectl: FakeKubectl, asked: Cluster
) -> None:
    (kubectl.directory / "error").write_text(FAILED)
    kubectl.says("*", f"cat {kubectl.directory}/error >&2; exit 1")
    server = asked.ready()
    assert server == ApiServer(checks=3, failed=("etcd",))
    assert server.answers
    assert server.fault == "its checks etcd fail"


def test_an_api_server_that_does_not_answer_says_why_without_kubectl_s_advice(
    kubectl: FakeKubectl, asked: Cluster
) -> None:
    sentence = "The connection to the server 10.0.0.1:6443 was refused"
    advice = " - did you specify the right host or port?"
    kubectl.says("*", f"echo 'E1121 noise' >&2; echo '{sentence}{advice}' >&2; exit 1")
    assert asked.ready() == ApiServer(error=sentence)
    assert not asked.ready().answers


def test_an_api_server_that_hangs_is_given_up(
    kubectl: FakeKubectl, asked: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "LIMIT", 0.1)
    kubectl.says("*", "exec sleep 30")
    assert asked.ready().error == "no answer within 0.2 s"


def test_objects_are_given_by_their_kind_and_warnings_are_asked_for_too(
    kubectl: FakeKubectl, asked: Cluster
) -> None:
    kubectl.says("*events*type=Warning*", listed({"kind": "Event"}))
    kubectl.says("*nodes,pods*", listed({"kind": "Node"}, {"kind": "Pod"}, {"kind": "Pod"}))
    found = asked.objects(["pods", "nodes", "pods"], None)
    assert {kind: len(things) for kind, things in found.items()} == {
        "Event": 1,
        "Node": 1,
        "Pod": 2,
    }
    assert len(kubectl.calls) == 2


def test_a_kind_of_another_group_need_not_exist_and_takes_nothing_with_it(
    kubectl: FakeKubectl, asked: Cluster
) -> None:
    missing = 'error: the server doesn\'t have a resource type "cephclusters"'
    kubectl.says("*cephclusters*", f'echo "{missing}" >&2; exit 1')
    kubectl.says("*events*", listed())
    kubectl.says("*nodes*", listed({"kind": "Node"}))
    assert set(asked.objects(["nodes", "cephclusters.ceph.rook.io"], None)) == {"Node"}


def test_kinds_of_one_group_are_asked_for_together(kubectl: FakeKubectl, asked: Cluster) -> None:
    kubectl.says("*events*", listed())
    kinds = "cephclusters.ceph.rook.io,cephobjectstores.ceph.rook.io"
    kubectl.says(f"*get?{kinds}?*", listed({"kind": "CephCluster"}, {"kind": "CephObjectStore"}))
    kubectl.says("*nodes*", listed({"kind": "Node"}))
    found = asked.objects(["nodes", *kinds.split(",")], None)
    assert set(found) == {"Node", "CephCluster", "CephObjectStore"}
    assert len(kubectl.calls) == 3


def test_the_end_of_a_secret_s_certificate_is_read_without_its_key(
    kubectl: FakeKubectl, asked: Cluster
) -> None:
    authority = new_authority("test", datetime(2026, 1, 1, tzinfo=UTC), years=2)
    data = base64.b64encode(authority.certificate_pem.encode()).decode()
    kubectl.says("*get?secret*", f"echo '{data}'")
    assert asked.certificate("shop/web", "10.0.0.2") == datetime(2028, 1, 1, tzinfo=UTC)
    (call,) = kubectl.calls
    assert "--server https://10.0.0.2:6443 -n shop get secret web" in call
    assert call.endswith(r"jsonpath={.data.tls\.crt}")


@pytest.mark.parametrize("script", ["echo 'not found' >&2; exit 1", "echo ''", "echo AAAA"])
def test_a_secret_without_a_certificate_has_no_end(
    kubectl: FakeKubectl, asked: Cluster, script: str
) -> None:
    kubectl.says("*", script)
    assert asked.certificate("shop/web", None) is None


def test_a_list_that_fails_is_an_error(kubectl: FakeKubectl, asked: Cluster) -> None:
    kubectl.says("*events*", listed())
    kubectl.says("*", "echo 'error: You must be logged in' >&2; exit 1")
    with pytest.raises(KubectlError, match="You must be logged in"):
        asked.objects(["nodes"], "10.0.0.2")


def test_the_end_of_the_operator_s_certificate_is_read_from_the_kubeconfig(tmp_path: Path) -> None:
    authority = new_authority("test", datetime(2026, 1, 1, tzinfo=UTC), years=2)
    data = base64.b64encode(authority.certificate_pem.encode()).decode()
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump({"users": [{"user": {"client-certificate-data": data}}]}))
    assert cluster.kubeconfig_until(file) == datetime(2028, 1, 1, tzinfo=UTC)
    file.write_text(yaml.safe_dump({"users": [{"user": {"token": "x"}}]}))
    assert cluster.kubeconfig_until(file) is None


def test_the_end_of_the_certificate_that_a_server_shows_is_seen_without_trusting_it(
    tmp_path: Path,
) -> None:
    authority = new_authority("test", datetime(2026, 1, 1, tzinfo=UTC), years=2)
    leaf = issue(
        authority_certificate_pem=authority.certificate_pem,
        authority_key_pem=authority.key_pem,
        seed=b"x" * 32,
        common_name="server",
        dns_names=("elsewhere.test",),
        server=True,
    )
    for name, text in (("crt", leaf.certificate_pem), ("key", leaf.key_pem)):
        (tmp_path / name).write_text(text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    with create_server(("127.0.0.1", 0)) as plain:
        port = plain.getsockname()[1]

        def serve() -> None:
            connection, _ = plain.accept()
            with context.wrap_socket(connection, server_side=True):
                pass

        thread = threading.Thread(target=serve)
        thread.start()
        assert cluster.shown_until("127.0.0.1", port) == datetime(2028, 1, 1, tzinfo=UTC)
        thread.join()
    assert cluster.shown_until("127.0.0.1", port) is None
