"""The way to a registry with TLS and a password, over a socket of this machine."""

import base64
import datetime as dt
import http.server
import io
import json
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bundle import deliver
from bundle.deliver import RegistryConnection
from bundle.tunnel import TunnelError
from bundle.upload import place, whole
from components.certificates import Authority, issue, new_authority
from components.machines.session import Endpoint

NAME = "10.96.0.11"


class Asked(http.server.BaseHTTPRequestHandler):
    """Says what password it was asked with."""

    def do_GET(self) -> None:
        self.do_HEAD()

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("X-Given", self.headers.get("Authorization", ""))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nobody reads it."""

    def address_string(self) -> str:
        return "somebody"


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """HTTP over a socket with a name."""

    daemon_threads = True


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority("test", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


@pytest.fixture
def path(tmp_path: Path, authority: Authority) -> Iterator[Path]:
    """The socket of a registry whose certificate is for the address 10.96.0.11."""
    leaf = issue(
        authority_certificate_pem=authority.certificate_pem,
        authority_key_pem=authority.key_pem,
        seed=b"0" * 32,
        common_name="registry",
        ip_addresses=(NAME,),
        server=True,
    )
    (tmp_path / "pair.pem").write_text(leaf.certificate_pem + leaf.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pair.pem")
    server = Server(str(tmp_path / "s"), Asked)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield tmp_path / "s"
    server.shutdown()
    server.server_close()


def connection(path: Path, name: str, authority: str) -> RegistryConnection:
    context = ssl.create_default_context(cadata=authority)
    return RegistryConnection(path, name, context, "pass:word")


def test_every_request_brings_the_password(path: Path, authority: Authority) -> None:
    way = connection(path, NAME, authority.certificate_pem)
    for _ in range(2):
        way.request("HEAD", "/v2/")
        answer = way.getresponse()
        answer.read()
        kind, _, given = str(answer.getheader("X-Given")).partition(" ")
        assert kind == "Basic"
        assert base64.b64decode(given).decode().partition(":")[2] == "pass:word"
    way.close()


def test_a_registry_of_another_name_or_authority_gets_no_password(
    path: Path, authority: Authority
) -> None:
    other = new_authority("other", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    for name, trusted in (("10.96.0.12", authority), (NAME, other)):
        with pytest.raises(ssl.SSLCertVerificationError):
            connection(path, name, trusted.certificate_pem).request("HEAD", "/v2/")


def test_a_registry_that_comes_late_is_waited_for(
    tmp_path: Path, path: Path, authority: Authority
) -> None:
    late = tmp_path / "late"
    asked: list[int] = []

    def connect() -> RegistryConnection:
        asked.append(1)
        if len(asked) == 3:
            late.symlink_to(path)
        return connection(late, NAME, authority.certificate_pem)

    deliver.await_registry(connect)
    assert len(asked) == 3


def test_a_registry_that_stays_away_is_given_up(tmp_path: Path, authority: Authority) -> None:
    with pytest.raises(FileNotFoundError):
        deliver.await_registry(
            lambda: connection(tmp_path / "no", NAME, authority.certificate_pem), seconds=0.1
        )


def test_who_is_not_the_registry_is_not_waited_for(path: Path, authority: Authority) -> None:
    began = time.monotonic()
    with pytest.raises(ssl.SSLCertVerificationError):
        deliver.await_registry(lambda: connection(path, "10.96.0.12", authority.certificate_pem))
    assert time.monotonic() - began < deliver.PATIENCE / 2


def test_a_bundle_that_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = io.StringIO(json.dumps({"password": "secret-word", "authority": "x"}))
    monkeypatch.setattr("sys.stdin", given)
    words = ["--bundle", str(tmp_path / "no"), "--lock", str(tmp_path / "lock.json")]
    words += ["--registry", f"{NAME}:9874", "--host", "192.0.2.1", "--host-key", "x y"]
    assert deliver.main(words) == 1
    said = capsys.readouterr().err
    assert "is not there" in said
    assert "secret-word" not in said


def test_an_unreachable_host_is_one_sentence(
    tmp_path: Path, authority: Authority, capfd: pytest.CaptureFixture[str]
) -> None:
    host = Endpoint(address="127.0.0.1", port=1, host_key="x y")
    with pytest.raises(TunnelError, match=r"there is no way to 10.96.0.11:9874"):
        deliver.deliver(tmp_path, host, f"{NAME}:9874", authority.certificate_pem, "p")
    assert capfd.readouterr().err


@pytest.mark.parametrize(
    ("name", "repository", "tag"),
    [
        ("docker.io/library/nginx:1", "docker.io/library/nginx", "1"),
        ("host_5000/a:1@sha256:0f", "host_5000/a", "sha256:0f"),
        ("quay.io/a/b@sha256:0f", "quay.io/a/b", "sha256:0f"),
    ],
)
def test_an_item_lies_under_its_tag_or_under_its_digest(
    name: str, repository: str, tag: str
) -> None:
    assert place(name) == (repository, tag)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("blobs/sha256:0f", "/v2/a/b/blobs/sha256:0f"),
        ("/v2/a/b/blobs/uploads/1?_state=x%3D", "/v2/a/b/blobs/uploads/1?_state=x%3D"),
        (
            "https://10.96.0.11:9874/v2/a/b/blobs/uploads/1?_state=x",
            "/v2/a/b/blobs/uploads/1?_state=x",
        ),
        ("blobs/uploads/?mount=sha256:0f&from=c", "/v2/a/b/blobs/uploads/?mount=sha256:0f&from=c"),
    ],
)
def test_a_registry_may_give_whole_addresses(path: str, asked: str) -> None:
    assert whole(path, "a/b") == asked
