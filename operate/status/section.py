"""One part of the screen: what it is about, what it must know, and how it judges that.

Owns the interface between a section and everything else. Does not own any section (sections/).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from operate.status.facts import Facts


class Health(StrEnum):
    """NOTE is worth a word and no fault: only BAD makes a stack degraded."""

    OK = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True, kw_only=True)
class Line:
    """What is said about one thing; `why` are its reasons, the nearest first."""

    subject: str
    health: Health
    text: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section. `kinds` are the resources that it reads from the API, as kubectl names them.

    `judge` is pure. One that cannot be judged without the API has `needs_api` and is left out while no server answers.
    """

    title: str
    judge: Callable[[Facts], Iterable[Line]]
    kinds: tuple[str, ...] = ()
    needs_api: bool = False


def ok(subject: str, text: str) -> Line:
    """All is as it should be."""
    return Line(subject=subject, health=Health.OK, text=text)


def note(subject: str, text: str, *why: str) -> Line:
    """Not as always, and no fault."""
    return Line(subject=subject, health=Health.NOTE, text=text, why=why)


def bad(subject: str, text: str, *why: str) -> Line:
    """A fault, and why it is one or where it comes from."""
    return Line(subject=subject, health=Health.BAD, text=text, why=why)
