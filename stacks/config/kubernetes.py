"""The cluster itself: version, names, address ranges, how services are reached.

Owns what kubeadm is told. Does not own the nodes (`hosts.py`) and the pod network (`network.py`).
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt

from stacks.config.addresses import Host, Network, OperatorEndpoint, prefix_between
from stacks.config.names import Name
from stacks.config.report import Fault
from stacks.config.schema import Settings, parsed, quote

OLDEST: Final = (1, 34, 2)
NEWEST_MINOR: Final = (1, 35)
RANGE: Final = "1.34.2 to 1.35.x"
"""The Kubernetes versions that this release is tested with, as a sentence says it."""

# kubeadm gives each node a /24 of the pod network, and an API server takes at most 20 bits of service addresses.
NODE_PREFIX: Final = 24
_PodSubnet = Annotated[
    Network, AfterValidator(prefix_between(8, NODE_PREFIX, "each node takes a /24 of it"))
]
_ServiceSubnet = Annotated[
    Network, AfterValidator(prefix_between(12, 28, "the API server takes no other"))
]


def tested_version(text: str) -> str:
    """A Kubernetes version within the tested range; ValueError with a sentence otherwise."""
    found = re.fullmatch(r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})", text, re.ASCII)
    if not found:
        raise ValueError(f"{quote(text)} is no version such as 1.35.4; allowed are {RANGE}")
    numbers = tuple(int(part) for part in found.groups())
    if numbers < OLDEST or numbers[:2] > NEWEST_MINOR:
        raise ValueError(f"{text} is outside the tested range; allowed are {RANGE}")
    return ".".join(str(number) for number in numbers)


class Kubernetes(Settings):
    """`kubernetes`: what kubeadm is told."""

    version: Annotated[str, BeforeValidator(parsed(tested_version))] = Field(
        default="1.35.4",
        title=f"a version from {RANGE}",
        description="The Kubernetes version.",
    )
    cluster_name: Name = Field(
        title="a name of small letters, digits and hyphens",
        description="The cluster's name, for life.",
        json_schema_extra={"without": "`appliance-` and the stack's name"},
        examples=["appliance-dev"],
    )
    generation: Annotated[StrictInt, Field(ge=1)] = Field(
        default=1,
        title="a number from 1",
        description="Raised by one when the cluster is rebuilt from nothing, and only then.",
    )
    pod_subnet: _PodSubnet = Field(
        default=IPv4Network("10.32.0.0/12"),
        title="an IPv4 network such as 10.32.0.0/12",
        description="The addresses of pods, for life. From /8 to /24; each node takes a /24 of it.",
    )
    service_subnet: _ServiceSubnet = Field(
        default=IPv4Network("10.96.0.0/12"),
        title="an IPv4 network such as 10.96.0.0/12",
        description="The addresses of services, for life. From /12 to /28.",
    )
    proxy_mode: Literal["iptables", "nftables", "ipvs"] = Field(
        default="iptables",
        title="one of iptables, nftables, ipvs",
        description="How kube-proxy sends packets to services. Kubernetes 1.35 deprecates ipvs.",
    )
    cloud_provider: Literal["aws"] | None = Field(
        default=None,
        title="aws",
        description="Whose controller and volumes are installed: those of the cloud that the machines are in. Only "
        "with provider aws and without a bundle. For life.",
        json_schema_extra={"without": "neither is installed"},
        examples=["aws"],
    )
    endpoint: OperatorEndpoint | None = Field(
        default=None,
        title="host or host:port",
        description="Where kubectl and Pulumi reach the API: a load balancer or a control plane (port 6443 unless "
        "given). Nodes do not use it: each has its own balancer.",
        json_schema_extra={"without": "a control plane; with provider aws the load balancer"},
        examples=["api.example.com:6443"],
    )
    extra_sans: tuple[Host, ...] = Field(
        default=(),
        title="a list of host names and IPv4 addresses",
        description="More names and addresses that the API server's certificate is valid for.",
        examples=[["api.example.com"]],
    )


def warnings(kubernetes: Kubernetes) -> Iterator[Fault]:
    """What works and should be known."""
    if kubernetes.proxy_mode == "ipvs":
        yield Fault(
            path=("kubernetes", "proxyMode"),
            text="ipvs is deprecated in Kubernetes 1.35 and will be removed; use iptables or nftables",
        )
