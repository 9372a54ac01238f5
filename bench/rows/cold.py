"""Building and testing on a machine with empty caches: recorded by hand, since it takes most of an hour.

The numbers come from the output of `.ci/run`, which says at its end where the time went.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict

from bench.failure import BenchError
from bench.results import Measured, Row
from bench.table import day, described, table, verdict
from operate.phases import duration

RUN_BAR, UP_BAR = 75 * 60, 60 * 60


class Phase(BaseModel):
    """A phase with its parts; parts that ran side by side are longer together than it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    seconds: float
    in_up: bool
    """Whether a first `make up` does this too."""
    parts: dict[str, float] = {}


class Run(Measured):
    """One run of `.ci/run`."""

    seconds: float
    circumstances: str
    warm_up: float
    phases: tuple[Phase, ...]

    @property
    def cold_up(self) -> float:
        """A first `make up`: what it shares with `.ci/run`, and what a warm one takes."""
        return self.warm_up + sum(phase.seconds for phase in self.phases if phase.in_up)


def measure(times: int) -> Iterator[Run]:
    """Not by a command."""
    raise BenchError(
        f"cold is not measured {times} times by a command; run .ci/run on a fresh machine and record it"
    )


def section(runs: Sequence[Run]) -> str:
    """The row's text."""
    run = runs[0]
    return "\n\n".join(
        (
            "## A fresh machine",
            f"`.ci/run` with empty caches on {day(run.machine)}, {described(run.machine)}; {run.circumstances}.",
            table(
                ("phase", "time", "of which"),
                ((phase.name, duration(phase.seconds), parts(phase)) for phase in run.phases),
            ),
            table(
                ("", "measured", "bar", ""),
                (
                    (
                        "`.ci/run`",
                        duration(run.seconds),
                        duration(RUN_BAR),
                        verdict(met=run.seconds <= RUN_BAR),
                    ),
                    (
                        "first `make up`: the sum without checks and tests, and a warm one",
                        duration(run.cold_up),
                        duration(UP_BAR),
                        verdict(met=run.cold_up <= UP_BAR),
                    ),
                ),
            ),
        )
    )


def parts(phase: Phase) -> str:
    """A phase's parts in one cell."""
    return ", ".join(f"{name} {duration(taken)}" for name, taken in phase.parts.items())


ROW: Final = Row(name="cold", kind=Run, measure=measure, section=section)
