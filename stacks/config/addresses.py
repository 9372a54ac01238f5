"""Addresses in the configuration: networks, hosts and endpoints.

Owns their form and the one statement about IPv6. Does not own which of them must not meet: that is `network.py`.
"""

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Network
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StrictInt

from stacks.config.schema import parsed, quote

API_PORT: Final = 6443
_DNS = re.compile(
    r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.IGNORECASE
)
_LONGEST_NAME = 253
_PORTS = range(1, 65536)
_SPECIAL = tuple(
    IPv4Network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
)


def host(text: str) -> str:
    """An IPv4 address or a DNS name, in small letters; ValueError with a sentence otherwise."""
    refuse_ipv6(text)
    if re.fullmatch(r"[0-9.]+", text):
        try:
            return str(IPv4Address(text))
        except AddressValueError:
            raise ValueError(f"{quote(text)} is no IPv4 address such as 192.0.2.11") from None
    if len(text) > _LONGEST_NAME or not _DNS.fullmatch(text):
        raise ValueError(f"{quote(text)} is neither an IPv4 address nor a DNS name")
    return text.lower()


def refuse_ipv6(text: str) -> None:
    """ValueError if the text looks like an IPv6 address or network."""
    try:
        IPv6Network(text.strip("[]"), strict=False)
    except ValueError:
        return
    raise ValueError(f"{quote(text)} is IPv6, which the appliance does not speak; give IPv4")


def network(text: str) -> IPv4Network:
    """An IPv4 network such as 10.32.0.0/12; ValueError with a sentence otherwise."""
    refuse_ipv6(text)
    example = "give one IPv4 network such as 10.32.0.0/12"
    try:
        found = IPv4Network(text, strict=False)
    except ValueError:
        raise ValueError(f"{quote(text)} is no network; {example}") from None
    if not re.fullmatch(r"[0-9.]+/[0-9]+", text):
        raise ValueError(f"{quote(text)} has no prefix length; {example}")
    if str(found.network_address) != text.partition("/")[0]:
        raise ValueError(f"{quote(text)} has host bits set; the network is {found}")
    if any(found.overlaps(special) for special in _SPECIAL):
        raise ValueError(f"{quote(text)} is a range with a special meaning; give a private network")
    return found


def endpoint(text: str) -> str:
    """`host:port` from `host` or `host:port`; ValueError with a sentence otherwise."""
    refuse_ipv6(text)
    name, colon, port = text.partition(":")
    if not colon:
        return f"{host(name)}:{API_PORT}"
    if not (port.isascii() and port.isdigit() and int(port[:6]) in _PORTS):
        raise ValueError(
            f"{quote(text)} has no port from 1 to 65535 after the colon; give host or host:port"
        )
    return f"{host(name)}:{int(port)}"


def prefix_between(shortest: int, longest: int, why: str) -> Callable[[IPv4Network], IPv4Network]:
    """A check of a network's size; `why` says whose limit it is."""

    def check(value: IPv4Network) -> IPv4Network:
        if not shortest <= value.prefixlen <= longest:
            raise ValueError(f"{value} is not from /{shortest} to /{longest} in size; {why}")
        return value

    return check


Host = Annotated[str, BeforeValidator(parsed(host))]
Network = Annotated[IPv4Network, BeforeValidator(parsed(network))]
OperatorEndpoint = Annotated[str, BeforeValidator(parsed(endpoint))]
Port = Annotated[StrictInt, Field(ge=1, le=65535)]
