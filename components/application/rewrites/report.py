"""The account of all rewrites: every object touched, old → new, the rule and its reason, and what was left alone.

Owns its form as a table and as JSON, a line at a time, so that it may be longer than memory. Does not own the findings.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TextIO

from components.application.rewrites.finding import Finding, Verdict
from components.manifest.body import Body, text_at

COLUMNS: Final = ("object", "rule", "verdict", "path", "old", "new", "why")
_MARKS: Final = str.maketrans({"|": "\\|", "`": "'", "<": "&lt;", "\n": " "})


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One finding, and the object that it is about."""

    object: str
    finding: Finding

    def row(self) -> dict[str, str]:
        """All as texts, by column."""
        return {"object": self.object, **self.finding.row()}

    def __str__(self) -> str:
        row = self.row()
        what = f"{row['old'] or 'nothing'} → {row['new'] or 'nothing'}"
        said = what if self.finding.verdict is Verdict.CHANGED else row["verdict"]
        return f"{self.object} {row['path']}: {said} ({row['rule']}: {row['why']})"


@dataclass(kw_only=True)
class Report:
    """What was found so far, in the order in which objects came."""

    lines: list[Line] = field(default_factory=list)

    def add(self, name: str, findings: Iterable[Finding]) -> None:
        """Take the findings of an object."""
        self.lines += [Line(object=name, finding=each) for each in findings]

    def refusals(self) -> tuple[Line, ...]:
        """Why objects cannot be applied."""
        return tuple(line for line in self.lines if line.finding.verdict is Verdict.REFUSED)

    def rows(self) -> list[dict[str, str]]:
        """Everything as texts: what the stack's output shows."""
        return [line.row() for line in self.lines]

    def markdown(self) -> str:
        """The table, as Markdown."""
        return MARKDOWN.text(self.lines)

    def json(self) -> str:
        """The same as a JSON list."""
        return JSON.text(self.lines)


def name_of(body: Body) -> str:
    """How reports call an object: kind, namespace and name."""
    metadata = body.get("metadata")
    parts = (text_at(body, "kind"), text_at(metadata, "namespace"), text_at(metadata, "name"))
    return "/".join(part for part in parts if part)


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a report is written: what stands at its head, between its lines and at its end."""

    head: str
    line: Callable[[Line], str]
    between: str = ""
    tail: str = ""

    def text(self, lines: Sequence[Line]) -> str:
        """A whole report."""
        return self.head + self.between.join(map(self.line, lines)) + self.tail


class Writer:
    """A report that grows in a file, a line at a time, so that it may be longer than memory."""

    def __init__(self, stream: TextIO, form: Form) -> None:
        self._stream = stream
        self._form = form
        self._between = ""
        stream.write(form.head)

    def add(self, line: Line) -> None:
        """Write a line."""
        self._stream.write(self._between + self._form.line(line))
        self._between = self._form.between

    def end(self) -> None:
        """Write what stands at the end."""
        self._stream.write(self._form.tail)


def _table_row(line: Line) -> str:
    row = line.row()
    return f"| {' | '.join(row[column].translate(_MARKS) for column in COLUMNS)} |\n"


MARKDOWN: Final = Form(
    head=f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}\n", line=_table_row
)
JSON: Final = Form(
    head="[",
    line=lambda line: f"\n{json.dumps(line.row(), ensure_ascii=False)}",
    between=",",
    tail="\n]\n",
)
