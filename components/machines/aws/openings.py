"""Who may talk to whom, and why: the openings that a stack's layers need, and no other.

Owns deriving them. Does not own making them (security_groups.py), nor the programs behind the ports.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from components.cluster.kubeadm import API_PORT
from components.machines.aws.subnets import ANYWHERE
from components.registry.registry import PORT as REGISTRY_PORT

SSH_PORT: Final = 22
KUBELET_PORT: Final = 10250
ETCD_PORTS: Final = (2379, 2380)
ALL: Final = "-1"
ESP: Final = "50"
"""The IP protocol of packets that the kernel encrypts."""
# "Fragmentation needed": without it connections hang where a path takes smaller packets.
_TOO_LARGE: Final = (3, 4)


class Group(Enum):
    """Machines with the same openings. Control planes are nodes too."""

    NODES = "nodes"
    CONTROL_PLANES = "control-planes"
    BALANCER = "balancer"
    BASTION = "bastion"


Carrier = Literal["weave", "vxlan", "other"]


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Packets of a protocol and ports that may come `into` a group (or go `out` of one) from or to `peer`.

    `ports` are first and last, for icmp type and code, none for protocols without; `peer` is a group or an IPv4
    network. `name` is the resource's, for life; `reason` its description.
    """

    name: str
    group: Group
    peer: Group | str
    protocol: str
    reason: str
    ports: tuple[int, int] | None = None
    out: bool = False


@dataclass(frozen=True, kw_only=True)
class Layers:
    """What of the chosen layers uses the network between machines, and who is outside.

    `carrier` is what carries pods' packets between hosts; `internet` whether nodes have a way out. `console` is the
    port of the Replicated console on nodes, if it has one.
    """

    operators: tuple[str, ...]
    carrier: Carrier
    encrypted: bool
    registry: bool
    bastion: bool
    internet: bool
    ingress_ports: tuple[int, ...] = ()
    clients: tuple[str, ...] = ()
    console: int | None = None


def openings(layers: Layers) -> tuple[Opening, ...]:
    """All openings, in a fixed order."""
    return (
        *_operators(layers),
        *_control_plane(layers),
        *_pod_network(layers),
        *_clients(layers),
        *_path_size(layers),
        *_outward(layers),
    )


def _operators(layers: Layers) -> Iterator[Opening]:
    """SSH, straight or through the bastion."""
    entry = Group.BASTION if layers.bastion else Group.NODES
    for network in layers.operators:
        yield _into("ssh", entry, network, SSH_PORT, "SSH of who installs")
    if layers.bastion:
        yield _into("ssh-bastion", Group.NODES, Group.BASTION, SSH_PORT, "SSH through the bastion")
    for network in layers.operators:
        yield _into("api", Group.BALANCER, network, API_PORT, "API server, for kubectl and Pulumi")
        if layers.console is not None:
            yield _into(
                "console", Group.NODES, network, layers.console, "Replicated console on a node port"
            )


def _control_plane(layers: Layers) -> Iterator[Opening]:
    cp, nodes = Group.CONTROL_PLANES, Group.NODES
    yield _into("api-balancer", cp, Group.BALANCER, API_PORT, "API server, behind the balancer")
    yield _into("api-nodes", cp, nodes, API_PORT, "API server, for kubelets and pods")
    yield Opening(
        name="etcd",
        group=cp,
        peer=cp,
        protocol="tcp",
        ports=ETCD_PORTS,
        reason="etcd, for API servers and its other members",
    )
    yield _into("kubelet", nodes, cp, KUBELET_PORT, "kubelet, for logs and exec by API servers")
    if layers.registry:
        yield _into("registry", cp, nodes, REGISTRY_PORT, "images and packages of the bundle")


def _pod_network(layers: Layers) -> Iterator[Opening]:
    """What carries packets of pods from node to node."""
    nodes = Group.NODES
    if layers.carrier == "weave":
        yield _into("weave", nodes, nodes, 6783, "Weave: its peers find each other")
        yield Opening(
            name="weave-data",
            group=nodes,
            peer=nodes,
            protocol="udp",
            ports=(6783, 6784),
            reason="Weave: packets of pods",
        )
        if layers.encrypted:
            yield Opening(
                name="weave-esp",
                group=nodes,
                peer=nodes,
                protocol=ESP,
                reason="Weave: packets of pods that the kernel encrypts",
            )
    elif layers.carrier == "vxlan":
        yield Opening(
            name="flannel",
            group=nodes,
            peer=nodes,
            protocol="udp",
            ports=(8472, 8472),
            reason="Flannel: packets of pods, by VXLAN",
        )
    else:
        yield Opening(
            name="pod-network",
            group=nodes,
            peer=nodes,
            protocol=ALL,
            reason="a pod network of your own, whose ports are not known here",
        )


def _clients(layers: Layers) -> Iterator[Opening]:
    for port in layers.ingress_ports:
        for network in layers.clients:
            yield _into(f"ingress-{port}", Group.NODES, network, port, "ingress, for clients")


def _path_size(layers: Layers) -> Iterator[Opening]:
    peers: tuple[Group | str, ...] = (Group.NODES, *layers.operators, *layers.clients)
    for peer in dict.fromkeys(peers):
        yield Opening(
            name="path-size",
            group=Group.NODES,
            peer=peer,
            protocol="icmp",
            ports=_TOO_LARGE,
            reason="says that a packet is too large for its path",
        )


def _outward(layers: Layers) -> Iterator[Opening]:
    nodes = Group.NODES
    yield Opening(
        name="out",
        group=nodes,
        peer=ANYWHERE if layers.internet else nodes,
        protocol=ALL,
        reason=(
            "packages, images, and what applications ask for"
            if layers.internet
            else "nodes only: everything comes from the bundle"
        ),
        out=True,
    )
    yield Opening(
        name="balancer-out",
        group=Group.BALANCER,
        peer=Group.CONTROL_PLANES,
        protocol="tcp",
        ports=(API_PORT, API_PORT),
        reason="API servers, and whether they are healthy",
        out=True,
    )
    if layers.bastion:
        yield Opening(
            name="bastion-out",
            group=Group.BASTION,
            peer=nodes,
            protocol="tcp",
            ports=(SSH_PORT, SSH_PORT),
            reason="SSH to nodes and to nothing else",
            out=True,
        )


def _into(name: str, group: Group, peer: Group | str, port: int, reason: str) -> Opening:
    return Opening(
        name=name, group=group, peer=peer, protocol="tcp", ports=(port, port), reason=reason
    )
