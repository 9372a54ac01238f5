"""The limits of what a host must have: below one is a warning, below the other the host is refused.

Owns `hosts.checks` and the two quantities in it. Does not own looking at hosts (`operate/hosts`, and the node script's
own guard), nor what has no limit to choose: those are rules there.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, JsonValue, StrictInt

from stacks.config.report import Fault
from stacks.config.schema import Settings, parsed, quote

_MEBIBYTES: Final = {"Mi": 1, "Gi": 2**10, "Ti": 2**20}
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


def mebibytes(text: str) -> int:
    """A size such as 8Gi in MiB; ValueError with a sentence otherwise."""
    return _quantity(text, _MEBIBYTES, "is no size; give a whole number with Mi, Gi or Ti")


def seconds(text: str) -> int:
    """A time such as 30s or 5m in seconds; ValueError with a sentence otherwise."""
    return _quantity(text, _SECONDS, "is no time; give a whole number with s, m or h")


def _quantity(text: str, units: dict[str, int], otherwise: str) -> int:
    found = re.fullmatch(r"([0-9]{1,9})([A-Za-z]+)", text, re.ASCII)
    if found is None or found[2] not in units:
        raise ValueError(f"{quote(text)} {otherwise}")
    return int(found[1]) * units[found[2]]


def _size(text: str) -> str:
    mebibytes(text)
    return text


def _time(text: str) -> str:
    seconds(text)
    return text


Size = Annotated[str, BeforeValidator(parsed(_size))]
Time = Annotated[str, BeforeValidator(parsed(_time))]
Count = Annotated[StrictInt, Field(ge=1)]

_SIZE = "a size such as 8Gi"
_TIME = "a time such as 30s"
_COUNT = "a number from 1"
_BELOW: Final[dict[str, JsonValue]] = {"without": "see below"}


class Disk(Settings):
    """`hosts.checks.disk`: what is free below /var/lib of a host that is not installed yet."""

    warn: Size = Field(default="20Gi", title=_SIZE, description="Less is a warning.")
    fail: Size = Field(
        default="8Gi", title=_SIZE, description="Less is refused, also by each host's own guard."
    )


class Memory(Settings):
    """`hosts.checks.memory`: the host's memory as a whole."""

    warn: Size = Field(default="1900Mi", title=_SIZE, description="Less is a warning.")
    fail: Size = Field(
        default="1700Mi",
        title=_SIZE,
        description="Less is refused, also by each host's own guard; kubeadm refuses control planes below 1700Mi.",
    )


class Cpus(Settings):
    """`hosts.checks.cpus`: the host's CPUs."""

    warn: Count = Field(default=2, title=_COUNT, description="Fewer are a warning.")
    fail: Count = Field(
        default=2,
        title=_COUNT,
        description="Fewer are refused on control planes, and a warning elsewhere; kubeadm demands 2.",
    )


class ClockSkew(Settings):
    """`hosts.checks.clockSkew`: how far clocks may be apart, from this machine's and from each other."""

    warn: Time = Field(
        default="2s", title=_TIME, description="More is a warning; etcd itself warns above 1s."
    )
    fail: Time = Field(
        default="1m",
        title=_TIME,
        description="More is refused: an API server takes no token that another made over a minute in the future.",
    )


class Checks(Settings):
    """`hosts.checks`: all of them."""

    disk: Disk = Field(
        default=Disk(),
        title="a group of keys",
        description="Free disk below /var/lib of a host that is not installed yet.",
        json_schema_extra=_BELOW,
    )
    memory: Memory = Field(
        default=Memory(),
        title="a group of keys",
        description="Memory of a host.",
        json_schema_extra=_BELOW,
    )
    cpus: Cpus = Field(
        default=Cpus(),
        title="a group of keys",
        description="CPUs of a host.",
        json_schema_extra=_BELOW,
    )
    clock_skew: ClockSkew = Field(
        default=ClockSkew(),
        title="a group of keys",
        description="How far clocks may be apart: from that of the machine that runs `make`, and from each other.",
        json_schema_extra=_BELOW,
    )


def faults(checks: Checks) -> Iterator[Fault]:
    """Limits that refuse a host before they warn of it."""
    for key, warn, fail in (
        ("disk", mebibytes(checks.disk.warn), mebibytes(checks.disk.fail)),
        ("memory", mebibytes(checks.memory.warn), mebibytes(checks.memory.fail)),
        ("cpus", checks.cpus.warn, checks.cpus.fail),
        # The other way round: of a skew, more is worse.
        ("clockSkew", -seconds(checks.clock_skew.warn), -seconds(checks.clock_skew.fail)),
    ):
        if warn < fail:
            path = ("hosts", "checks", key)
            yield Fault(
                path=(*path, "warn"),
                text="would only warn of what fail refuses already; a warning comes first, so bring it nearer to what "
                "is wanted than fail",
                reads=((*path, "fail"),),
            )
