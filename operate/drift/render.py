"""A report as a table for a person, and as JSON for a machine.

Owns how it looks. Does not own what it says (report.py).
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from operate.drift.report import Report
from operate.drift.row import Row

HEAD: Final = ("WHERE", "WHAT", "WANTED", "FOUND", "CURE")
GAP: Final = "  "


def as_text(report: Report) -> str:
    """The sentence, who is at work, what could not be asked, and a line for each thing that differs."""
    lines = [report.sentence]
    if report.command:
        lines.append(f"note: {report.command}; what it is changing just now may be named here")
    lines += [f"not asked: {one.where}: {one.why}" for one in report.unseen]
    if report.rows:
        lines += ["", *_table(report.rows)]
    return "\n".join(lines) + "\n"


def as_json(report: Report) -> str:
    """The whole report. Its keys are for others to rely on."""
    document = {
        "stack": report.stack,
        "drifted": bool(report.rows),
        "complete": not report.unseen,
        "sentence": report.sentence,
        "rows": [asdict(row) for row in report.rows],
        "unseen": [asdict(one) for one in report.unseen],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _table(rows: tuple[Row, ...]) -> Iterator[str]:
    """As wide as it is: a cure is there to be copied whole."""
    cells = [HEAD, *((row.where, row.what, row.wanted, row.found, row.cure) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD) - 1)]
    for row in cells:
        head = (word.ljust(width) for word, width in zip(row, widths, strict=False))
        yield GAP.join((*head, row[-1]))
