"""One thing that is not as the stack says.

Owns the row and how two values are shown in it. Does not own how rows are shown together (render.py).
"""

import json
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile
from typing import Any, Final

CELL: Final = 48
"""Characters of a value that are shown."""

ABSENT: Final = "absent"
HIDDEN: Final = "(a secret)"
OTHER: Final = "another one"


class Missing(Enum):
    """Where a field is not there at all."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, kw_only=True)
class Row:
    """What differs, on which host or object, what the stack says, what is there, and what puts it right."""

    what: str
    where: str
    wanted: str
    found: str
    cure: str


def row(*, what: str, where: str, wanted: Any, found: Any, cure: str) -> Row:  # noqa: ANN401 - any values
    """The row of two values, each in a line; of long ones that piece in which they differ first."""
    lines = _line(wanted), _line(found)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*lines, strict=False)))
    begin = max(0, alike - CELL // 4)
    return Row(
        what=what, where=where, wanted=_cut(lines[0], begin), found=_cut(lines[1], begin), cure=cure
    )


def _line(value: Any) -> str:  # noqa: ANN401 - any value
    if value is MISSING:
        return ABSENT
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split()) or '""'


def _cut(line: str, begin: int) -> str:
    if len(line) <= CELL:
        return line
    end = begin + CELL
    return f"{'…' if begin else ''}{line[begin:end]}{'…' if end < len(line) else ''}"
