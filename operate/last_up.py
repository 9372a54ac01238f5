"""When each resource was worked on last: what the last `make up` that changed anything took its time for.

Owns the record, a file in the stack's private directory, and its form. Does not own the engine's log that it is made of
(event_log.py), nor the picture (operate/graph). It holds names and times, and nothing of what resources are made of.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from operate import event_log, layers, settings
from operate.event_log import Operation, Work
from operate.phases import Phases

FILE: Final = "last-up.json"
FORMAT: Final = 1
"""Raised when the file changes its meaning: one of another format is as good as none."""


@dataclass(frozen=True, kw_only=True)
class LastUp:
    """The last operation that changed anything, and the last time known of each resource that it left alone.

    `began` and `ended` are of the operation, in seconds since the epoch; `works` stand in the order of their ends.
    """

    began: int
    ended: int
    works: tuple[Work, ...]
    older: Mapping[str, Work]

    @property
    def seconds(self) -> int:
        """How long the operation took."""
        return self.ended - self.began

    def of(self, urn: str) -> tuple[Work, ...]:
        """What it did to a resource."""
        return tuple(work for work in self.works if work.urn == urn)


def load(directory: Path) -> LastUp | None:
    """The record of a stack; None if there is none that can be read."""
    try:
        found = json.loads((directory / FILE).read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            return None
        older = [Work(**each) for each in found["older"]]
        return LastUp(
            began=found["began"],
            ended=found["ended"],
            works=tuple(Work(**each) for each in found["works"]),
            older={each.urn: each for each in older},
        )
    except (OSError, ValueError, KeyError, TypeError):
        # It is made anew by the next `up`; a picture without times is better than none.
        return None


def keep(directory: Path, operation: Operation) -> None:
    """Write the record anew, unless the operation changed nothing: then the one before is still the last."""
    works = [each for each in operation.works if not layers.component(each.urn)]
    if not works:
        return
    new = {each.urn for each in works}
    document = {
        "format": FORMAT,
        "began": operation.began,
        "ended": operation.ended,
        "works": [asdict(each) for each in works],
        "older": [asdict(each) for each in _older(load(directory)) if each.urn not in new],
    }
    settings.write(directory / FILE, json.dumps(document))


def forget(directory: Path) -> None:
    """Remove the record: there is nothing left that it tells of."""
    (directory / FILE).unlink(missing_ok=True)


def _older(before: LastUp | None) -> Iterator[Work]:
    """The last time of each resource that an earlier operation left behind."""
    if before is None:
        return
    last = dict(before.older) | {each.urn: each for each in before.works}
    for urn in sorted(last):
        made = [each for each in before.of(urn) if not each.operation.startswith("delete")]
        if made:
            # The time that a replaced one took to go says nothing of what is there now.
            yield made[-1]
        elif not last[urn].operation.startswith("delete"):
            yield last[urn]


@contextmanager
def timed(phases: Phases, name: str, directory: Path) -> Iterator[tuple[str, str]]:
    """A phase that is an `up`, which must be given these options and the variables of event_log.ALLOWED.

    When it ended, well or not, the phase is divided into its layers, and the times of its resources are kept.
    `directory` is private to the operator; the log stands there and is removed after it was read.
    """
    log = directory / "events.log"
    log.unlink(missing_ok=True)
    try:
        with phases.phase(name):
            yield event_log.OPTION, str(log)
    finally:
        if log.exists():
            with log.open(encoding="utf-8") as lines:
                operation = event_log.read(lines)
            log.unlink()
            phases.divide(name, layers.took(operation.works))
            try:
                keep(directory, operation)
            except OSError as fault:
                print(f"the times of this up are not kept: {fault}", file=sys.stderr)
