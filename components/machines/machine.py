"""What every later layer knows of a machine, wherever it came from.

Owns the one output type of the machines layer. Does not own how a machine is made (local.py, ssh.py, aws/), nor what is
installed on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

import pulumi

from components.machines.connection import Connection
from components.machines.node_script import NodeScript
from components.outputs import together

STORAGE_LABEL: Final = "node-role.kubernetes.io/rook"
"""The label, with the value true, of the nodes that Ceph's daemons run on."""


class Profile(Enum):
    """What kind of kernel and init the host has, as far as kubeadm and containerd must be told.

    LAB: a namespaced host that shares its kernel and disk with others. MACHINE: a machine of its own.
    """

    LAB = "lab"
    MACHINE = "machine"


@dataclass(frozen=True, kw_only=True)
class Host:
    """What is known of a machine once it is there: its address, the connection's document, the script's path.

    `provider_id` is empty where no cloud made it.
    """

    address: str
    connection: Mapping[str, object]
    script: str
    provider_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A reachable host that carries the node script.

    `name` is the resource name of everything on the host and its Kubernetes node name, for life. `address` is an
    IPv4 address that all other hosts reach.
    """

    name: str
    roles: frozenset[str]
    address: pulumi.Output[str]
    connection: Connection
    script: NodeScript
    profile: Profile
    labels: tuple[str, ...] = ()
    taints: tuple[str, ...] = ()
    protect: bool = False
    """Whether the engine refuses to delete or replace what this node is."""
    device: pulumi.Output[str] | None = None
    """The path of a block device that the machine was made with for Ceph; None where the configuration names some."""
    provider_id: pulumi.Output[str] | None = None
    """What Kubernetes calls it as a machine of its cloud, such as aws:///eu-central-1a/i-0123456789abcdef0."""

    @cached_property
    def host(self) -> pulumi.Output[Host]:
        """One value for everything that is told of this machine."""
        return together(
            {
                "address": self.address,
                "connection": self.connection.document(),
                "script": self.script.path,
                "provider_id": self.provider_id or "",
            },
            lambda known: Host(**known),
        )

    @property
    def node_labels(self) -> tuple[str, ...]:
        """The labels of the Kubernetes node: the configuration's and one for each role.

        kubelet may not set role labels itself, and the control plane's is kubeadm's own.
        """
        roles = sorted(self.roles - {"control-plane"})
        storage = (f"{STORAGE_LABEL}=true",) if "storage" in self.roles else ()
        return (*self.labels, *(f"node-role.kubernetes.io/{role}=" for role in roles), *storage)

    @property
    def is_control_plane(self) -> bool:
        """Whether an API server and an etcd member run here."""
        return "control-plane" in self.roles
