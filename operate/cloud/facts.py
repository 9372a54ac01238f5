"""What an account of AWS says, as far as a stack's rules look at it.

Owns the types. Does not own asking (look.py), nor what is wrong (rules.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Image:
    """An AMI: `architecture` as EC2 says it, x86_64 or arm64; `root_gib` is the size that it needs at least."""

    architecture: str
    state: str
    root_gib: int


@dataclass(frozen=True, kw_only=True)
class Account:
    """The answers.

    `zones` are those open to the account in the region; `types` the wanted types that the region has, with their
    architectures and the zones that offer them. None stands for a thing that is not there. `vpc` and `peers` are the
    networks of the VPC that the stack names and of those it is peered with. `subnets` maps the named subnets to their
    zone. `strangers` are things with this cluster's tag and another stack's authority.
    """

    zones: frozenset[str]
    types: Mapping[str, frozenset[str]]
    offered: Mapping[str, frozenset[str]]
    image: Image | None
    key_pair: bool
    profile: bool
    vpc: tuple[str, ...] | None
    peers: tuple[str, ...]
    subnets: Mapping[str, str]
    strangers: tuple[str, ...]
