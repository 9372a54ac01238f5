"""Sprig's functions of numbers: whatever it is given becomes a number first.

Owns these. Does not own Replicated's own (`components/application/functions.py`), which keep fractions.
"""

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Final


def to_int(value: object) -> int:
    """A whole number out of anything; 0 if there is none in it."""
    if isinstance(value, str):
        try:
            return int(value, 0)
        except ValueError:
            return int(float(value)) if _is_fraction(value) else 0
    return int(value) if isinstance(value, int | float) else 0


def to_float(value: object) -> float:
    """A fraction out of anything; 0 if there is none in it."""
    if isinstance(value, str):
        return float(value) if _is_fraction(value) else 0.0
    return float(value) if isinstance(value, int | float) else 0.0


def _is_fraction(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def atoi(text: str) -> int:
    """A text of digits as a number; 0 for any other."""
    try:
        return int(text)
    except ValueError:
        return 0


def div(first: object, second: object) -> int:
    """The whole part of the quotient. Raises ValueError for a division by 0."""
    return quotient(to_int(first), to_int(second))


def quotient(first: int, second: int) -> int:
    """The quotient without its fraction, as Go has it: towards 0."""
    if second == 0:
        raise ValueError("a division by 0")
    found = abs(first) // abs(second)
    return found if (first < 0) == (second < 0) else -found


def mod(first: object, second: object) -> int:
    """The rest of a division, with the sign of the first. Raises ValueError for a division by 0."""
    return to_int(first) - to_int(second) * div(first, second)


def rounded(value: object, digits: object, half: object = 0.5) -> float:
    """A fraction with so many digits; what is `half` or more is rounded up."""
    power = 10.0 ** to_int(digits)
    whole = math.floor(to_float(value) * power)
    up = to_float(value) * power - whole >= to_float(half)
    return (whole + up) / power


def until(count: object) -> list[int]:
    """The numbers from 0 to before this one."""
    step = 1 if to_int(count) >= 0 else -1
    return until_step(0, to_int(count), step)


def until_step(start: int, stop: int, step: int) -> list[int]:
    """The numbers from one to before another, in steps. Raises ValueError for a step of 0."""
    if step == 0:
        raise ValueError("a step of 0 never arrives")
    return list(range(start, stop, step))


NUMBERS: Final[Mapping[str, Callable[..., object]]] = {
    "int": to_int,
    "int64": to_int,
    "float64": to_float,
    "atoi": atoi,
    "toDecimal": lambda value: int(str(value), 8),
    "add": lambda *values: sum(map(to_int, values)),
    "add1": lambda value: to_int(value) + 1,
    "sub": lambda first, second: to_int(first) - to_int(second),
    "mul": lambda first, *values: reduce(lambda one, two: one * to_int(two), values, to_int(first)),
    "div": div,
    "mod": mod,
    "max": lambda first, *values: max(map(to_int, (first, *values))),
    "min": lambda first, *values: min(map(to_int, (first, *values))),
    "biggest": lambda first, *values: max(map(to_int, (first, *values))),
    "addf": lambda *values: sum(map(to_float, values)),
    "floor": lambda value: float(math.floor(to_float(value))),
    "ceil": lambda value: float(math.ceil(to_float(value))),
    "round": rounded,
    "until": until,
    "untilStep": until_step,
}
