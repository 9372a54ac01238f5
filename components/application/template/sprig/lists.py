"""Sprig's functions of lists, and its defaults.

Owns these. Does not own maps (`maps.py`).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from components.application.template.sprig.numbers import to_int
from components.application.template.values import is_true, kind, show

List = list[Any]


def default(other: object, value: object = None) -> object:
    """The value, or the other if it is empty."""
    return value if is_true(value) else other


def coalesce(*values: object) -> object:
    """The first that is not empty."""
    return next(filter(is_true, values), None)


def ternary(yes: object, no: object, condition: bool) -> object:  # noqa: FBT001 - Sprig's own order
    """One of two values."""
    return yes if condition else no


def fail(sentence: str) -> NoReturn:
    """Raises ValueError with the release's own sentence."""
    raise ValueError(f"the release refuses: {sentence}")


def items(value: object) -> List:
    """A list. Raises ValueError for anything else."""
    if not isinstance(value, list):
        raise ValueError(f"a {kind(value)} is no list")  # noqa: TRY004
    return value


def join(separator: str, value: object) -> str:
    """The texts of all items with something between."""
    found = value if isinstance(value, list) else [value]
    return separator.join(show(each) for each in found if each is not None)


def parts(separator: str, text: str) -> dict[str, str]:
    """The parts of a text as a map from _0 on."""
    return {f"_{place}": part for place, part in enumerate(text.split(separator))}


def unique(value: object) -> List:
    """Each item once."""
    return [each for place, each in enumerate(items(value)) if each not in items(value)[:place]]


def cut(value: object, *places: object) -> List:
    """The items from one place to before another."""
    begin, end = [*map(to_int, places), *(0, len(items(value)))[len(places) :]][:2]
    return items(value)[begin:end]


def has(item: object, value: object) -> bool:
    """Whether a list holds an item."""
    return value is not None and item in items(value)


LISTS: Final[Mapping[str, Callable[..., object]]] = {
    "default": default,
    "empty": lambda value: not is_true(value),
    "coalesce": coalesce,
    "all": lambda *values: all(map(is_true, values)),
    "any": lambda *values: any(map(is_true, values)),
    "ternary": ternary,
    "fail": fail,
    "list": lambda *values: list(values),
    "tuple": lambda *values: list(values),
    "first": lambda value: next(iter(items(value)), None),
    "last": lambda value: next(reversed(items(value)), None),
    "rest": lambda value: items(value)[1:],
    "initial": lambda value: items(value)[:-1],
    "append": lambda value, item: [*items(value), item],
    "prepend": lambda value, item: [item, *items(value)],
    "concat": lambda *values: [each for value in values for each in items(value)],
    "reverse": lambda value: items(value)[::-1],
    "uniq": unique,
    "without": lambda value, *left: [each for each in items(value) if each not in left],
    "has": has,
    "compact": lambda value: [each for each in items(value) if is_true(each)],
    "slice": cut,
    "sortAlpha": lambda value: sorted(map(show, items(value))),
    "join": join,
    "splitList": lambda separator, text: text.split(separator),
    "split": parts,
    "toStrings": lambda value: [show(each) for each in items(value)],
    "typeOf": kind,
    "kindOf": kind,
    "kindIs": lambda wanted, value: kind(value) == wanted,
}
