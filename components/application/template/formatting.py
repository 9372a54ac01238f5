"""Text from a format and values, as Go's fmt.Sprintf makes it.

Owns the verbs that templates use. Does not own how a value is written by itself (`values.py`).
"""

import re
from typing import Final

from components.application.template.values import fraction, kind, quote, show

_VERB = re.compile(r"%(?P<flags>[-+# 0]*)(?P<width>[0-9]*)(?:\.(?P<precision>[0-9]*))?(?P<verb>.)?")
_WHOLE: Final = {"d": "d", "b": "b", "o": "o", "x": "x", "X": "X", "c": "c"}
_FRACTIONS: Final = "eEfFgG"
_DEFAULT_PRECISION: Final = 6


def printf(format_: str, *values: object) -> str:
    """The format with its verbs replaced. Like Go it never fails: what does not fit shows as %!verb(kind=value)."""
    waiting = list(values)

    def one(found: re.Match[str]) -> str:
        verb = found["verb"]
        if verb is None:
            return "%!(NOVERB)"
        if verb == "%":
            return "%"
        if not waiting:
            return f"%!{verb}(MISSING)"
        return _padded(_verb(verb, found, waiting.pop(0)), found)

    text = _VERB.sub(one, format_)
    if waiting:
        text += f"%!(EXTRA {', '.join(f'{kind(each)}={show(each)}' for each in waiting)})"
    return text


def print_(*values: object) -> str:
    """All values in a row; a space stands between two of which neither is text."""
    parts: list[str] = []
    for place, value in enumerate(values):
        before = values[place - 1] if place else ""
        if place and not isinstance(value, str) and not isinstance(before, str):
            parts.append(" ")
        parts.append(show(value))
    return "".join(parts)


def println(*values: object) -> str:
    """All values with spaces between them and a line break at the end."""
    return " ".join(map(show, values)) + "\n"


def _verb(verb: str, found: re.Match[str], value: object) -> str:
    text: str | None
    precision = found["precision"]
    cut = None if precision is None else int(precision or 0)
    match value:
        case list() if verb in "sqd":
            text = f"[{' '.join(_verb(verb, found, each) for each in value)}]"
        case str():
            text = _of_text(verb, found, value, cut)
        case bool():
            text = show(value) if verb == "t" else None
        case int():
            text = _signed(format(value, _WHOLE[verb]), found) if verb in _WHOLE else None
        case float():
            text = _signed(_of_fraction(verb, value, cut), found) if verb in _FRACTIONS else None
        case _:
            text = None
    if text is not None:
        return text
    if verb in "vT":
        return show(value) if verb == "v" else kind(value)
    return f"%!{verb}(<nil>)" if value is None else f"%!{verb}({kind(value)}={show(value)})"


def _of_text(verb: str, found: re.Match[str], value: str, cut: int | None) -> str | None:
    match verb:
        case "s":
            return value[:cut]
        case "q":
            return quote(value[:cut])
        case "x" | "X":
            return value.encode().hex() if verb == "x" else value.encode().hex().upper()
        case "v" if "#" in found["flags"]:
            return quote(value)
    return None


def _of_fraction(verb: str, value: float, cut: int | None) -> str:
    if verb in "gG" and cut is None:
        return fraction(value)
    return format(value, f".{_DEFAULT_PRECISION if cut is None else cut}{verb}")


def _signed(text: str, found: re.Match[str]) -> str:
    if text.startswith("-"):
        return text
    return f"+{text}" if "+" in found["flags"] else f" {text}" if " " in found["flags"] else text


def _padded(text: str, found: re.Match[str]) -> str:
    width = int(found["width"] or 0)
    if "-" in found["flags"]:
        return text.ljust(width)
    if "0" in found["flags"] and found["verb"] not in "sqvt":
        sign = text[:1] if text[:1] in ("+", "-") else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)
