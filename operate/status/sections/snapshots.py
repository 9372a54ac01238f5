"""Snapshots of the application's claims: what became of the last one of each.

Owns reading what the snapshot containers said (components/application/snapshot.sh). Does not own the repository, which
only `make snapshots` asks: that takes a pod. What a container said before its last start is not known here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from operate.status.facts import Facts
from operate.status.section import Line, Section, bad, note, ok

SPEAKER: Final = "snapshots: "
"""What the program's own lines begin with; restic's are its reasons."""
MADE: Final = "there is a snapshot of "
PARTLY: Final = " without the files that could not be read"
NOT_MADE: Final = "there is no snapshot of "
GOES_ON: Final = ("snapshots of ", "old snapshots of ", "not all is well with ")
"""What is said beside the outcomes, or repeats them."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was said last of a claim: when, whether there is a snapshot then, and what was wrong with it."""

    at: datetime
    made: bool
    fault: str = ""


def judge(facts: Facts) -> Iterator[Line]:
    """A line for each claim that a container makes snapshots of."""
    for container in facts.snapshots:
        outcomes = dict(_outcomes(container.said, container.claims))
        for claim in container.claims:
            yield _line(claim, outcomes.get(claim), facts.now)


def _line(claim: str, outcome: Outcome | None, now: datetime) -> Line:
    if outcome is None:
        return note(claim, "none since its container started; make snapshots lists those before")
    ago = since(now - outcome.at)
    if not outcome.made:
        return bad(claim, f"the last one failed {ago} ago", outcome.fault)
    if outcome.fault:
        return note(claim, f"the last one was made {ago} ago", outcome.fault)
    return ok(claim, f"the last one was made {ago} ago")


def _outcomes(said: tuple[str, ...], claims: tuple[str, ...]) -> Iterator[tuple[str, Outcome]]:
    """Outcomes in the order in which they were said; the later one counts. A fault without a claim is everybody's."""
    for line in said:
        time, _, text = line.partition(" ")
        if not text.startswith(SPEAKER):
            continue
        text, at = text.removeprefix(SPEAKER).strip(), datetime.fromisoformat(time)
        if text.startswith(MADE):
            claim = text.removeprefix(MADE).removesuffix(PARTLY)
            fault = "some files could not be read" if text.endswith(PARTLY) else ""
            yield claim, Outcome(at=at, made=True, fault=fault)
        elif text.startswith(NOT_MADE):
            claim = text.removeprefix(NOT_MADE).partition(" ")[0]
            yield claim, Outcome(at=at, made=False, fault=text)
        elif not text.startswith(GOES_ON):
            for claim in claims:
                yield claim, Outcome(at=at, made=False, fault=text)


def since(span: timedelta) -> str:
    """A span in the largest unit of which there are two or more, else in the next: 26 hours, 3 days."""
    seconds = max(int(span.total_seconds()), 0)
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds"


SECTION: Final = Section(title="snapshots", judge=judge, kinds=("pods",), needs_api=True)
