"""Asking API servers: whether they are ready, what certificate they show, and for objects.

Owns calling kubectl, several at a time, and reading what it prints. Does not own what the answers mean.
"""

import base64
import json
import re
import socket
import ssl
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml
from cryptography import x509

from operate.status.facts import ApiServer, Object

PORT: Final = 6443
LIMIT: Final = 4
"""Seconds for an answer; a busy server of a small machine takes one."""

DIAL: Final = 2.0
CHECK: Final = re.compile(r"\[(?P<sign>[+-])\](?P<name>\S+)")
ADVICE: Final = " - did you specify the right host"
"""What kubectl asks a person at the end of a sentence; the host is right here."""

NO_SUCH_KIND: Final = "doesn't have a resource type"
EVENTS: Final = ("get", "events", "-A", "--field-selector", "type=Warning", "-o", "json")


class KubectlError(Exception):
    """A call of kubectl failed; the message has its last words."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The cluster of a kubeconfig, which `environment` names; `pool` runs calls side by side."""

    environment: Mapping[str, str]
    pool: Executor

    def ready(self, address: str | None = None) -> ApiServer:
        """What the API server of this address says of itself; without one, whoever answers at the kubeconfig's."""
        try:
            printed = self.kubectl("get", "--raw", "/readyz?verbose", server=address)
        except KubectlError as fault:
            printed = str(fault)
        checks = [(one["sign"], one["name"]) for one in CHECK.finditer(printed)]
        if not checks:
            return ApiServer(error=printed)
        failed = tuple(name for sign, name in checks if sign == "-")
        return ApiServer(checks=len(checks), failed=failed)

    def objects(
        self, kinds: Iterable[str], address: str | None
    ) -> Mapping[str, tuple[Object, ...]]:
        """All objects of these kinds by their own names of the kinds, and the warnings among the events.

        Kinds of a group of its own (NAME.GROUP) need not exist; they come and go with their group. Raises KubectlError.
        """
        calls = [self.pool.submit(self._list, EVENTS, address)]
        calls += [
            self.pool.submit(self._list, ("get", ",".join(some), "-A", "-o", "json"), address)
            for some in by_group(kinds)
        ]
        found: dict[str, list[Object]] = defaultdict(list)
        for call in calls:
            for thing in call.result():
                found[thing["kind"]].append(thing)
        return {kind: tuple(things) for kind, things in found.items()}

    def certificate(self, secret: str, address: str | None) -> datetime | None:
        """When the first certificate of a TLS Secret (NAMESPACE/NAME) ends; None if it cannot be read.

        The key beside it is not printed.
        """
        namespace, _, name = secret.partition("/")
        words = ("-n", namespace, "get", "secret", name, "-o", r"jsonpath={.data.tls\.crt}")
        try:
            text = base64.b64decode(self.kubectl(*words, server=address))
            return x509.load_pem_x509_certificate(text).not_valid_after_utc
        except (KubectlError, ValueError):
            return None

    def said(
        self, namespace: str, pod: str, container: str, lines: int, address: str | None
    ) -> tuple[str, ...]:
        """The last lines that a container said, each with its time first. Raises KubectlError."""
        words = ("-n", namespace, "logs", pod, "-c", container, f"--tail={lines}", "--timestamps")
        return tuple(self.kubectl(*words, server=address).splitlines())

    def _list(self, words: Sequence[str], address: str | None) -> list[Any]:
        try:
            return list(json.loads(self.kubectl(*words, server=address))["items"])
        except KubectlError as fault:
            if NO_SUCH_KIND in str(fault):
                return []
            raise

    def kubectl(
        self, *words: str, server: str | None, stdin: str = "", limit: float | None = None
    ) -> str:
        """What kubectl prints; `server` is an API server's address, None the kubeconfig's. Raises KubectlError.

        `limit` is for the whole call, in seconds; kubectl asks several times before it gives up.
        """
        limit = limit or 2 * LIMIT
        chosen = ["--server", f"https://{server}:{PORT}"] if server else []
        try:
            done = subprocess.run(
                ["kubectl", f"--request-timeout={LIMIT}s", *chosen, *words],
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
                input=stdin,
                timeout=limit,
            )
        except subprocess.TimeoutExpired:
            raise KubectlError(f"no answer within {limit:g} s") from None
        if done.returncode != 0:
            last = next(reversed(done.stderr.strip().splitlines()), "kubectl failed")
            raise KubectlError(last.partition(ADVICE)[0])
        return done.stdout


def by_group(kinds: Iterable[str]) -> list[list[str]]:
    """The kinds, each once, in a list for each API group; Kubernetes' own ones, which name none, in one."""
    groups: dict[str, list[str]] = defaultdict(list)
    for kind in sorted(set(kinds)):
        groups[kind.partition(".")[2]].append(kind)
    return list(groups.values())


def shown_until(address: str, port: int = PORT) -> datetime | None:
    """When the certificate ends that a server shows; None if none is shown to this machine."""
    context = ssl.create_default_context()
    # Not to be trusted, only looked at.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address, port), timeout=DIAL) as plain,
            context.wrap_socket(plain) as wrapped,
        ):
            shown = wrapped.getpeercert(binary_form=True)
    except OSError:
        return None
    return x509.load_der_x509_certificate(shown).not_valid_after_utc if shown else None


def kubeconfig_until(file: Path) -> datetime | None:
    """When the client's certificate in a kubeconfig ends; None if it has none."""
    users = yaml.safe_load(file.read_text()).get("users") or ()
    for user in users:
        if data := user["user"].get("client-certificate-data"):
            return x509.load_pem_x509_certificate(base64.b64decode(data)).not_valid_after_utc
    return None
