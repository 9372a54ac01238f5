"""Where a command's time goes: named phases, announced as they start and summed up at the end."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

MINUTE: Final = 60


@dataclass
class Phases:
    """The phases of one command so far, in order, with their seconds; a quiet one announces nothing."""

    quiet: bool = False
    finished: list[tuple[str, float]] = field(default_factory=list)
    parts: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    """What some phases are made of, with whole seconds each; parts may overlap."""

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

    def divide(self, name: str, parts: Sequence[tuple[str, float]]) -> None:
        """Say what a phase is made of."""
        self.parts[name] = list(parts)

    def summary(self) -> str:
        """One line a phase, one for each of its parts below it, and the sum, for the end of the command's output."""
        rows: list[str] = []
        for name, seconds in self.finished:
            rows.append(f"  {duration(seconds):>10}  {name}")
            rows += [
                f"  {duration(part, places=0):>10}    {called}"
                for called, part in self.parts.get(name, ())
            ]
        total = sum(seconds for _, seconds in self.finished)
        return "\n".join([*rows, f"  {duration(total):>10}  all"])


def duration(seconds: float, places: int = 1) -> str:
    """Seconds as a person reads them: `4.2 s`, `3 min 07 s`."""
    if seconds < MINUTE:
        return f"{seconds:.{places}f} s"
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes} min {rest:02d} s"
