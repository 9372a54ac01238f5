"""How a VPC's addresses are divided among its zones.

Owns the arithmetic. Does not own the subnets themselves (vpc.py). A zone's part follows from its letter alone, so that
another zone never moves one that is there.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

BITS: Final = 4
"""Sixteen parts: eight for the zones' subnets with a way to the internet, eight for their private ones."""
_PRIVATE: Final = 8
ANYWHERE: Final = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The two networks of one zone."""

    public: str
    private: str


def parts(cidr: str, zone: str) -> Parts:
    """The networks of a zone such as eu-central-1a in a VPC of `cidr`. Raises ValueError for a letter past h."""
    position = ord(zone[-1]) - ord("a")
    if not 0 <= position < _PRIVATE:
        raise ValueError(f"{zone} does not end with a letter from a to h")
    divided = list(IPv4Network(cidr).subnets(prefixlen_diff=BITS))
    return Parts(public=str(divided[position]), private=str(divided[_PRIVATE + position]))
