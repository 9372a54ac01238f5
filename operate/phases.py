"""Where a command's time goes: named phases, announced as they start and summed up at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

MINUTE: Final = 60


@dataclass
class Phases:
    """The phases of one command so far, in order, with their seconds; a quiet one announces nothing."""

    quiet: bool = False
    finished: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Announce a phase and take its time, also when it fails."""
        if not self.quiet:
            print(f"== {name}", flush=True)
        started = time.monotonic()
        try:
            yield
        finally:
            self.finished.append((name, time.monotonic() - started))

    def summary(self) -> str:
        """One line a phase and the sum, for the end of the command's output."""
        total = sum(seconds for _, seconds in self.finished)
        rows = [*self.finished, ("all", total)]
        return "\n".join(f"  {duration(seconds):>9}  {name}" for name, seconds in rows)


def duration(seconds: float) -> str:
    """Seconds as a person reads them: `4.2 s`, `3 min 07 s`."""
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes} min {rest:02d} s"
