"""A report as text for a person, and as JSON for a machine.

Owns how it looks, and that it stays one screen. Does not own what it says (report.py).
"""

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from operate.status.report import Report
from operate.status.section import Health, Line

MANY: Final = 8
"""A section with more good lines than this shows how many there are instead."""

NARROWEST: Final = 40
"""Columns that text is given at least, whatever the terminal."""

GAP: Final = "  "


def as_text(report: Report, width: int) -> str:
    """The screen, for so many columns: a row for each line, the section's title before the first, reasons below."""
    sections = [(title, list(_folded(lines))) for title, lines in report.sections]
    every = [line for _, lines in sections for line in lines]
    titles = max((len(title) for title, _ in sections), default=0)
    subjects = max((len(line.subject) for line in every), default=0)
    marks = max(len(health.value) for health in Health)
    rows = [report.sentence, ""]
    for title, lines in sections:
        for number, line in enumerate(lines):
            cells = (
                f"{title if number == 0 else '':<{titles}}",
                f"{line.subject:<{subjects}}",
                f"{line.health.value:<{marks}}",
            )
            rows += _rows(GAP.join(cells) + GAP, line, width)
    return "\n".join(rows) + "\n"


def as_json(report: Report) -> str:
    """The whole report, nothing folded. Its keys are for others to rely on."""
    sections = [
        {
            "title": title,
            "lines": [
                {
                    "subject": line.subject,
                    "health": line.health.value.lower(),
                    "text": line.text,
                    "why": list(line.why),
                }
                for line in lines
            ],
        }
        for title, lines in report.sections
    ]
    document = {
        "stack": report.stack,
        "healthy": report.healthy,
        "sentence": report.sentence,
        "sections": sections,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _folded(lines: Sequence[Line]) -> Iterator[Line]:
    """What is not good, and the good ones if they are few, else their number."""
    good = [line for line in lines if line.health is Health.OK]
    if len(good) <= MANY:
        yield from lines
        return
    yield from (line for line in lines if line.health is not Health.OK)
    yield Line(subject="all others", health=Health.OK, text=f"{len(good)} of {len(lines)}")


def _rows(head: str, line: Line, width: int) -> Iterator[str]:
    yield from _wrapped(head, line.text, width)
    for reason in line.why:
        yield from _wrapped(" " * len(head) + "← ", reason, width)


def _wrapped(head: str, text: str, width: int) -> Iterator[str]:
    """Text in a column of its own; a word longer than that stands out."""
    room = max(width - len(head), NARROWEST)
    first, *rest = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    yield head + first
    yield from (" " * len(head) + row for row in rest)
