"""The form of single values about EC2: regions, zones, types, identifiers, sizes of volumes, tags.

Owns what such a value looks like. Does not own which keys there are (`aws.py`), nor whether the thing exists.
"""

import re
from typing import Final

from pydantic import BeforeValidator

from stacks.config.checks import mebibytes
from stacks.config.schema import parsed, quote

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_ZONE = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9][a-h]")
_INSTANCE_TYPE = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+")
_TAG_KEY = re.compile(r"(?!aws:)[\w .:/=+@-]{1,128}")
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}")
_NAMED = re.compile(r"[\w+=,.@-]{1,128}")
_LARGEST_VOLUME: Final = 16384

OWN_TAGS: Final = ("Name", "appliance-cluster", "appliance-authority", "appliance-node")
"""The tags that the appliance sets itself."""


def region(text: str) -> str:
    """The name of a region; ValueError with a sentence otherwise."""
    if not _REGION.fullmatch(text):
        raise ValueError(f"{quote(text)} is no region; give one such as eu-central-1")
    return text


def zone(text: str) -> str:
    """The name of an availability zone, a to h; ValueError with a sentence otherwise."""
    if not _ZONE.fullmatch(text):
        raise ValueError(f"{quote(text)} is no availability zone; give one such as eu-central-1a")
    return text


def instance_type(text: str) -> str:
    """The name of an instance type; ValueError with a sentence otherwise."""
    if not _INSTANCE_TYPE.fullmatch(text):
        raise ValueError(f"{quote(text)} is no instance type; give one such as m6i.large")
    return text


def identifier(prefix: str) -> BeforeValidator:
    """The identifier of a thing of EC2: `prefix` and hexadecimal digits."""

    def check(text: str) -> str:
        if not re.fullmatch(f"{prefix}-(?:[0-9a-f]{{8}}|[0-9a-f]{{17}})", text):
            raise ValueError(
                f"{quote(text)} is no identifier of that kind; give {prefix}- and 17 hexadecimal digits"
            )
        return text

    return BeforeValidator(parsed(check))


def named(text: str) -> str:
    """The name of a key pair or an instance profile; ValueError with a sentence otherwise."""
    if not _NAMED.fullmatch(text):
        raise ValueError(f"{quote(text)} is no name that AWS takes")
    return text


def whole_gibibytes(text: str) -> str:
    """A size that EBS takes; ValueError with a sentence otherwise."""
    size = mebibytes(text)
    if size % 1024 or not 1 <= size // 1024 <= _LARGEST_VOLUME:
        raise ValueError(f"{text} is no size of a volume; give whole Gi, at most 16384Gi")
    return text


def gibibytes(text: str) -> int:
    """A size that `whole_gibibytes` has seen, in GiB."""
    return mebibytes(text) // 1024


def distinct_zones(given: tuple[str, ...]) -> tuple[str, ...]:
    """The zones; ValueError if there is none or one stands twice."""
    if not given:
        raise ValueError("is empty; give at least one zone")
    for each in given:
        if given.count(each) > 1:
            raise ValueError(f"{each} stands there twice")
    return given


def own_tags(given: dict[str, str]) -> dict[str, str]:
    """Tags that AWS takes and the appliance does not set itself; ValueError with a sentence otherwise."""
    for key, value in given.items():
        if key in OWN_TAGS:
            raise ValueError(f"{key} is set by the appliance itself; use another key")
        if not _TAG_KEY.fullmatch(key) or not _TAG_VALUE.fullmatch(value):
            raise ValueError(f"{quote(key)} is no tag that AWS takes")
    return given
