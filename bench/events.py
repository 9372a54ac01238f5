"""What the engine does when: its event log, read while it grows, with our own clock.

Owns following the log and pairing each resource's beginning with its end. Does not own the operation. The log's own
times are whole seconds, which is too coarse.
"""

import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.span import Span
from operate.event_log import BEGINS, ENDS

INTERVAL: Final = 0.02


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of the log and when it was read, in seconds of the monotonic clock."""

    at: float
    document: Mapping[str, Any]


class Follower(threading.Thread):
    """Reads a log from the moment it is there until told to end."""

    def __init__(self, log: Path) -> None:
        super().__init__(daemon=True)
        self._log = log
        self._ended = threading.Event()
        self._events: list[Event] = []

    def run(self) -> None:
        """Read what is new until told to end, and then the rest."""
        rest, place = "", 0
        while True:
            last = self._ended.wait(INTERVAL)
            if self._log.exists():
                with self._log.open() as log:
                    log.seek(place)
                    new = log.read()
                    place = log.tell()
                *lines, rest = (rest + new).split("\n")
                at = time.monotonic()
                self._events += [Event(at=at, document=json.loads(line)) for line in lines]
            if last:
                return

    @property
    def seen(self) -> int:
        """How many events have been read so far."""
        return len(self._events)

    def end(self) -> Sequence[Event]:
        """Stop; all events."""
        self._ended.set()
        self.join()
        return self._events


def spans(events: Iterable[Event], began: float) -> tuple[Span, ...]:
    """When each resource was worked on, in seconds after `began`, in the order of their beginnings."""
    open_: dict[str, float] = {}
    found: list[Span] = []
    for event in events:
        if BEGINS in event.document:
            metadata = event.document[BEGINS]["metadata"]
            open_[metadata["urn"]] = event.at
        for kind in ENDS:
            metadata = event.document.get(kind, {}).get("metadata")
            if metadata and metadata["urn"] in open_:
                since = open_.pop(metadata["urn"])
                name = metadata["urn"].rpartition("::")[2]
                found.append(Span(name=name, began=since - began, ended=event.at - began))
    return tuple(sorted(found, key=lambda span: span.began))
