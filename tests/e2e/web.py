"""A web server in a pod, and clients outside of the cluster that reach it through the ingress.

Owns the manifests, and asking a node for a name. Does not own what must be true (the tests say that).
"""

import json
import socket
import ssl
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.pods import IMAGE

NAMESPACE = "shop"
PORT = 8080
LABELS = {"app": "echo"}
# Answers with the request's own header, once it has been read to its end.
_ECHO = r"""
cat > /tmp/answer <<'END'
request=""
while IFS= read -r line && [ "$line" != $'\r' ]; do request+="${line%$'\r'}"$'\n'; done
printf 'HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' "${#request}" "$request"
END
exec socat TCP-LISTEN:8080,fork,reuseaddr EXEC:"bash /tmp/answer"
"""


def manifest() -> list[dict[str, Any]]:
    """A namespace that nobody reaches into, and the server in it."""
    container = {
        "name": "echo",
        "image": IMAGE,
        "command": ["bash", "-c", _ECHO],
        "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
    }
    pod = {"containers": [container], "terminationGracePeriodSeconds": 1}
    deployment = {
        "replicas": 1,
        "selector": {"matchLabels": LABELS},
        "template": {"metadata": {"labels": LABELS}, "spec": pod},
    }
    deny = {"podSelector": {}, "policyTypes": ["Ingress"]}
    service = {"selector": LABELS, "ports": [{"port": 80, "targetPort": PORT}]}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        _object("networking.k8s.io/v1", "NetworkPolicy", "default-deny", deny),
        _object("apps/v1", "Deployment", "echo", deployment),
        _object("v1", "Service", "echo", service),
    ]


def admission(namespace: str) -> dict[str, Any]:
    """The exception for pods of another namespace."""
    caller = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    rule = {"from": [{"namespaceSelector": caller}], "ports": [{"port": PORT}]}
    spec = {"podSelector": {"matchLabels": LABELS}, "ingress": [rule]}
    return _object("networking.k8s.io/v1", "NetworkPolicy", "from-ingress", spec)


def ingress(host: str, certificate: str) -> dict[str, Any]:
    """An Ingress of no class, with the default certificate (namespace/name)."""
    namespace, name = certificate.split("/")
    backend = {"service": {"name": "echo", "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    spec = {
        "rules": [{"host": host, "http": {"paths": [path]}}],
        "tls": [{"hosts": [host], "secretName": name}],
    }
    made = _object("networking.k8s.io/v1", "Ingress", "plain", spec)
    made["metadata"]["annotations"] = {"projectcontour.io/tls-cert-namespace": namespace}
    return made


def http_proxy(host: str, certificate: str) -> dict[str, Any]:
    """An HTTPProxy with the default certificate, which serves plain HTTP as well."""
    routes = [{"permitInsecure": True, "services": [{"name": "echo", "port": 80}]}]
    virtual = {"fqdn": host, "tls": {"secretName": certificate}}
    spec = {"virtualhost": virtual, "routes": routes}
    return _object("projectcontour.io/v1", "HTTPProxy", "rich", spec)


def _object(version: str, kind: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": dict(spec)}


def applied(*objects: Mapping[str, Any], options: str = "") -> str:
    """A shell command that applies objects."""
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
    return f"kubectl apply {options} -f - <<'END'\n{document}\nEND"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a client was told: the status (0 if nobody answered) and the header of its request as the pod got it."""

    status: int
    request: str


@dataclass(frozen=True, kw_only=True)
class Client:
    """Someone outside of the cluster who trusts one authority."""

    authority: Path

    def get(self, address: str, url: str) -> Answer:
        """Asks the node at the address for the URL, whatever its name stands for elsewhere."""
        scheme, _, rest = url.partition("://")
        port = 443 if scheme == "https" else 80
        host = rest.partition("/")[0]
        done = subprocess.run(
            [
                *("curl", "-sS", "--max-time", "5", "--noproxy", "*"),
                *("--cacert", str(self.authority), "--resolve", f"{host}:{port}:{address}"),
                *("-w", "\n%{http_code}", url),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        body, _, status = done.stdout.rpartition("\n")
        return Answer(status=int(status or 0), request=body)


@dataclass(frozen=True, kw_only=True)
class Balancer:
    """A load balancer in front of the nodes: it hands connections on and says in the PROXY protocol for whom."""

    authority: Path

    def get(self, address: str, url: str, *, client: str | None) -> Answer:
        """Asks the node at the address for the URL on behalf of a client's address; None: without saying for whom.

        The header is version 1 of haproxy.org's proxy-protocol.txt, in clear in front of everything, TLS too.
        """
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        port = 443 if scheme == "https" else 80
        header = f"PROXY TCP4 {client} {address} 50000 {port}\r\n" if client else ""
        request = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        try:
            with socket.create_connection((address, port), timeout=5) as connection:
                connection.sendall(header.encode())
                with self._dressed(connection, scheme, host) as through:
                    through.sendall(request.encode())
                    with through.makefile("rb") as stream:
                        return _answer(stream.read())
        except OSError:
            return Answer(status=0, request="")

    def _dressed(self, connection: socket.socket, scheme: str, host: str) -> socket.socket:
        if scheme == "http":
            return connection
        context = ssl.create_default_context(cafile=str(self.authority))
        return context.wrap_socket(connection, server_hostname=host)


def _answer(received: bytes) -> Answer:
    """An answer as bytes; nothing is status 0."""
    head, _, body = received.decode().partition("\r\n\r\n")
    return Answer(status=int(head.split(" ")[1]) if head else 0, request=body)
