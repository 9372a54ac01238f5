"""A bare host made ready for kubeadm: packages, binaries, containerd, the node's own load balancer, kubelet's unit.

Owns the parameters of the node script's `prepare`. Does not own the steps themselves: they are in the script.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pulumi
from pulumi_command import remote

from components.certificates import valid_from
from components.cluster.containerd import config
from components.cluster.images import pause
from components.cluster.kubeadm import ClusterSettings
from components.cluster.proxy import Proxy, words
from components.cluster.source import FromBundle, Source, turned
from components.machines.machine import Host, Machine, Profile
from components.machines.parameters import render
from components.outputs import together


@dataclass(frozen=True, kw_only=True)
class Minimum:
    """Below what each host refuses itself: MiB of memory, and of free disk before it is installed."""

    memory: int
    disk: int


@dataclass(frozen=True, kw_only=True)
class PrepareArgs:
    """What a host is prepared for.

    `control_planes` are addresses of the API servers, `authorities` a PEM of what the host is to trust besides what its
    system does. `host_ports` are those of the host that pods take, which therefore must be free. `daemon_registry` is
    HOST:PORT of a registry in the cluster, which containerd trusts by the stack's own authority and does without while
    it is away; empty where there is none.
    """

    cluster: ClusterSettings
    profile: Profile
    source: Source
    control_planes: pulumi.Output[list[str]]
    ca_certificate: pulumi.Output[str]
    minimum: Minimum
    proxy: Proxy = field(default_factory=Proxy)
    authorities: str = ""
    host_ports: tuple[int, ...] = ()
    daemon_registry: str = ""

    @cached_property
    def everywhere(self) -> pulumi.Output["Everywhere"]:
        """The same for every host, so made once and not a thousand times."""
        registries = self.source.registries if isinstance(self.source, FromBundle) else ()
        return together(
            {
                "addresses": self.control_planes,
                "authority": pulumi.Output.unsecret(self.ca_certificate),
                "registries": registries,
            },
            lambda known: everywhere(
                self, known["addresses"], known["authority"], known["registries"]
            ),
        )

    @cached_property
    def runtime(self) -> pulumi.Output[str]:
        """A digest of what containerd reads only when it starts: with another one a node must get its turn."""
        return self.control_planes.apply(lambda addresses: runtime(self, addresses))


@dataclass(frozen=True, kw_only=True)
class Everywhere:
    """What all hosts of a stack are told alike, once the control planes and the registries are known."""

    parameters: Mapping[str, str]
    registries: Sequence[str]


def prepare(machine: Machine, args: PrepareArgs, opts: pulumi.ResourceOptions) -> remote.Command:
    """Runs the node script's `prepare` as `{node}-prepare`. A changed parameter converges the host again."""
    return remote.Command(
        f"{machine.name}-prepare",
        connection=machine.connection.arguments(),
        create=machine.script.command("prepare"),
        stdin=together(
            {"host": machine.host, "everywhere": args.everywhere},
            lambda known: render(of_node(machine.name, known["host"], known["everywhere"])),
        ),
        add_previous_output_in_env=False,
        logging=remote.Logging.STDERR,
        opts=opts,
    )


def everywhere(
    args: PrepareArgs, addresses: Sequence[str], authority: str, registries: Sequence[str]
) -> Everywhere:
    """The parameters but those of the node's own, with the API servers' addresses and the stack's CA (PEM)."""
    lab = str(int(args.profile is Profile.LAB))
    return Everywhere(
        parameters={
            "API_NAME": args.cluster.api_name,
            **args.source.parameters(args.cluster.version),
            "CONTROL_PLANES": " ".join(addresses),
            "KUBERNETES_VERSION": args.cluster.version,
            "CONTAINERD_CONFIG": config(pause(args.cluster.version), args.profile),
            "CA_CERTIFICATE": authority,
            "CA_VALID_FROM": str(valid_from(authority)),
            "MINIMUM_MEMORY_MIB": str(args.minimum.memory),
            "MINIMUM_DISK_MIB": str(args.minimum.disk),
            "SHARED_KERNEL": lab,
            "SWAP_ALLOWED": lab,
            "PROXY_ENVIRONMENT": environment(args, addresses),
            "AUTHORITIES": args.authorities,
            # Only where there are some: what is new here must not touch hosts that have none of it.
            **({"HOST_PORTS": " ".join(map(str, args.host_ports))} if args.host_ports else {}),
            "DAEMON_REGISTRY": args.daemon_registry,
        },
        registries=registries,
    )


def of_node(name: str, host: Host, everywhere: Everywhere) -> Mapping[str, str]:
    """The parameters of one node's `prepare`."""
    registries = " ".join(turned(everywhere.registries, name))
    return {
        "NODE_NAME": name,
        "NODE_ADDRESS": host.address,
        **({"REGISTRIES": registries} if registries else {}),
        **everywhere.parameters,
    }


def runtime(args: PrepareArgs, addresses: Sequence[str]) -> str:
    """Tells settings that containerd reads only when it starts from those before."""
    settings = (
        config(pause(args.cluster.version), args.profile),
        environment(args, addresses),
        args.authorities,
    )
    return hashlib.sha256("\n".join(settings).encode()).hexdigest()[:16]


def environment(args: PrepareArgs, addresses: Sequence[str]) -> str:
    """KEY=VALUE words of the proxy; the cluster itself never lies behind it."""
    return words(args.proxy, (*always_direct(args.cluster), *addresses))


def always_direct(cluster: ClusterSettings) -> tuple[str, ...]:
    """Names and networks of the cluster itself."""
    return (cluster.api_name, cluster.pod_subnet, cluster.service_subnet)
