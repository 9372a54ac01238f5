"""The HTTP proxy that hosts use.

Owns the form of the addresses. Does not own what is always reached directly (nodes, pods, services): the components
add that.
"""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field

from stacks.config.addresses import host, refuse_ipv6
from stacks.config.schema import FilePath, Settings, parsed, quote

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
    """`proxy`: how hosts reach what is outside."""

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
        description="Targets that are reached directly, besides the cluster's own addresses.",
        examples=[[".example.com", "192.0.2.0/24"]],
    )
    ca_file: FilePath | None = Field(
        default=None,
        title="the path of a PEM file",
        description="A certificate authority that hosts have to trust because the proxy opens TLS.",
        examples=["certificates/proxy-ca.pem"],
    )
