"""What lies outside for hosts that have only a proxy: servers under the vendors' names, which nobody else resolves.

Owns the servers, their certificates of a company's own authority, and the proxy. Does not own what they serve.
"""

import datetime as dt
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bundle import gomodule
from bundle.programs import REGISTRY
from bundle.upload import Upload
from components.certificates import Authority, issue, new_authority

# Addresses of this machine's own loopback, so that ports 80 and 443 are free whatever else runs here; two runs of the
# tests have two processes.
_OWN = f"127.{64 + (os.getpid() >> 8) % 128}.{os.getpid() % 256}"
FILES, IMAGES, PROXY = f"{_OWN}.1", f"{_OWN}.2", f"{_OWN}.3"
PROXY_PORT = 3128


class VirtualHosts(SimpleHTTPRequestHandler):
    """Files of a directory for each host name."""

    def translate_path(self, path: str) -> str:
        name = (self.headers.get("Host") or "none").partition(":")[0]
        inner = super().translate_path(path)
        return str(Path(self.directory) / name / Path(inner).relative_to(self.directory))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the handler's own name
        """Nothing: the proxy keeps a log."""


class Server(ThreadingHTTPServer):
    """One that says nothing of clients that hang up, which those do that do not believe its certificate."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: what a client made of it is what tests look at."""


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A running proxy and its log."""

    url: str
    log: Path

    def asked_for(self) -> set[str]:
        """HOST:PORT of all that it was asked for so far."""
        found = set()
        for line in self.log.read_text().splitlines():
            if tunnel := re.search(r"\bCONNECT ([^ ]+) HTTP", line):
                found.add(tunnel[1])
            elif plain := re.search(r"\b(?:GET|HEAD|POST) http://([^/ ]+)", line):
                found.add(plain[1] if ":" in plain[1] else f"{plain[1]}:80")
        return found


@contextmanager
def files(directory: Path, certificate: Path | None) -> Iterator[None]:
    """Serves the directories of host names in `directory`: over TLS with a certificate, in clear without."""
    handler = partial(VirtualHosts, directory=str(directory))
    server = Server((FILES, 443 if certificate else 80), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # The handshake in the thread of its connection: one that says nothing must not hold up the others.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def registry(work: Path, bundle: Path, certificate: Path) -> Iterator[None]:
    """A registry with the images of a bundle, each below its registry's name."""
    program = gomodule.build(REGISTRY)["registry"]
    settings: dict[str, Any] = {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(work / "registry")}},
        "http": {
            "addr": f"{IMAGES}:443",
            "relativeurls": True,
            "tls": {"certificate": str(certificate), "key": str(certificate)},
        },
    }
    file = work / "registry.yaml"
    file.write_text(json.dumps(settings))
    with (work / "registry.log").open("w") as log:
        process = subprocess.Popen(
            [program, "serve", str(file)],
            env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
            stdout=log,
            stderr=log,
        )
    try:
        _await_port(IMAGES, 443, process)
        # The test is what puts them there, and knows its own certificate.
        context = ssl.create_default_context(cafile=str(work / "authority.pem"))
        connect = partial(http.client.HTTPSConnection, IMAGES, context=context)
        Upload(directory=bundle, connect=connect, say=lambda _: None).run()
        yield
    finally:
        _end(process)


@contextmanager
def proxy(work: Path, address: str, names: dict[str, str]) -> Iterator[Proxy]:
    """Tinyproxy at an address of this machine; it alone resolves `names`, with an /etc/hosts that nobody else sees."""
    hosts, settings, log = work / "hosts", work / "tinyproxy.conf", work / "tinyproxy.log"
    known = Path("/etc/hosts").read_text()
    hosts.write_text("".join(f"{it} {name}\n" for name, it in names.items()) + known)
    log.touch()
    log.chmod(0o666)
    settings.write_text(
        f'Port {PROXY_PORT}\nListen {address}\nTimeout 60\nLogFile "{log}"\nLogLevel Connect\n'
        "MaxClients 200\nConnectPort 443\nConnectPort 6443\n"
    )
    program = shutil.which("tinyproxy")
    assert program, "tinyproxy is missing: operate/packages test"
    mounted = f"mount --bind {hosts} /etc/hosts && exec {program} -d -c {settings}"
    process = subprocess.Popen(["unshare", "--mount", "sh", "-c", mounted])
    try:
        _await_port(address, PROXY_PORT, process)
        yield Proxy(url=f"http://{address}:{PROXY_PORT}", log=log)
    finally:
        _end(process)


def certificate(work: Path, name: str, authority: Authority, names: list[str]) -> Path:
    """A server's certificate and key in one file."""
    leaf = issue(
        authority_certificate_pem=authority.certificate_pem,
        authority_key_pem=authority.key_pem,
        seed=os.urandom(32),
        common_name=name,
        dns_names=names,
        ip_addresses=[FILES, IMAGES],
        server=True,
    )
    file = work / f"{name}.pem"
    file.write_text(leaf.certificate_pem + leaf.key_pem)
    return file


def company(work: Path) -> Authority:
    """A company's own authority; its certificate lies in `authority.pem`."""
    made = new_authority("Company", dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
    (work / "authority.pem").write_text(made.certificate_pem)
    return made


def _await_port(address: str, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while True:
        assert process.poll() is None, f"the server of {address}:{port} ended"
        with ExitStack() as stack:
            connection = stack.enter_context(socket.socket())
            connection.settimeout(1)
            if connection.connect_ex((address, port)) == 0:
                return
        assert time.monotonic() < deadline, f"nothing listens on {address}:{port}"
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
