"""What stands for the outputs of resources that are only known when a stack comes up.

Owns the stand-ins: without them all that follows from a host's address would be unknown, and no change of it seen. Does
not own what the real ones are: those come from commands, and nothing of these reaches a host.
"""

import json
from collections.abc import Mapping
from itertools import islice
from typing import Final

from review.recording import Answers
from stacks.config import Configuration

HOST_KEY: Final = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
KUBECONFIG: Final = "kind: Config"
DEVICE: Final = "/dev/loop32"
KEYS: Final = "ZHVtbXk= ZHVtbXk="


def stand_ins(configuration: Configuration) -> Answers:
    """Outputs by the resource's name: made hosts get addresses in their order, storage nodes one device each."""
    hosts = configuration.hosts
    found: dict[str, Mapping[str, str]] = {"control-plane-kubeconfig": {"stdout": KUBECONFIG}}
    addresses = islice(hosts.lab.subnet.hosts(), len(hosts.nodes)) if hosts.lab else iter(())
    for node, address in zip(hosts.nodes, addresses, strict=False):
        made = {"address": str(node.address or address), "hostKey": HOST_KEY}
        found[f"{node.name}-host"] = {"stdout": json.dumps(made)}
    for node in hosts.nodes:
        found[f"{node.name}-osd"] = {"stdout": json.dumps([DEVICE])}
    for asker in ("application", "application-snapshots"):
        found[f"{asker}-object-keys"] = {"stdout": KEYS}
    return found
