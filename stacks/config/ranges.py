"""Address ranges that must not meet: pods, services, the lab and the hosts.

Owns the comparison of ranges and whether they are large enough. Does not own the form of an address (`addresses.py`).
"""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from itertools import combinations

from stacks.config.aws import Aws
from stacks.config.hosts import Hosts
from stacks.config.kubernetes import NODE_PREFIX, Kubernetes
from stacks.config.report import Fault
from stacks.config.schema import Path, spell

_POD: Path = ("kubernetes", "podSubnet")
_SERVICE: Path = ("kubernetes", "serviceSubnet")
_LAB: Path = ("hosts", "lab", "subnet")
_NODES: Path = ("hosts", "nodes")
_VPC: Path = ("hosts", "aws", "vpc", "cidr")
_PEERED: Path = ("hosts", "aws", "vpc", "peered")

# The network's own address, the machine's end of the bridge, the gateway that leads nowhere, and the broadcast address.
_LAB_TAKEN = 4


def faults(hosts: Hosts, kubernetes: Kubernetes) -> Iterator[Fault]:
    """Every overlap, and every range that is too small."""
    ranges = {_POD: kubernetes.pod_subnet, _SERVICE: kubernetes.service_subnet}
    if hosts.lab is not None:
        ranges[_LAB] = hosts.lab.subnet
    if hosts.aws is not None:
        ranges[_VPC] = hosts.aws.vpc.cidr
        # Whose addresses these are no rule of ours can change; peers may overlap each other.
        yield from _peered(hosts.aws, dict(ranges))
    yield from _overlaps(ranges)
    yield from _hosts_inside(hosts, kubernetes)
    yield from _outside_lab(hosts)
    yield from _too_small(hosts, kubernetes)


def _overlaps(ranges: dict[Path, IPv4Network]) -> Iterator[Fault]:
    for (path, network), (other, taken) in combinations(ranges.items(), 2):
        if network.overlaps(taken):
            yield Fault(
                path=path,
                text=f"{network} overlaps {spell(other)} {taken}; give ranges that share no address",
                reads=(other,),
            )


def _peered(aws: Aws, ranges: dict[Path, IPv4Network]) -> Iterator[Fault]:
    """Networks that machines must reach and could not: packets would go to the range of the same name here."""
    for index, peer in enumerate(aws.vpc.peered):
        for path, network in ranges.items():
            if network.overlaps(peer):
                yield Fault(
                    path=path,
                    text=f"{network} overlaps the peered network {peer}; give a range that shares no address with it",
                    reads=((*_PEERED, index),),
                )


def _hosts_inside(hosts: Hosts, kubernetes: Kubernetes) -> Iterator[Fault]:
    """Hosts whose address pods or services would take away."""
    places: dict[Path, str | None] = {
        (*_NODES, index, "address"): node.address for index, node in enumerate(hosts.nodes)
    }
    if kubernetes.endpoint is not None:
        places["kubernetes", "endpoint"] = kubernetes.endpoint.partition(":")[0]
    for path, text in places.items():
        address = _ipv4(text)
        for other, network in (
            (_POD, kubernetes.pod_subnet),
            (_SERVICE, kubernetes.service_subnet),
        ):
            if address is not None and address in network:
                yield Fault(
                    path=path,
                    text=f"{address} lies in {spell(other)} {network}; change one of them",
                    reads=(other,),
                )


def _outside_lab(hosts: Hosts) -> Iterator[Fault]:
    if hosts.lab is None or hosts.provider != "local":
        return
    subnet = hosts.lab.subnet
    for index, node in enumerate(hosts.nodes):
        if node.address is None:
            continue
        address = _ipv4(node.address)
        if address is None or address not in subnet or address in _reserved(subnet):
            yield Fault(
                path=(*_NODES, index, "address"),
                text=f"{node.address} is no host's address in hosts.lab.subnet {subnet} "
                f"(from {subnet[2]} to {subnet[-3]}); leave it out, and the lab chooses one",
                reads=(_LAB, ("hosts", "provider")),
            )


def _too_small(hosts: Hosts, kubernetes: Kubernetes) -> Iterator[Fault]:
    count = len(hosts.nodes)
    room = 2 ** (NODE_PREFIX - kubernetes.pod_subnet.prefixlen)
    if count > room:
        yield Fault(
            path=_POD,
            text=f"{kubernetes.pod_subnet} has a /{NODE_PREFIX} for {room} nodes, and there are {count}",
            reads=(_NODES,),
        )
    if hosts.lab is not None and count > (room := hosts.lab.subnet.num_addresses - _LAB_TAKEN):
        yield Fault(
            path=_LAB,
            text=f"{hosts.lab.subnet} has room for {room} hosts, and there are {count}",
            reads=(_NODES,),
        )


def _reserved(subnet: IPv4Network) -> tuple[IPv4Address, ...]:
    return subnet[0], subnet[1], subnet[-2], subnet[-1]


def _ipv4(text: str | None) -> IPv4Address | None:
    """The address, or None for a DNS name."""
    try:
        return IPv4Address(text) if text else None
    except AddressValueError:
        return None
