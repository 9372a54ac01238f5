"""What a stack asks of an account, in the form that the rules go through.

Owns picking it out of the configuration. Does not own the configuration.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from stacks.config import Configuration
from stacks.config.aws import Aws


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """`types` are a place in the file, the type that stands there, and the zone that it is wanted in.

    `ranges` are places in the file and the networks of their own that pods and services have.
    """

    cluster: str
    aws: Aws
    types: tuple[tuple[str, str, str], ...]
    ranges: Mapping[str, IPv4Network]


def wishes(configuration: Configuration, aws: Aws) -> Wishes:
    """The wishes of a stack."""
    kubernetes = configuration.kubernetes
    return Wishes(
        cluster=kubernetes.cluster_name,
        aws=aws,
        types=_types(configuration, aws),
        ranges={
            "kubernetes.podSubnet": kubernetes.pod_subnet,
            "kubernetes.serviceSubnet": kubernetes.service_subnet,
        },
    )


def _types(configuration: Configuration, aws: Aws) -> tuple[tuple[str, str, str], ...]:
    """Each type and zone once: fifty workers alike are one wish."""
    found: dict[tuple[str, str], str] = {}
    for index, node in enumerate(configuration.hosts.nodes):
        zone = node.aws.zone or aws.zones[0]
        if node.aws.instance_type is not None:
            path = f"hosts.nodes[{index}].aws.instanceType"
            found.setdefault((node.aws.instance_type, zone), path)
        else:
            found.setdefault((aws.instance_type, zone), "hosts.aws.instanceType")
    if aws.bastion is not None:
        bastion = (aws.bastion.instance_type, aws.zones[0])
        found.setdefault(bastion, "hosts.aws.bastion.instanceType")
    return tuple((path, name, zone) for (name, zone), path in found.items())
