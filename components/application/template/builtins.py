"""The functions that every Go template has.

Owns these. `and` and `or` look at no more arguments than they need, so the evaluator has them. Does not own what
vendors' releases have beyond (`sprig`, `components/application/functions.py`).
"""

import html
import operator
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote_plus

from components.application.template.formatting import print_, printf, println
from components.application.template.values import compared, equal, is_true, kind, show


def not_(value: object) -> bool:
    """Whether a value counts as false."""
    return not is_true(value)


def not_equal(first: object, second: object) -> bool:
    """Whether two values differ."""
    return not equal(first, second)


def length(value: object) -> int:
    """How many items, or bytes of text. Raises ValueError for what has none."""
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, list | Mapping):
        return len(value)
    raise ValueError(f"len takes text, a list or a map, and gets a {kind(value)}")


def index(value: object, *places: object) -> object:
    """The item at a place, and on from there. Raises ValueError if there is none."""
    for place in places:
        if isinstance(value, Mapping):
            value = value.get(place)
        elif isinstance(value, list | str) and isinstance(place, int):
            if not 0 <= place < len(value):
                raise ValueError(f"index {place} of {len(value)} items, which count from 0")
            value = value[place] if isinstance(value, list) else value.encode()[place]
        else:
            raise ValueError(f"index cannot take {show(place)} out of a {kind(value)}")  # noqa: TRY004
    return value


def slice_(value: object, *places: object) -> object:
    """The items or bytes from one place to before another. Raises ValueError if they are not there."""
    if not isinstance(value, str | list) or not all(isinstance(place, int) for place in places):
        raise ValueError("slice takes text or a list, and numbers")
    begin, end = [*places, *(0, len(value))[len(places) :]][:2]
    if not (isinstance(begin, int) and isinstance(end, int) and 0 <= begin <= end <= len(value)):
        raise ValueError(f"slice from {show(begin)} to {show(end)} of {len(value)} items")
    return value[begin:end]


def urlquery(*values: object) -> str:
    """Text for the query of an address."""
    return quote_plus(print_(*values))


def escaped(*values: object) -> str:
    """Text for HTML."""
    return html.escape(print_(*values)).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


BUILTINS: Final[Mapping[str, Callable[..., object]]] = {
    "not": not_,
    "eq": equal,
    "ne": not_equal,
    "lt": compared("lt", operator.lt),
    "le": compared("le", operator.le),
    "gt": compared("gt", operator.gt),
    "ge": compared("ge", operator.ge),
    "len": length,
    "index": index,
    "slice": slice_,
    "print": print_,
    "printf": printf,
    "println": println,
    "urlquery": urlquery,
    "html": escaped,
}
