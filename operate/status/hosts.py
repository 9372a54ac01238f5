"""Asking hosts: an SSH session each, which runs the probe, and reading what it prints.

Owns telling why a host could not be asked. Does not own the probe (probe.sh), nor what an answer means.
"""

import base64
import socket
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from components.machines.session import Endpoint
from operate.hosts.survey import call, explain
from operate.status.facts import Host, Node

PROBE: Final = Path(__file__).with_name("probe.sh")
AS_ROOT: Final = 'if [ "$(id -u)" = 0 ]; then exec bash -s; else exec sudo -n bash -s; fi'
DIAL: Final = 2.0
"""Seconds for a connection to open; a host that is off is told from one that is slow."""

LIMIT: Final = 15
"""Seconds for a whole answer."""


def ask(node: Node, environment: Mapping[str, str]) -> Host:
    """What the host of a node says, or why it cannot be asked."""
    if node.ssh is None:
        return Host(fault="the stack's state does not say how it is reached; run make up")
    # A bastion knows hosts that this machine does not.
    if node.ssh.bastion is None and (fault := closed(node.ssh.address, node.ssh.port)):
        return Host(fault=fault)
    return _answer(node.ssh, environment)


def closed(address: str, port: int) -> str:
    """Why a port does not accept connections from here; empty if it does."""
    try:
        socket.create_connection((address, port), timeout=DIAL).close()
    except ConnectionRefusedError:
        return f"port {port} of {address} refuses connections: nothing listens there"
    except OSError:
        return f"port {port} of {address} does not answer: the host is off, or the way to it is cut"
    return ""


def _answer(endpoint: Endpoint, environment: Mapping[str, str]) -> Host:
    said = call(endpoint, AS_ROOT, PROBE.read_text(), environment, limit=LIMIT)
    if said.code is None:
        return Host(fault=f"it has not answered within {LIMIT} s")
    lines = said.output.splitlines()
    if said.code == 0 and "begin" in lines and lines[-1] == "end":
        return parse(lines[lines.index("begin") + 1 : -1])
    found, cure = explain(endpoint, said)
    return Host(fault=f"it {found}; {cure}")


def parse(lines: Sequence[str]) -> Host:
    """The host of the probe's facts."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        key, _, value = line.partition("=")
        found[key].append(value)
    return Host(
        units=_words(found["unit"]),
        said=_words(found["said"]),
        api=next(iter(found["api"]), ""),
        registry=next(iter(found["registry"]), ""),
        peers=tuple(found["peer"]),
        certificates=dict(_certificates(found["certificate"])),
    )


def _words(entries: Sequence[str]) -> Mapping[str, str]:
    """The first word of each entry, and what follows it."""
    return {first: rest for first, _, rest in (entry.partition(" ") for entry in entries)}


def _certificates(entries: Sequence[str]) -> Iterator[tuple[str, datetime]]:
    """Name and end of the first certificate of each file; a kubeconfig may only name a file that is here too."""
    for entry in entries:
        name, _, text = entry.partition(" ")
        if text:
            found = x509.load_pem_x509_certificate(base64.b64decode(text))
            yield name, found.not_valid_after_utc
