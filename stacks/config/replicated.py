"""The Replicated daemon: whether it is installed, its images, claims, console and registry.

Owns the group `replicated`. Does not own /etc/replicated.conf (`replicated_conf.py`), nor the daemon's secrets: those
stand encrypted beside the groups (`stacks/secrets.py`).
"""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt

from components.manifest.image import ImageReferenceError, parse
from stacks.config import replicated_conf
from stacks.config.addresses import refuse_ipv6
from stacks.config.checks import Size
from stacks.config.kubernetes import Kubernetes
from stacks.config.names import Name
from stacks.config.replicated_conf import Conf, LogLevel
from stacks.config.report import Fault
from stacks.config.schema import Path, Settings, parsed, quote

FORMER_REGISTRY: Final = IPv4Address("10.100.100.101")
"""Where Replicated's own installer put the registry, in the service network that it had by default."""

_DNS_OFFSET: Final = 10  # kubeadm's rule for the DNS service; the API server has the first address.
_REGISTRY_OFFSET: Final = _DNS_OFFSET + 1
_CLAIM, _AIRGAPPED_CLAIM = "10Gi", "100Gi"
_SIZE = "a size such as 10Gi"
_ADDRESS: Path = ("replicated", "registryAddress")


def image(text: str) -> str:
    """An image's full name with a tag; ValueError with a sentence otherwise."""
    try:
        found = parse(text)
    except ImageReferenceError:
        found = None
    if found is None or not found.tag:
        raise ValueError(f"{quote(text)} is no image such as docker.io/replicated/replicated:1.0")
    return str(found)


def address(text: str) -> IPv4Address:
    """An IPv4 address; ValueError with a sentence otherwise."""
    refuse_ipv6(text)
    try:
        return IPv4Address(text)
    except AddressValueError:
        raise ValueError(f"{quote(text)} is no IPv4 address such as {FORMER_REGISTRY}") from None


Image = Annotated[str, BeforeValidator(parsed(image))]


class Claims(Settings):
    """`replicated.claims`: how much storage the daemon asks for."""

    data: Size | None = Field(
        default=None,
        title=_SIZE,
        description="The daemon's own data and its registry's images.",
        json_schema_extra={"without": f"`{_CLAIM}`; `{_AIRGAPPED_CLAIM}` with a bundle"},
        examples=["20Gi"],
    )
    premkit: Size = Field(default="1Gi", title=_SIZE, description="Data of premkit.")
    statsd: Size = Field(default="10Gi", title=_SIZE, description="Data of statsd and graphite.")


class Console(Settings):
    """`replicated.ui`: how the console is reached from outside."""

    service_type: Literal["NodePort", "ClusterIP", "LoadBalancer"] = Field(
        default="NodePort",
        title="one of NodePort, ClusterIP, LoadBalancer",
        description="The kind of the Service `replicated-ui`, which has port 8800.",
    )
    node_port: Annotated[StrictInt, Field(ge=30000, le=32767)] = Field(
        default=30880,
        title="a number from 30000 to 32767",
        description="The port on every node, only with NodePort.",
    )


class Replicated(Settings):
    """`replicated`: the daemon and its console, in the namespace default."""

    install: StrictBool = Field(
        default=False,
        title="true or false",
        description="Whether the daemon is installed.",
    )
    image: Image = Field(
        default="docker.io/replicated/replicated:stable-2.56.0",
        title="an image's name with a tag",
        description="The daemon's image.",
    )
    ui_image: Image = Field(
        default="docker.io/replicated/replicated-ui:stable-2.56.0",
        title="an image's name with a tag",
        description="The console's image.",
    )
    channel: Name = Field(
        default="stable",
        title="a name of small letters, digits and hyphens",
        description="The release channel that the daemon is told.",
    )
    storage_class: Name = Field(
        default="default",
        title="a name of small letters, digits and hyphens",
        description="The class of the daemon's claims, for life.",
    )
    claims: Claims = Field(
        default=Claims(),
        title="a group of keys",
        description="How much storage the daemon asks for.",
        json_schema_extra={"without": "see below"},
    )
    ui: Console = Field(
        default=Console(),
        title="a group of keys",
        description="How the console is reached from outside.",
        json_schema_extra={"without": "see below"},
    )
    registry_address: Annotated[IPv4Address, BeforeValidator(parsed(address))] | None = Field(
        default=None,
        title="an IPv4 address in kubernetes.serviceSubnet",
        description="The fixed address of the Service `replicated-registry`, for life: images are named by it.",
        json_schema_extra={
            "without": f"`{FORMER_REGISTRY}` where the service network holds it, else its "
            f"{_REGISTRY_OFFSET}th address, the one after DNS"
        },
        examples=[str(FORMER_REGISTRY)],
    )
    log_level: LogLevel = Field(
        default="info",
        title="one of debug, info, warn, error",
        description="How much both containers log.",
    )
    conf: Conf = Field(
        default=Conf(),
        title="a group of keys",
        description="What stands in /etc/replicated.conf, by its own keys.",
        json_schema_extra={"without": "see below"},
    )

    def data_claim(self, *, airgapped: bool) -> str:
        """The size of the daemon's claim: images come into it where there is no registry outside."""
        return self.claims.data or (_AIRGAPPED_CLAIM if airgapped else _CLAIM)

    def registry(self, services: IPv4Network) -> IPv4Address:
        """The address of the registry in this service network."""
        if self.registry_address is not None:
            return self.registry_address
        return FORMER_REGISTRY if FORMER_REGISTRY in services else services[_REGISTRY_OFFSET]


def faults(replicated: Replicated, kubernetes: Kubernetes) -> Iterator[Fault]:
    """What is wrong with the group as a whole."""
    if not replicated.install and replicated.model_fields_set - {"install"}:
        yield Fault(
            path=("replicated", "install"),
            text="is not true, so nothing of the group is read; set it to true, or remove the group",
        )
    if replicated.ui.service_type != "NodePort" and "node_port" in replicated.ui.model_fields_set:
        yield Fault(
            path=("replicated", "ui", "nodePort"),
            text="is only read with serviceType NodePort; remove the key, or change the type",
            reads=(("replicated", "ui", "serviceType"),),
        )
    yield from _registry(replicated, kubernetes.service_subnet)
    yield from replicated_conf.faults(replicated.conf)


def _registry(replicated: Replicated, services: IPv4Network) -> Iterator[Fault]:
    """Whether the registry's address can be had."""
    chosen, reads = replicated.registry_address, (("kubernetes", "serviceSubnet"),)
    if chosen is None:
        return
    if chosen not in services or chosen in (services[0], services[-1]):
        text = f"{chosen} is no address of a service; give one from {services[1]} to {services[-2]}"
        yield Fault(path=_ADDRESS, text=f"{text} (kubernetes.serviceSubnet)", reads=reads)
    for taken, whose in ((services[1], "the API server's"), (services[_DNS_OFFSET], "that of DNS")):
        if chosen == taken:
            text = f"{chosen} is {whose} in kubernetes.serviceSubnet; give another one"
            yield Fault(path=_ADDRESS, text=text, reads=reads)
