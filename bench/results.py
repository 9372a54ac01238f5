"""The committed results: one file a row, every run in it with the machine it was made on.

Owns reading and writing them. Does not own what a run holds: each row does.
"""

import json
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from bench.machine import Machine

DIRECTORY: Final = Path(__file__).parent / "results"


class Measured(BaseModel):
    """One run of a row; each row adds its numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    machine: Machine


class Cost(BaseModel):
    """What a command cost: wall time, processor time of all its processes, and their memory at its largest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float
    cpu: float
    megabytes: float


M = TypeVar("M", bound=Measured)


@dataclass(frozen=True, kw_only=True)
class Row(Generic[M]):
    """One row: its name, what a run of it holds, how it is measured and how it is told.

    `measure` makes as many runs as it is asked for, one after the other, on what it needs to set up only once.
    """

    name: str
    kind: type[M]
    measure: Callable[[int], Iterator[M]]
    section: Callable[[Sequence[M]], str]

    @property
    def file(self) -> Path:
        """Where its runs are kept."""
        return DIRECTORY / f"{self.name}.json"

    def runs(self) -> tuple[M, ...]:
        """Its committed runs."""
        if not self.file.exists():
            return ()
        return tuple(map(self.kind.model_validate, json.loads(self.file.read_text())["runs"]))

    def keep(self, runs: Iterable[M]) -> None:
        """Write its runs."""
        DIRECTORY.mkdir(exist_ok=True)
        document = {"row": self.name, "runs": [run.model_dump(mode="json") for run in runs]}
        self.file.write_text(json.dumps(rounded(document), indent=1) + "\n")

    def told(self) -> str:
        """Its section of the page."""
        runs = self.runs()
        return self.section(runs) if runs else ""


def rounded(value: object) -> object:
    """The same with numbers to the millisecond, which is more than any of them means."""
    match value:
        case float():
            return round(value, 3)
        case dict():
            return {key: rounded(each) for key, each in value.items()}
        case list():
            return [rounded(each) for each in value]
    return value


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return statistics.median(values)
