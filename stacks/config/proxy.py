"""The HTTP proxy that hosts use.

Owns the form of the addresses. Does not own what is always reached directly (control planes, pods, services): the
components add that.
"""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field

from stacks.config.addresses import host, refuse_ipv6
from stacks.config.hosts import Hosts
from stacks.config.report import Fault
from stacks.config.schema import Settings, parsed, quote

_DIRECT = re.compile(r"\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?(/[0-9]{1,2})?(:[0-9]{1,5})?")


def url(text: str) -> str:
    """`http://host:port`. A user or password in it is refused, and no part of it is quoted: it may hold one."""
    form = "give http://host:port"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"is no proxy address; {form}") from None
    if parts.username is not None or "@" in text:
        raise ValueError(
            "holds a user or password, which would stand readable on every host; give http://host:port"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"is no proxy address; {form}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"has something after the port; {form}")
    name = host(parts.hostname)
    return f"{parts.scheme}://{name}" + (f":{port}" if port is not None else "")


def direct(text: str) -> str:
    """One target that is reached without the proxy: a name, a `.suffix`, an address or a network."""
    refuse_ipv6(text)
    if not _DIRECT.fullmatch(text):
        raise ValueError(
            f"{quote(text)} is no host name, .suffix, IPv4 address or network; give one target an item"
        )
    return text


Url = Annotated[str, BeforeValidator(parsed(url))]
Direct = Annotated[str, BeforeValidator(parsed(direct))]


class Proxy(Settings):
    """`proxy`: how hosts reach what is outside.

    An authority that it signs with, if it opens TLS, stands in the group `trust`.
    """

    http: Url | None = Field(
        default=None,
        title="an address such as http://proxy.example.com:3128",
        description="The proxy for http.",
        examples=["http://proxy.example.com:3128"],
    )
    https: Url | None = Field(
        default=None,
        title="an address such as http://proxy.example.com:3128",
        description="The proxy for https.",
        examples=["http://proxy.example.com:3128"],
    )
    no_proxy: tuple[Direct, ...] = Field(
        default=(),
        title="a list of host names, .suffixes, IPv4 addresses and networks",
        description="Targets that are reached directly, besides the names and addresses of the cluster itself.",
        examples=[[".example.com", "192.0.2.0/24"]],
    )

    @property
    def is_set(self) -> bool:
        """Whether there is one."""
        return self.http is not None or self.https is not None


def faults(proxy: Proxy) -> Iterator[Fault]:
    """What is wrong with the group as a whole."""
    if proxy.no_proxy and not proxy.is_set:
        yield Fault(
            path=("proxy", "noProxy"),
            text="names exceptions from a proxy, and neither http nor https is set; set one, or remove the key",
            reads=(("proxy", "http"), ("proxy", "https")),
        )


def warnings(proxy: Proxy, hosts: Hosts) -> Iterator[Fault]:
    """What works and should be known."""
    if not proxy.is_set or hosts.lab is not None:
        return
    # Control planes are added by address; other nodes are not, or one more node would change every host.
    left = [
        node.name
        for node in hosts.workers
        if node.address is not None and not _is_direct(node.address, proxy.no_proxy)
    ]
    if left:
        yield Fault(
            path=("proxy", "noProxy"),
            text=f"does not hold the addresses of {', '.join(left)}, so pods that use the proxy reach these nodes "
            "through it; add the nodes' network",
        )


def _is_direct(address: str, targets: tuple[str, ...]) -> bool:
    """Whether one of the targets is this address or a network around it."""
    try:
        number = IPv4Address(address)
    except AddressValueError:
        return any(address == it or address.endswith(f".{it.lstrip('.')}") for it in targets)
    return any(number in network for it in targets if (network := _network(it)))


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None
