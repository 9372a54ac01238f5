"""What must hold between the keys of `hosts.aws`, and between them, the nodes and the other groups.

Owns these rules. Does not own ranges of addresses (`ranges.py`), nor what only the account can say: `operate/cloud`
asks it before anything is made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from stacks.config.airgap import Airgap
from stacks.config.aws import Aws
from stacks.config.aws_known import FAMILIES, MISSING, ZONES, architecture, family
from stacks.config.hosts import Hosts, Node
from stacks.config.ingress import Ingress
from stacks.config.network import Network
from stacks.config.report import Fault
from stacks.config.schema import Path
from stacks.config.storage import Storage

_PROVIDER: Path = ("hosts", "provider")
_AWS: Path = ("hosts", "aws")
_NODES: Path = ("hosts", "nodes")
_UNLISTED: Path = (*_AWS, "unlisted")

# AWS keeps the first four addresses of each subnet and the last one; a load balancer takes up to eight.
_TAKEN: Final = 13
SUBNET_BITS: Final = 4
"""A VPC is divided among 16 subnets: one for nodes and one with a way to the internet for each zone, a to h."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The groups that the rules look at together."""

    hosts: Hosts
    aws: Aws
    network: Network
    ingress: Ingress
    storage: Storage
    airgap: Airgap

    @cached_property
    def places(self) -> tuple[tuple[Path, Node], ...]:
        """Each node with its path."""
        return tuple(((*_NODES, index), node) for index, node in enumerate(self.hosts.nodes))


def faults(wanted: Wanted) -> Iterator[Fault]:
    """What is wrong with machines that are to be made in EC2."""
    yield from _not_for_aws(wanted)
    yield from _zones(wanted.aws)
    yield from _types(wanted)
    yield from _node_zones(wanted)
    yield from _vpc(wanted.aws)
    yield from _reach(wanted)
    yield from _volumes(wanted)
    if wanted.network.provider == "flannel" and wanted.network.backend == "host-gw":
        yield Fault(
            path=("network", "flannel", "backend"),
            text="host-gw needs hosts on one link, and subnets of a VPC are none; use vxlan",
            reads=(_PROVIDER,),
        )


def warnings(wanted: Wanted) -> Iterator[Fault]:
    """What works and should be known."""
    aws = wanted.aws
    if aws.placement == "private" and aws.bastion is None:
        yield Fault(
            path=(*_AWS, "bastion"),
            text=f"there is none, so this machine must reach the nodes in {aws.vpc.cidr} by a VPN",
        )
    if aws.placement == "private" and wanted.ingress.provider is not None:
        yield Fault(
            path=("ingress", "provider"),
            text="the nodes are private, so HTTP comes in from the VPC and what is routed to it only",
        )
    zones = {node.aws.zone for node in wanted.hosts.control_planes}
    if len(wanted.hosts.control_planes) > 1 and len(zones) == 1:
        yield Fault(
            path=_NODES,
            text="all control planes are in one zone and are lost with it; spread them over zones",
        )


def misplaced(hosts: Hosts) -> Iterator[Fault]:
    """Keys of EC2 on a stack of other machines, or the group missing on one of EC2."""
    if hosts.provider == "aws":
        if hosts.aws is None:
            yield Fault(
                path=_AWS, text="missing; provider aws needs region, zones, image and operators"
            )
        return
    if hosts.aws is not None:
        yield _only(_AWS, hosts)
    for index, node in enumerate(hosts.nodes):
        if "aws" in node.model_fields_set:
            yield _only((*_NODES, index, "aws"), hosts)


def _only(path: Path, hosts: Hosts) -> Fault:
    text = f"only with provider aws; hosts.provider is {hosts.provider}, so remove the key"
    return Fault(path=path, text=text, reads=(_PROVIDER,))


def _not_for_aws(wanted: Wanted) -> Iterator[Fault]:
    """Keys about machines that exist already."""
    hosts = wanted.hosts
    for key, instead in (
        ("bastion", "hosts.aws.bastion makes one"),
        ("kernel", "machines of EC2 have kernels of their own"),
        ("user", "give hosts.aws.image.user"),
    ):
        if key in hosts.model_fields_set:
            text = f"not with provider aws; {instead}, so remove the key"
            yield Fault(path=("hosts", key), text=text, reads=(_PROVIDER,))
    for path, node in wanted.places:
        for key, name in (("address",) * 2, ("port",) * 2, ("user",) * 2, ("hostKey", "host_key")):
            if name in node.model_fields_set:
                text = "not with provider aws, which makes the machine; remove the key"
                yield Fault(path=(*path, key), text=text, reads=(_PROVIDER,))


def _zones(aws: Aws) -> Iterator[Fault]:
    if not aws.unlisted and aws.region not in ZONES:
        yield Fault(
            path=(*_AWS, "region"),
            text=f"this release does not know {aws.region}; it knows {', '.join(ZONES)}; hosts.aws.unlisted: true "
            "takes it all the same",
            reads=(_UNLISTED,),
        )
    for index, zone in enumerate(aws.zones):
        path = (*_AWS, "zones", index)
        if zone[:-1] != aws.region:
            text = f"{zone} is no zone of {aws.region}; its zones begin with that name"
            yield Fault(path=path, text=text, reads=((*_AWS, "region"),))
        elif not aws.unlisted and zone[-1] not in ZONES.get(aws.region, zone[-1]):
            known = ", ".join(f"{aws.region}{letter}" for letter in ZONES[aws.region])
            text = f"{aws.region} has no {zone}; it has {known}; hosts.aws.unlisted: true takes it all the same"
            yield Fault(path=path, text=text, reads=((*_AWS, "region"), _UNLISTED))


def _types(wanted: Wanted) -> Iterator[Fault]:
    """Types of machines that the programs are not built for, or that are not there."""
    aws = wanted.aws
    types: dict[Path, str] = {(*_AWS, "instanceType"): aws.instance_type}
    if aws.bastion is not None:
        types[*_AWS, "bastion", "instanceType"] = aws.bastion.instance_type
    for path, node in wanted.places:
        if node.aws.instance_type is not None:
            types[*path, "aws", "instanceType"] = node.aws.instance_type
    for path, name in types.items():
        if said := _type(name, aws):
            yield Fault(path=path, text=said, reads=((*_AWS, "region"), _UNLISTED))


def _type(name: str, aws: Aws) -> str | None:
    if architecture(name) != "amd64":
        return f"{name} is a machine for arm64, and all programs are built for amd64; give one such as m6i.large"
    if aws.unlisted:
        return None
    if family(name) not in FAMILIES:
        return (
            f"this release does not know {name}; it knows types of {', '.join(FAMILIES)}; hosts.aws.unlisted: true "
            "takes it all the same"
        )
    if family(name) in MISSING.get(aws.region, "").split():
        return f"{aws.region} has no {name}; hosts.aws.unlisted: true takes it all the same"
    return None


def _node_zones(wanted: Wanted) -> Iterator[Fault]:
    zones = wanted.aws.zones
    reads = ((*_AWS, "zones"),)
    crowd: dict[str, int] = {}
    for path, node in wanted.places:
        zone = node.aws.zone or zones[0]
        crowd[zone] = crowd.get(zone, 0) + 1
        if node.aws.zone is None and len(zones) > 1:
            text = f"missing; there are several zones, and a node stays in its own for life: {', '.join(zones)}"
            yield Fault(path=(*path, "aws", "zone"), text=text, reads=reads)
        elif zone not in zones:
            text = f"{zone} is not one of hosts.aws.zones: {', '.join(zones)}"
            yield Fault(path=(*path, "aws", "zone"), text=text, reads=reads)
    room = 2 ** (32 - SUBNET_BITS - wanted.aws.vpc.cidr.prefixlen) - _TAKEN
    if wanted.aws.vpc.id is None and max(crowd.values()) > room:
        yield Fault(
            path=(*_AWS, "vpc", "cidr"),
            text=f"{wanted.aws.vpc.cidr} has room for {room} nodes in a zone, and there are {max(crowd.values())}",
            reads=(_NODES,),
        )


def _vpc(aws: Aws) -> Iterator[Fault]:
    """An existing VPC comes with its subnets, a new one without."""
    vpc, path = aws.vpc, (*_AWS, "vpc")
    if vpc.id is None:
        for key, given in (("subnets", vpc.subnets), ("publicSubnets", vpc.public_subnets)):
            if given:
                yield Fault(path=(*path, key), text="only with vpc.id; remove it, or give the VPC")
        return
    needed = {"subnets": (vpc.subnets, "nodes")}
    if aws.placement == "private" and (aws.bastion is not None or aws.balancer == "public"):
        needed["publicSubnets"] = (vpc.public_subnets, "the bastion and the load balancer")
    for key, (given, whose) in needed.items():
        if missing := [zone for zone in aws.zones if zone not in given]:
            text = f"{', '.join(missing)} is missing; give a subnet of each zone for {whose}"
            yield Fault(path=(*path, key), text=text, reads=((*_AWS, "zones"),))
    if "cidr" not in vpc.model_fields_set:
        yield Fault(
            path=(*path, "cidr"), text="missing; give that of the VPC, as `vpc.id` is given"
        )
    if "nat" in aws.model_fields_set:
        text = "only for a VPC that is made; the routes of one that exists are its owner's"
        yield Fault(path=(*_AWS, "nat"), text=text, reads=((*path, "id"),))


def _reach(wanted: Wanted) -> Iterator[Fault]:
    """How machines reach the internet, and how they are reached."""
    aws, reads = wanted.aws, ((*_AWS, "placement"),)
    if aws.placement == "public":
        for key in ("nat", "bastion"):
            if key in aws.model_fields_set:
                yield Fault(path=(*_AWS, key), text="only with placement private", reads=reads)
    elif aws.elastic_ips:
        yield Fault(path=(*_AWS, "elasticIps"), text="only with placement public", reads=reads)
    elif aws.nat == "none" and wanted.airgap.bundle is None and wanted.aws.vpc.id is None:
        yield Fault(
            path=(*_AWS, "nat"),
            text="none leaves private nodes without internet, and without a bundle everything comes from there; set "
            "airgap.bundle, or one or each-zone here",
            reads=(*reads, ("airgap", "bundle")),
        )
    if not aws.operators:
        yield Fault(path=(*_AWS, "operators"), text="is empty; then nobody could install anything")


def _volumes(wanted: Wanted) -> Iterator[Fault]:
    """Each storage node has a volume, and nobody else."""
    rook, reads = wanted.storage.rook, (("storage", "rook"), (*_AWS, "storageVolume"))
    for path, node in wanted.places:
        if node.aws.volume is not None and not node.is_storage:
            text = "the node has not the role storage; give it the role, or remove the volume"
            yield Fault(path=(*path, "aws", "volume"), text=text, reads=((*path, "roles"),))
        if (
            rook is not None
            and node.is_storage
            and (node.aws.volume or wanted.aws.storage_volume) is None
        ):
            yield Fault(
                path=(*path, "aws", "volume"),
                text=f"missing: {node.name} has the role storage and no volume; give its size here, or "
                "hosts.aws.storageVolume for all",
                reads=(*reads, (*path, "roles")),
            )
    for key in ("devices", "loop_file"):
        if rook is not None and key in rook.model_fields_set:
            written = re.sub("_(.)", lambda found: found[1].upper(), key)
            text = "not with provider aws, where each storage node has a volume; remove the key"
            yield Fault(path=("storage", "rook", written), text=text, reads=(_PROVIDER,))
