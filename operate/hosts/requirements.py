"""What a stack demands of each of its hosts: limits, ports, parts of the kernel.

Owns the derivation from the configuration. Does not own judging a host by it (rules.py).
"""

from dataclasses import dataclass
from typing import Final, Literal

from components.cluster.kubeadm import API_PORT, BALANCER_PORT
from components.registry.registry import PORT as REGISTRY_PORT
from operate.hosts.facts import System
from stacks.config import Configuration
from stacks.config.checks import mebibytes, seconds
from stacks.config.hosts import Hosts, Node
from stacks.config.network import Network


@dataclass(frozen=True, kw_only=True)
class Port:
    """A port that a node listens on, and the program that does so in a cluster of ours.

    Program names are those of the kernel, which cuts them at 15 characters.
    """

    number: int
    program: str
    protocol: str = "tcp"


@dataclass(frozen=True, kw_only=True)
class KernelPart:
    """A part of the kernel: who wants it, and what is done without it (None: it cannot be done without)."""

    name: str
    wanted_by: str
    otherwise: str | None = None


@dataclass(frozen=True, kw_only=True)
class Systems:
    """The operating systems that will do: as a person names them, and by family and major version; those tried.

    A system is of the family of its own id. Only those of RHEL have likes that do as well.
    """

    names: str
    releases: frozenset[tuple[str, str]]
    tried: frozenset[tuple[str, str]]

    def take(self, system: System) -> bool:
        """Whether packages are made for this system."""
        major = system.version.partition(".")[0]
        kin = {system.id} | ({RHEL} & set(system.like))
        return any((family, major) in self.releases for family in kin)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """One pair of limits."""

    warn: int
    fail: int


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What one host is to be. `leaving` is one that is being given up: nothing about it keeps the others from work.

    Disk and memory are MiB, clock skew seconds; `kubernetes` is major and minor version.
    """

    name: str
    address: str
    control_plane: bool
    leaving: bool
    shares_a_kernel: bool
    kubernetes: tuple[int, int]
    source: Literal["bundle", "vendors"]
    systems: Systems
    ports: tuple[Port, ...]
    kernel_parts: tuple[KernelPart, ...]
    disk: Limits
    memory: Limits
    cpus: Limits
    clock_skew: Limits


RHEL: Final = "rhel"
_DEBIAN_12: Final = frozenset({("debian", "12")})
BUNDLED_SYSTEMS: Final = Systems(names="Debian 12", releases=_DEBIAN_12, tried=_DEBIAN_12)
"""What the bundle's packages are made for."""
ONLINE_SYSTEMS: Final = Systems(
    names="Debian 12 or later, Ubuntu 22.04 or 24.04, or RHEL 9 or one of its likes",
    releases=frozenset(
        {
            *(("debian", str(major)) for major in range(12, 20)),
            ("ubuntu", "22"),
            ("ubuntu", "24"),
            (RHEL, "9"),
        }
    ),
    tried=_DEBIAN_12,
)
"""What the vendors' repositories have packages for."""

CONTROL_PLANE_PORTS: Final = (
    Port(number=API_PORT, program="kube-apiserver"),
    Port(number=2379, program="etcd"),
    Port(number=2380, program="etcd"),
    Port(number=2381, program="etcd"),
    Port(number=10257, program="kube-controller"),
    Port(number=10259, program="kube-scheduler"),
)
REGISTRY_PORTS: Final = (
    Port(number=REGISTRY_PORT, program="registry"),
    Port(number=5001, program="registry"),
)
SEVERAL_REGISTRIES_PORTS: Final = (Port(number=5002, program="haproxy"),)
NODE_PORTS: Final = (
    Port(number=BALANCER_PORT, program="haproxy"),
    Port(number=10248, program="kubelet"),
    Port(number=10249, program="kube-proxy"),
    Port(number=10250, program="kubelet"),
    Port(number=10256, program="kube-proxy"),
)
NETWORK_PORTS: Final = {
    "weave": (
        Port(number=6781, program="weave-npc"),
        Port(number=6782, program="weaver"),
        Port(number=6783, program="weaver"),
        Port(number=6783, program="weaver", protocol="udp"),
        Port(number=6784, program="weaver"),
    ),
    # The kernel's own: no program holds it.
    "vxlan": (Port(number=8472, program="Flannel's VXLAN", protocol="udp"),),
}

NODE_PARTS: Final = (
    KernelPart(name="overlay", wanted_by="containerd"),
    KernelPart(name="br_netfilter", wanted_by="Kubernetes"),
)
_SLEEVE: Final = "Weave then carries traffic in user space, which is slower"
NETWORK_PARTS: Final = {
    "weave": (
        KernelPart(name="openvswitch", wanted_by="Weave's fast path", otherwise=_SLEEVE),
        KernelPart(name="vxlan", wanted_by="Weave's fast path", otherwise=_SLEEVE),
    ),
    "vxlan": (KernelPart(name="vxlan", wanted_by="Flannel's backend vxlan"),),
}
ENCRYPTION_PARTS: Final = {
    "weave": (KernelPart(name="esp4", wanted_by="Weave's encryption", otherwise=_SLEEVE),),
}
PROXY_PARTS: Final = {
    "ipvs": (
        KernelPart(name="ip_vs", wanted_by="kube-proxy"),
        KernelPart(name="ip_vs_rr", wanted_by="kube-proxy"),
    ),
    "nftables": (KernelPart(name="nf_tables", wanted_by="kube-proxy"),),
}


def requirements(configuration: Configuration) -> tuple[Requirements, ...]:
    """One for each node, in the order of the file."""
    return tuple(_of(configuration, node) for node in configuration.hosts.nodes)


def _of(configuration: Configuration, node: Node) -> Requirements:
    hosts = configuration.hosts
    major, minor, _ = configuration.kubernetes.version.split(".")
    return Requirements(
        name=node.name,
        address=str(node.address),
        control_plane=node.is_control_plane,
        leaving=node.decommission,
        shares_a_kernel=hosts.share_a_kernel,
        kubernetes=(int(major), int(minor)),
        source="bundle" if configuration.bundled else "vendors",
        systems=BUNDLED_SYSTEMS if configuration.bundled else ONLINE_SYSTEMS,
        ports=ports(configuration, node),
        kernel_parts=kernel_parts(configuration),
        **_limits(hosts),
    )


def _limits(hosts: Hosts) -> dict[str, Limits]:
    checks = hosts.checks
    return {
        "disk": Limits(warn=mebibytes(checks.disk.warn), fail=mebibytes(checks.disk.fail)),
        "memory": Limits(warn=mebibytes(checks.memory.warn), fail=mebibytes(checks.memory.fail)),
        "cpus": Limits(warn=checks.cpus.warn, fail=checks.cpus.fail),
        "clock_skew": Limits(
            warn=seconds(checks.clock_skew.warn), fail=seconds(checks.clock_skew.fail)
        ),
    }


def ports(configuration: Configuration, node: Node) -> tuple[Port, ...]:
    """The ports that the node's roles and the stack's network need."""
    return (
        *(CONTROL_PLANE_PORTS if node.is_control_plane else ()),
        *(REGISTRY_PORTS if node.is_control_plane and configuration.bundled else ()),
        *(SEVERAL_REGISTRIES_PORTS if several_registries(configuration) else ()),
        *NODE_PORTS,
        *NETWORK_PORTS.get(carrier(configuration.network), ()),
    )


def several_registries(configuration: Configuration) -> bool:
    """Whether each node's load balancer stands before the bundle's registries too."""
    return configuration.bundled and len(configuration.hosts.control_planes) > 1


def carrier(network: Network) -> str:
    """What carries packets from host to host: the network by itself, or Flannel's backend."""
    return network.backend if network.provider == "flannel" else network.provider


def kernel_parts(configuration: Configuration) -> tuple[KernelPart, ...]:
    """What the chosen parts want of the kernel. On a shared one the network does without what is only quicker."""
    network = configuration.network
    proxy = PROXY_PARTS.get(configuration.kubernetes.proxy_mode, ())
    wanted = (
        *NODE_PARTS,
        *proxy,
        *NETWORK_PARTS.get(carrier(network), ()),
        *(ENCRYPTION_PARTS.get(network.provider, ()) if network.encryption else ()),
    )
    if configuration.hosts.share_a_kernel:
        return tuple(part for part in wanted if part.otherwise is None)
    return wanted
