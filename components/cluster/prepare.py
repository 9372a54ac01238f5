"""A bare host made ready for kubeadm: packages, binaries, containerd, the node's own load balancer, kubelet's unit.

Owns the parameters of the node script's `prepare`. Does not own the steps themselves: they are in the script.
"""

import hashlib
from dataclasses import dataclass, field

import pulumi
from pulumi_command import remote

from components.certificates import valid_from
from components.cluster.containerd import config
from components.cluster.images import pause
from components.cluster.kubeadm import ClusterSettings
from components.cluster.proxy import Proxy, words
from components.cluster.source import Source
from components.machines.machine import Machine, Profile
from components.machines.node_script import parameters


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
    source: Source
    control_planes: pulumi.Output[list[str]]
    ca_certificate: pulumi.Output[str]
    minimum: Minimum
    proxy: Proxy = field(default_factory=Proxy)
    authorities: str = ""
    host_ports: tuple[int, ...] = ()
    daemon_registry: str = ""


def prepare(machine: Machine, args: PrepareArgs, opts: pulumi.ResourceOptions) -> remote.Command:
    """Runs the node script's `prepare` as `{node}-prepare`. A changed parameter converges the host again."""
    return remote.Command(
        f"{machine.name}-prepare",
        connection=machine.connection.arguments(),
        create=machine.script.command("prepare"),
        stdin=parameters(
            {
                "NODE_NAME": machine.name,
                "NODE_ADDRESS": machine.address,
                "API_NAME": args.cluster.api_name,
                **args.source.parameters(args.cluster.version, machine.name),
                "CONTROL_PLANES": args.control_planes.apply(" ".join),
                "KUBERNETES_VERSION": args.cluster.version,
                "CONTAINERD_CONFIG": config(pause(args.cluster.version), machine.profile),
                "CA_CERTIFICATE": pulumi.Output.unsecret(args.ca_certificate),
                "CA_VALID_FROM": pulumi.Output.unsecret(
                    args.ca_certificate.apply(valid_from)
                ).apply(str),
                "MINIMUM_MEMORY_MIB": str(args.minimum.memory),
                "MINIMUM_DISK_MIB": str(args.minimum.disk),
                "SHARED_KERNEL": str(int(machine.profile is Profile.LAB)),
                "SWAP_ALLOWED": str(int(machine.profile is Profile.LAB)),
                "PROXY_ENVIRONMENT": args.control_planes.apply(
                    lambda addresses: words(args.proxy, (*always_direct(args.cluster), *addresses))
                ),
                "AUTHORITIES": args.authorities,
                # Only where there are some: what is new here must not touch hosts that have none of it.
                **({"HOST_PORTS": " ".join(map(str, args.host_ports))} if args.host_ports else {}),
                "DAEMON_REGISTRY": args.daemon_registry,
            }
        ),
        add_previous_output_in_env=False,
        logging=remote.Logging.STDERR,
        opts=opts,
    )


def runtime(machine: Machine, args: PrepareArgs) -> pulumi.Output[str]:
    """Tells settings that containerd reads only when it starts from those before: then a node must get its turn."""
    return args.control_planes.apply(
        lambda addresses: hashlib.sha256(
            "\n".join(
                (
                    config(pause(args.cluster.version), machine.profile),
                    words(args.proxy, (*always_direct(args.cluster), *addresses)),
                    args.authorities,
                )
            ).encode()
        ).hexdigest()[:16]
    )


def always_direct(cluster: ClusterSettings) -> tuple[str, ...]:
    """Names and networks of the cluster itself."""
    return (cluster.api_name, cluster.pod_subnet, cluster.service_subnet)
