"""What Go makes of a value: its text, its truth, and how two compare.

Owns these rules, as fmt and text/template have them. Does not own the functions that use them.
"""

import json
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

# Go's %v writes fractions with an exponent outside of this range of powers of ten.
_LEAST_POWER, _MOST_POWER = -4, 6
_KINDS: Final = {bool: "bool", int: "int", float: "float64", str: "string", list: "slice"}


def kind(value: object) -> str:
    """The kind as Go names it; "invalid" for nil."""
    if value is None:
        return "invalid"
    return "map" if isinstance(value, Mapping) else _KINDS.get(type(value), type(value).__name__)


def is_true(value: object) -> bool:
    """What `if` makes of a value: nothing, zero and what is empty count as false."""
    return bool(value)


def show(value: object) -> str:
    """The text of a value as Go's %v writes it."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return fraction(value)
    if isinstance(value, Mapping):
        return f"map[{' '.join(f'{show(key)}:{show(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list | tuple):
        return f"[{' '.join(map(show, value))}]"
    return str(value)


def shown(value: object) -> str:
    """The text of an action's value: nil has one of its own there."""
    return "<no value>" if value is None else show(value)


def fraction(value: float) -> str:
    """The shortest text that means the same number, as Go writes it."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - only of NaN and infinity it is not
    power = len(digits) + exponent - 1
    if _LEAST_POWER <= power < _MOST_POWER:
        return format(Decimal(repr(value)).normalize(), "f")
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    point = f".{rest}" if rest else ""
    return f"{'-' if sign else ''}{first}{point}e{power:+03d}"


def quote(text: str) -> str:
    """The text in double quotes, with Go's escapes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f")


def equal(first: object, *others: object) -> bool:
    """Whether the first equals one of the others. Raises ValueError for values of different kinds."""
    if not others:
        raise ValueError("eq takes two values or more")
    return any(_same(first, other) for other in others)


def _same(first: object, other: object) -> bool:
    if first is None or other is None:
        return first is other
    for value in (first, other):
        if isinstance(value, Mapping | list):
            raise ValueError(f"a {kind(value)} cannot be compared")  # noqa: TRY004
    if kind(first) != kind(other):
        raise ValueError(
            f"{_named(first)} cannot be compared with {_named(other)}; convert one of them, as with ParseInt"
        )
    return first == other


def compared(name: str, holds: Callable[[Any, Any], bool]) -> Callable[[object, object], bool]:
    """A function that orders two values of one kind."""

    def compare(first: object, second: object) -> bool:
        if kind(first) != kind(second) or kind(first) not in ("int", "float64", "string"):
            raise ValueError(f"{name} cannot order {_named(first)} and {_named(second)}")
        return holds(first, second)

    return compare


def _named(value: object) -> str:
    if isinstance(value, str):
        return f"the text {quote(value)}"
    return "nil" if value is None else f"the {kind(value)} {show(value)}"
