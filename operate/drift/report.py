"""All that differs on a stack, and what could not be asked, with the sentence above it.

Owns the sentence and the exit code. Does not own what counts as drift (judgements/).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from operate.drift.facts import Facts
from operate.drift.judgements.objects import for_good
from operate.drift.row import Row
from operate.hosts.wording import plural

NONE: Final = 0
UNSEEN: Final = 1
DRIFTED: Final = 2


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """A host or object that could not be asked, and why."""

    where: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is said of a stack; `hosts` and `objects` are how many were compared."""

    stack: str
    rows: tuple[Row, ...]
    unseen: tuple[Unseen, ...]
    hosts: int
    objects: int
    command: str = ""

    @property
    def code(self) -> int:
        """The exit code: what could not be asked may be anything, so it comes before drift."""
        if self.unseen:
            return UNSEEN
        return DRIFTED if self.rows else NONE

    @property
    def sentence(self) -> str:
        """The first line."""
        compared = (
            f"{self.hosts} {plural(self.hosts, 'host')} and {self.objects} "
            f"{plural(self.objects, 'object')}"
        )
        count = len(self.rows)
        if self.unseen:
            seen = f"of {compared} that could, {count or 'no'} {plural(count, 'thing')}"
            return f"{self.stack}: not everything could be asked; {seen} drifted"
        if self.rows:
            return f"{self.stack}: {count} {plural(count, 'thing')} drifted, on {compared}"
        return f"{self.stack}: no drift: {compared} are as the stack says"


def judge(facts: Facts, judgements: Sequence[Callable[[Facts], Iterable[Row]]]) -> Report:
    """The report of what was seen."""
    return Report(
        stack=facts.stack,
        rows=tuple(row for judged in judgements for row in judged(facts)),
        unseen=tuple(_unseen(facts)),
        hosts=sum(not seen.fault for seen in facts.hosts.values()),
        objects=sum(not _undecided(one.refused) for one in facts.objects),
        command=facts.command,
    )


def _unseen(facts: Facts) -> Iterator[Unseen]:
    for name, seen in facts.hosts.items():
        if seen.fault:
            yield Unseen(where=name, why=seen.fault)
    if facts.mute:
        yield Unseen(where="the API servers", why=facts.mute)
    for one in facts.objects:
        if _undecided(one.refused):
            yield Unseen(where=str(one.declared), why=one.refused)


def _undecided(refused: str) -> bool:
    """Whether an API server's refusal leaves open what the object is like."""
    return bool(refused) and not for_good(refused)
