"""The line of time that all bars of the page stand on.

Owns from when to when it goes, its marks, and where on it a moment lies. Does not own the bars.
"""

from dataclasses import dataclass
from typing import Final

from operate.phases import MINUTE, duration

STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
"""Seconds from one mark to the next that a person can count by."""
MARKS: Final = 8
"""As many fit beside each other with their words."""
THIN: Final = 0.3
"""Percent: what took less than the log's second is still seen."""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """From a second since the epoch to another."""

    began: int
    ended: int

    @property
    def seconds(self) -> int:
        """Its length, never nothing."""
        return max(1, self.ended - self.began)

    @property
    def step(self) -> int:
        """Seconds from one mark to the next."""
        return next((each for each in STEPS if self.seconds <= MARKS * each), STEPS[-1])

    @property
    def marks(self) -> tuple[int, ...]:
        """The seconds after the beginning that have a mark."""
        return tuple(range(0, self.seconds + 1, self.step))

    def at(self, moment: int) -> float:
        """Where a moment lies, in percent of the whole."""
        return round(100 * (moment - self.began) / self.seconds, 2)

    def span(self, began: int, ended: int) -> tuple[float, float]:
        """Where a bar begins and how long it is, in percent; it never goes beyond the end."""
        width = max(THIN, self.at(ended) - self.at(began))
        return min(self.at(began), 100 - width), round(width, 2)


def clock(seconds: int) -> str:
    """Seconds after the beginning as they stand at a mark: `0:30`."""
    return f"{seconds // MINUTE}:{seconds % MINUTE:02d}"


def took(seconds: int) -> str:
    """How long something took, as far as whole seconds tell."""
    return duration(seconds, places=0) if seconds else "under 1 s"
