"""What this release knows of EC2 without asking it: regions, their zones, and types of machines for amd64.

Owns the lists. Does not own what follows from them (`aws_rules.py`); `hosts.aws.unlisted` passes them over, and what an
account really offers is asked before `up` (operate/cloud). Both lists are those of the offerings that moto 5.2.5
carries, which it once got from EC2; a test holds them together. An account may see fewer zones: two of us-west-1's.
"""

import re
from typing import Final, Literal

ZONES: Final = {
    "af-south-1": "abc",
    "ap-east-1": "abc",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": "abc",
    "ap-south-1": "abc",
    "ap-south-2": "abc",
    "ap-southeast-1": "abc",
    "ap-southeast-2": "abc",
    "ap-southeast-3": "abc",
    "ap-southeast-4": "abc",
    "ca-central-1": "abd",
    "ca-west-1": "abc",
    "eu-central-1": "abc",
    "eu-central-2": "abc",
    "eu-north-1": "abc",
    "eu-south-1": "abc",
    "eu-south-2": "abc",
    "eu-west-1": "abc",
    "eu-west-2": "abcd",
    "eu-west-3": "abc",
    "il-central-1": "abc",
    "me-central-1": "abc",
    "me-south-1": "abc",
    "sa-east-1": "abc",
    "us-east-1": "abcdef",
    "us-east-2": "abc",
    "us-west-1": "abc",
    "us-west-2": "abcd",
}
"""Region → the letters of its zones."""

FAMILIES: Final = (
    *("t3", "t3a"),
    *("m5", "m5a", "m5d", "m6a", "m6i", "m6id", "m7a", "m7i", "m7i-flex"),
    *("c5", "c5a", "c5d", "c6a", "c6i", "c6id", "c7a", "c7i"),
    *("r5", "r5a", "r5d", "r6a", "r6i", "r6id", "r7a", "r7i"),
    *("i3en", "i4i"),
)
"""Families of machines for amd64 on Nitro: only there is a volume a disk of NVMe, which its path rests on."""

MISSING: Final = {
    "af-south-1": "t3a m5a m6a m6id m7a m7i-flex c6a c6id c7a r5a r6a r7a r7i",
    "ap-east-1": "t3a m5a m6a m6id m7a c6id c7a r5a r6a r6id r7a r7i",
    "ap-northeast-2": "m6a m7a c6a c7a r6a r7a",
    "ap-northeast-3": "t3a m5a m6a m6id m7a c5a c6a c6id c7a r5a r6a r6id r7a",
    "ap-south-1": "m7a c6id c7a r7a",
    "ap-south-2": "t3a m5a m6id m7a c5a c6id c7a r5a r6id",
    "ap-southeast-1": "m7a r7a",
    "ap-southeast-2": "c7a r7a",
    "ap-southeast-3": "t3a m5a m6a m6id m7a c5a c6a c6i c6id c7a r5a r6a r6i r6id r7a",
    "ap-southeast-4": "t3a m5a m6a m6i m6id m7a c5a c6a c6i c6id c7a r5a r6a r6i r6id r7a",
    "ca-central-1": "m7a c7a r6id r7a",
    "ca-west-1": "t3a m5a m6a m7a m7i m7i-flex c5a c5d c6a c7a r5a r5d r6a r7a r7i",
    "eu-central-2": "t3a m5a m6a m7a m7i-flex c5a c6a c6i c6id c7a r5a r6a r6id r7a r7i",
    "eu-north-1": "t3a m5a m6a m6id c6a c6id r5a r6a r6id",
    "eu-south-1": "m7a m7i-flex c6a c7a r6a r6id r7a",
    "eu-south-2": "t3a m5a m6a m6i c5a c6a c6i c6id r5a r6a r6i",
    "eu-west-2": "r7a",
    "eu-west-3": "m6id m7a c6a c7a r6a r6id r7a",
    "il-central-1": "m5a m6a m7a m7i-flex c5a c6a c7a r5a r6a r7a r7i",
    "me-central-1": "t3 t3a m5a m6a m6id m7a m7i-flex c5a c6a c6i c6id c7a r5a r6a r6id r7a r7i",
    "me-south-1": "t3a m5a m6a m6id m7a m7i m7i-flex c6a c6id c7a c7i r5a r6a r6id r7a r7i",
    "sa-east-1": "m7a c7a r6a r6id r7a",
    "us-west-1": "m7a c6id r6id r7a",
}
"""Region → those of the families that it has not, as words."""

_TYPE: Final = re.compile(r"([a-z]+)([0-9]+)([a-z]*)(-[a-z]+)?")


def family(name: str) -> str:
    """m7i-flex of m7i-flex.large."""
    return name.partition(".")[0]


def architecture(name: str) -> Literal["amd64", "arm64"]:
    """What a type of machine runs: Graviton carries a g after its generation (m7g, c7gn), but for the first, a1."""
    found = _TYPE.match(family(name))
    return "arm64" if family(name) == "a1" or (found and "g" in found[3]) else "amd64"
