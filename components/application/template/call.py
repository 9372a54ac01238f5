"""Calling a function out of a template.

Owns counting and checking the arguments, and putting a call off whose arguments are not known yet. Does not own any
function: a function is Python with annotations, and says what is wrong with a value in a ValueError.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, get_args, get_type_hints

from components.application.template.late import is_late, later
from components.application.template.values import kind, quote, show

_NAMES: Final = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def call(name: str, function: Callable[..., object], arguments: Sequence[object]) -> object:
    """The function's value; a late one if an argument is late. Raises ValueError with a sentence."""
    minimum, maximum = _counts(function)
    if not minimum <= len(arguments) <= maximum:
        raise ValueError(f"{name} takes {_counted(minimum, maximum)}, and gets {len(arguments)}")
    if any(map(is_late, arguments)):
        return later(lambda *known: _call(name, function, known), arguments)
    return _call(name, function, arguments)


def _call(name: str, function: Callable[..., object], arguments: Sequence[object]) -> object:
    given = [
        _checked(name, wanted, value)
        for wanted, value in zip(_kinds(function, len(arguments)), arguments, strict=True)
    ]
    return function(*given)


def _checked(name: str, wanted: object, value: object) -> object:
    """A value for a parameter; whole numbers do for fractions."""
    if not isinstance(wanted, type) or wanted not in _NAMES:
        return value
    if wanted is float and type(value) is int:
        return float(value)
    if wanted is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if type(value) is not wanted:
        given = quote(value) if isinstance(value, str) else show(value)
        raise ValueError(f"{name} takes {_NAMES[wanted]} and gets the {kind(value)} {given}")
    return value


@lru_cache(maxsize=1024)
def _counts(function: Callable[..., object]) -> tuple[int, int]:
    parameters = inspect.signature(function).parameters.values()
    required = sum(
        each.default is each.empty and each.kind is not each.VAR_POSITIONAL for each in parameters
    )
    rest = any(each.kind is each.VAR_POSITIONAL for each in parameters)
    return required, 2**31 if rest else len(parameters)


@lru_cache(maxsize=1024)
def _hints(function: Callable[..., object]) -> tuple[tuple[Any, ...], Any]:
    parameters = inspect.signature(function).parameters.values()
    hints = get_type_hints(function)
    plain = tuple(
        hints.get(each.name) for each in parameters if each.kind is not each.VAR_POSITIONAL
    )
    rest = next((hints.get(e.name) for e in parameters if e.kind is e.VAR_POSITIONAL), None)
    return plain, rest


def _kinds(function: Callable[..., object], count: int) -> Iterator[object]:
    plain, rest = _hints(function)
    for place in range(count):
        wanted = plain[place] if place < len(plain) else rest
        yield wanted if isinstance(wanted, type) and not get_args(wanted) else None


def _counted(minimum: int, maximum: int) -> str:
    if minimum == maximum:
        return f"{minimum} argument{'s' * (minimum != 1)}"
    if maximum >= 2**31:
        return f"{minimum} arguments or more"
    return f"{minimum} to {maximum} arguments"
