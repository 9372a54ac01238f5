"""The ingress: how HTTP and HTTPS come into the cluster.

Owns which controller does it, and what it is told. Does not own what is in the certificate's file
(`stacks/ingress_certificate.py` reads it), nor its key: that is one of the stack's secrets.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool

from stacks.config.addresses import Host, host
from stacks.config.report import Fault
from stacks.config.schema import FilePath, Path, Settings, parsed, quote

_GROUP: Final = "ingress"
_PROVIDER: Path = (_GROUP, "provider")


def server_name(text: str) -> str:
    """A DNS name, or `*.` and one for all names one level below it; ValueError with a sentence otherwise."""
    stem = text.removeprefix("*.")
    if "*" in stem:
        raise ValueError(f"{quote(text)} has a * elsewhere than in front, as in *.example.com")
    found = host(stem)
    if re.fullmatch(r"[0-9.]+", found):
        raise ValueError(
            f"{quote(text)} is an address; give names, by which servers are told apart"
        )
    return f"{text[: len(text) - len(stem)]}{found}"


def distinct(given: tuple[str, ...]) -> tuple[str, ...]:
    """The values; ValueError if one stands twice."""
    for value in given:
        if given.count(value) > 1:
            raise ValueError(f"{quote(value)} stands there twice")
    return given


ServerName = Annotated[str, BeforeValidator(parsed(server_name))]


class Certificate(Settings):
    """`ingress.certificate`: what is shown for names that bring no certificate of their own."""

    names: Annotated[tuple[ServerName, ...], AfterValidator(distinct)] = Field(
        default=(),
        title="a list of DNS names, with *. in front for all names below",
        description="The names that the certificate is for. With a file, those that it must have.",
        json_schema_extra={
            "without": "`apps.<cluster>.internal` and all names below it; with a file, those in it"
        },
        examples=[["*.apps.example.com"]],
    )
    file: FilePath | None = Field(
        default=None,
        title="the path of a PEM file",
        description="A certificate of your own, those that lead to its authority after it; its key is the secret "
        "`ingressKey`.",
        json_schema_extra={"without": "the stack's own authority issues it"},
        examples=["certificates/apps.pem"],
    )


class Ingress(Settings):
    """`ingress`: HTTP and HTTPS from outside, on ports 80 and 443 of every node."""

    provider: Literal["contour", "nginx"] | None = Field(
        default=None,
        title="one of contour, nginx",
        description="The controller. Upstream retired ingress-nginx in March 2026.",
        json_schema_extra={"without": "none"},
        examples=["contour"],
    )
    default_class: StrictBool = Field(
        default=True,
        title="true or false",
        description="Whether objects that name no ingress class are served too.",
    )
    addresses: Annotated[tuple[Host, ...], AfterValidator(distinct)] = Field(
        default=(),
        title="a list of host names and IPv4 addresses",
        description="Where clients reach the ingress, as Ingresses show it: a load balancer, or nodes.",
        json_schema_extra={"without": "the control planes' addresses"},
        examples=[["apps.example.com"]],
    )
    proxy_protocol: StrictBool = Field(
        default=False,
        title="true or false",
        description="Whether a load balancer in front says in the PROXY protocol who the client is. If so, all "
        "connections must begin with it.",
    )
    certificate: Certificate = Field(
        default=Certificate(),
        title="a group of keys",
        description="The certificate of names that bring none of their own.",
        json_schema_extra={"without": "see below"},
    )


def faults(ingress: Ingress) -> Iterator[Fault]:
    """What is wrong with the group as a whole."""
    if ingress.provider is None and ingress.model_fields_set:
        text = "missing; give one of contour, nginx, or remove the group"
        yield Fault(path=_PROVIDER, text=text)


def warnings(ingress: Ingress) -> Iterator[Fault]:
    """What works and should be known."""
    if ingress.provider == "nginx":
        yield Fault(
            path=_PROVIDER,
            text="upstream retired ingress-nginx in March 2026: nobody mends its faults any more; use contour",
        )
