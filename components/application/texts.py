"""Replicated's own functions of text and numbers.

Owns these. Numbers become fractions only when an operand is one.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote_plus

from components.application.template.sprig.numbers import quotient
from components.application.template.values import show

_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
_BASE: Final = 1000.0
_TRUE: Final = ("1", "t", "T", "TRUE", "true", "True")
_FALSE: Final = ("0", "f", "F", "FALSE", "false", "False")
Number = int | float


def trim(text: str, characters: str | None = None) -> str:
    """Without white space, or without any of the characters, at both ends."""
    return text.strip(characters)


def split(text: str, separator: str) -> list[str]:
    """The parts of a text."""
    return text.split(separator) if separator else list(text)


def base64_encode(text: str) -> str:
    """Text in base64."""
    return base64.b64encode(text.encode()).decode()


def base64_decode(text: str) -> str:
    """Text out of base64. Raises ValueError."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError(
            "Base64Decode gets what is no base64, or what is no text when decoded"
        ) from None


def human_size(size: object) -> str:
    """Bytes as at most four digits and a unit of powers of 1000."""
    value = parse_float(size) if isinstance(size, str) else size
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"HumanSize takes a number and gets {show(size)}")  # noqa: TRY004
    left, unit = float(value), 0
    while left >= _BASE and unit < len(_UNITS) - 1:
        left, unit = left / _BASE, unit + 1
    return f"{left:.4g}{_UNITS[unit]}"


def parse_bool(text: str) -> bool:
    """A truth value as Go reads it. Raises ValueError."""
    if text not in (*_TRUE, *_FALSE):
        raise ValueError(f"ParseBool: {text!r} is neither true nor false")
    return text in _TRUE


def parse_int(text: str, base: int = 10) -> int:
    """A whole number of 64 bits. Raises ValueError."""
    try:
        found = int(text, base)
    except ValueError:
        found = None
    if found is None or not -(2**63) <= found < 2**63 or "_" in text or text != text.strip():
        raise ValueError(f"ParseInt: {text!r} is no whole number")
    return found


def parse_uint(text: str, base: int = 10) -> int:
    """A whole number from 0. Raises ValueError."""
    found = parse_int(text, base)
    if found < 0 or text[:1] in "+-":
        raise ValueError(f"ParseUint: {text!r} is no whole number from 0")
    return found


def parse_float(text: object) -> float:
    """A fraction. Raises ValueError."""
    try:
        return float(str(text))
    except ValueError:
        raise ValueError(f"ParseFloat: {text!r} is no number") from None


def _numbers(name: str, function: Callable[[Number, Number], Number]) -> Callable[..., Number]:
    """A function of two numbers."""

    def calculate(first: object, second: object) -> Number:
        for each in (first, second):
            if isinstance(each, bool) or not isinstance(each, int | float):
                raise ValueError(  # noqa: TRY004 - a vendor's fault, not a program's
                    f"{name} takes numbers and gets {show(each)!r}; convert it with ParseInt or ParseFloat"
                )
        assert isinstance(first, int | float)  # noqa: S101 - said to mypy
        assert isinstance(second, int | float)  # noqa: S101 - said to mypy
        return function(first, second)

    return calculate


def _div(first: Number, second: Number) -> Number:
    if second == 0:
        raise ValueError("Div: a division by 0")
    if isinstance(first, int) and isinstance(second, int):
        return quotient(first, second)
    return first / second


TEXTS: Final[Mapping[str, Callable[..., object]]] = {
    "Trim": trim,
    "TrimSpace": lambda text: _text("TrimSpace", text).strip(),
    "Split": split,
    "ToLower": lambda text: _text("ToLower", text).lower(),
    "ToUpper": lambda text: _text("ToUpper", text).upper(),
    "UrlEncode": lambda text: quote_plus(_text("UrlEncode", text)),
    "Base64Encode": base64_encode,
    "Base64Decode": base64_decode,
    "HumanSize": human_size,
    "ParseBool": parse_bool,
    "ParseInt": parse_int,
    "ParseUint": parse_uint,
    "ParseFloat": parse_float,
    "Add": _numbers("Add", lambda first, second: first + second),
    "Sub": _numbers("Sub", lambda first, second: first - second),
    "Mult": _numbers("Mult", lambda first, second: first * second),
    "Div": _numbers("Div", _div),
}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} takes text and gets {show(value)}")  # noqa: TRY004
    return value
