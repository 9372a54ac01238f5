"""A bare host made ready for kubeadm: packages, binaries, containerd, the node's own load balancer, kubelet's unit.

Owns the parameters of the node script's `prepare`. Does not own the steps themselves: they are in the script.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_command import remote

from bundle.lock import Lock
from components.certificates import valid_from
from components.cluster.containerd import config
from components.cluster.images import (
    BINARIES,
    CNI_BINARIES,
    CNI_PLUGINS,
    DEBIAN_PACKAGES,
    kubernetes_binaries,
    pause,
)
from components.cluster.kubeadm import ClusterSettings
from components.cluster.proxy import Proxy, unit_environment
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

    `registries` are HOST:PORT of the registries, `control_planes` addresses of the API servers, `upstreams` the host
    names whose images the registries hold.
    """

    cluster: ClusterSettings
    lock: Lock
    registries: pulumi.Output[list[str]]
    control_planes: pulumi.Output[list[str]]
    upstreams: tuple[str, ...]
    ca_certificate: pulumi.Output[str]
    minimum: Minimum
    proxy: Proxy = field(default_factory=Proxy)


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
                "REGISTRIES": args.registries.apply(
                    lambda registries: " ".join(turned(registries, machine.name))
                ),
                "CONTROL_PLANES": args.control_planes.apply(" ".join),
                "UPSTREAMS": " ".join(args.upstreams),
                "KUBERNETES_VERSION": args.cluster.version,
                "PACKAGES": package_lines(args.lock),
                "FILES": file_lines(args.lock, args.cluster.version),
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
                    lambda addresses: unit_environment(
                        args.proxy, (*always_direct(args.cluster), *addresses)
                    )
                ),
                "PROXY_CA": args.proxy.ca,
            }
        ),
        add_previous_output_in_env=False,
        logging=remote.Logging.STDERR,
        opts=opts,
    )


def turned(registries: Sequence[str], node: str) -> list[str]:
    """The registries in an order of the node's own, so that not all nodes ask the first one first."""
    start = zlib.crc32(node.encode()) % len(registries) if registries else 0
    return [*registries[start:], *registries[:start]]


def always_direct(cluster: ClusterSettings) -> tuple[str, ...]:
    """Names and networks of the cluster itself."""
    return (cluster.api_name, cluster.pod_subnet, cluster.service_subnet)


def repository(item: str) -> str:
    """The registry's repository of a bundle item: its name without the tag."""
    return item.rpartition(":")[0]


def package_lines(lock: Lock) -> str:
    """REPOSITORY and SHA256 of the artifact with the Debian packages; its manifest lists them."""
    return f"{repository(DEBIAN_PACKAGES)} {manifest(lock, DEBIAN_PACKAGES)}"


def file_lines(lock: Lock, version: str) -> str:
    """One line "REPOSITORY SHA256 DIRECTORY" for each artifact of programs."""
    places = ((kubernetes_binaries(version), BINARIES), (CNI_PLUGINS, CNI_BINARIES))
    return "\n".join(
        f"{repository(item)} {manifest(lock, item)} {directory}" for item, directory in places
    )


def manifest(lock: Lock, item: str) -> str:
    """The SHA-256 of an artifact's manifest, without the algorithm's name."""
    return lock.artifact(item).digest.removeprefix("sha256:")
