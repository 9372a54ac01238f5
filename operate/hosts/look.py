"""One look at one host: what was seen, or why nothing was.

Owns the two outcomes, and how far the host's clock is from ours. Does not own looking (survey.py).
"""

from dataclasses import dataclass

from operate.hosts.facts import Facts
from operate.hosts.requirements import Requirements


@dataclass(frozen=True, kw_only=True)
class Skew:
    """How far a clock is ahead of this machine's, in seconds: somewhere between two bounds, since a look takes time."""

    low: float
    high: float

    @classmethod
    def between(cls, clock: float, *, asked: float, answered: float) -> "Skew":
        """A clock that was read after it was asked for and before the answer was here."""
        return cls(low=clock - answered, high=clock - asked)

    @property
    def least(self) -> float:
        """The difference that there is at least: positive ahead, negative behind, 0 if there need be none."""
        return max(self.low, 0.0) + min(self.high, 0.0)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A host that answered."""

    wanted: Requirements
    facts: Facts
    skew: Skew


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """A host that did not: what was found instead, and what to do."""

    wanted: Requirements
    found: str
    cure: str


Look = Seen | Unseen
