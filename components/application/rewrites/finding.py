"""What a rule did to an object, or deliberately did not: the lines of the report.

Owns their form. Does not own any rule, nor the table that they are shown in (`report.py`).
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from components.manifest.body import Body

Path = tuple[str | int, ...]
"""The way to a value in an object: keys, and places in lists from 0."""
LATE: Final = "(known after deployment)"
_LONGEST: Final = 120
_WORD = re.compile(r"[\w-]+")
_PLAIN: Final = (str, dict, list, bool, int, float, type(None))


class Verdict(StrEnum):
    """What became of a value."""

    CHANGED = "changed"
    LEFT = "left alone"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One value that a rule looked at: where, what it was, what it is now, and why."""

    rule: str
    verdict: Verdict
    path: Path
    old: object
    new: object
    why: str

    @property
    def where(self) -> str:
        """The path as people write it: spec.containers[0].image."""
        return written(self.path)

    def row(self) -> dict[str, str]:
        """The finding as texts, for a table or JSON; long values are cut."""
        return {
            "rule": self.rule,
            "verdict": str(self.verdict),
            "path": self.where,
            "old": shown(self.old),
            "new": shown(self.new),
            "why": self.why,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """An object that another one needs now, and the finding that says so."""

    body: Body
    finding: Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewritten:
    """An object after a rule, what the rule has to say, and objects that the new one needs beside it."""

    body: Body
    findings: tuple[Finding, ...] = ()
    beside: tuple[Beside, ...] = ()


def is_late(value: object) -> bool:
    """Whether a value is only known after deployment: a Pulumi Output, which no rule can look into."""
    return not isinstance(value, _PLAIN)


def later(value: Any, change: Any) -> object:  # noqa: ANN401 - an Output, of a library that this package does not import
    """The late value with `change` applied to it once it is known; secrets stay secret."""
    return value.apply(change)


def written(path: Path) -> str:
    """A path in the notation of kubectl."""
    return "".join(map(_part, path)).removeprefix(".")


def _part(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if _WORD.fullmatch(part) else f"['{part}']"


def shown(value: object) -> str:
    """A value as the report has it: text as it is, groups as JSON, nothing as "", all in one line of bounded length."""
    if value is None:
        return ""
    if is_late(value):
        return LATE
    text = value if isinstance(value, str) else json.dumps(value, default=lambda _: LATE)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
