"""The engine's own event log of an operation: which resource was worked on from when to when.

Owns the option by which the engine writes the log, and reading it. Does not own the operation (engine.py), nor what is
made of its times (layers.py, last_up.py). The log tells secrets as `[secret]`, and nothing of it but names and times is
read here.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

OPTION: Final = "--event-log"
ALLOWED: Final = {"PULUMI_DEBUG_COMMANDS": "true"}
"""The engine knows the option only with this variable."""
BEGINS: Final = "resourcePreEvent"
FAILS: Final = "resOpFailedEvent"
ENDS: Final = ("resOutputsEvent", FAILS)
UNCHANGED: Final = ("same", "read", "refresh", "replace")
"""Steps that make nothing; the two halves of a replacement are steps of their own."""

Outcome = Literal["done", "failed", "interrupted"]


@dataclass(frozen=True, kw_only=True)
class Work:
    """One step on one resource, in the log's whole seconds since the epoch; what was interrupted ends with the log."""

    urn: str
    operation: str
    """The engine's word: create, update, delete, create-replacement, delete-replaced."""
    began: int
    ended: int
    outcome: Outcome = "done"

    @property
    def seconds(self) -> int:
        """How long it took."""
        return self.ended - self.began


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What an operation changed, in the order in which that ended, and from when to when its log goes."""

    began: int = 0
    ended: int = 0
    works: tuple[Work, ...] = ()


def read(lines: Iterable[str]) -> Operation:
    """The operation in a log; one of an engine that was killed while it wrote is read as far as it goes."""
    began, ended = 0, 0
    under_way: dict[tuple[str, str], int] = {}
    works: list[Work] = []
    for event in _events(lines):
        ended = event["timestamp"]
        began = began or ended
        for kind in (BEGINS, *ENDS):
            metadata: Mapping[str, Any] = event.get(kind, {}).get("metadata", {})
            if metadata.get("op", "same") in UNCHANGED:
                continue
            urn, operation = step = metadata["urn"], metadata["op"]
            if kind == BEGINS:
                under_way[step] = ended
            elif step in under_way:
                since = under_way.pop(step)
                outcome: Outcome = "failed" if kind == FAILS else "done"
                works.append(
                    Work(urn=urn, operation=operation, began=since, ended=ended, outcome=outcome)
                )
    works += (
        Work(urn=urn, operation=operation, began=since, ended=ended, outcome="interrupted")
        for (urn, operation), since in under_way.items()
    )
    return Operation(began=began, ended=ended, works=tuple(works))


def _events(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            # The engine was killed while it wrote.
            continue
