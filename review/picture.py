"""The layers of a stack with what changes in each, as a picture beside the report.

Owns the words in the boxes. Does not own the boxes and arrows (stacks/picture.py).
"""

from collections.abc import Sequence

from review.change import Change
from review.report import by_layer, summary
from stacks.picture import BOXES, svg

NOTHING = ("nothing changes", "")
_LINE = 20
"""Characters that a line of a box has room for."""


def picture(changes: Sequence[Change]) -> str:
    """SVG; a layer is loud if data may be lost in it."""
    words = {box.name: NOTHING for box in BOXES}
    words |= {name: _lines(summary(found)) for name, found in by_layer(changes)}
    return svg(words, {each.layer for each in changes if each.grave})


def _lines(text: str) -> tuple[str, str]:
    """A summary in the two lines of a box."""
    first = ""
    parts = text.split(", ")
    while parts and len(joined := ", ".join(filter(None, (first, parts[0])))) <= _LINE:
        first = joined
        parts.pop(0)
    return first, ", ".join(parts)
