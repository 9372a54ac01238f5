"""Sprig's functions of patterns.

Owns these. Patterns are read by Python and not by RE2: what both know means the same; backreferences in a pattern,
which only Python knows, are not refused.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

_GROUP = re.compile(r"\$(?:\$|\{(?P<braced>\w+)\}|(?P<plain>\w+))")


def match(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text."""
    return _compiled(pattern).search(text) is not None


def find(pattern: str, text: str) -> str:
    """What a pattern finds first; "" if nothing."""
    found = _compiled(pattern).search(text)
    return found[0] if found else ""


def find_all(pattern: str, text: str, count: int) -> list[str]:
    """What a pattern finds, at most so often; all with a negative number."""
    found = [each[0] for each in _compiled(pattern).finditer(text)]
    return found if count < 0 else found[:count]


def replace_all(pattern: str, text: str, new: str) -> str:
    """Every match replaced; $1 and ${name} are groups of it."""

    def expanded(one: re.Match[str]) -> str:
        return _GROUP.sub(lambda group: _group(one, group), new)

    return _compiled(pattern).sub(expanded, text)


def replace_literal(pattern: str, text: str, new: str) -> str:
    """Every match replaced by this very text."""
    return _compiled(pattern).sub(lambda _: new, text)


def split(pattern: str, text: str, count: int) -> list[str]:
    """The parts between matches, at most so many; all with a negative number."""
    if count == 0:
        return []
    parts: list[str] = []
    end = 0
    for each in _compiled(pattern).finditer(text):
        if 0 < count <= len(parts) + 1:
            break
        parts.append(text[end : each.start()])
        end = each.end()
    return [*parts, text[end:]]


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no pattern: {error}") from None


def _group(one: re.Match[str], group: re.Match[str]) -> str:
    name = group["braced"] or group["plain"]
    if name is None:
        return "$"
    try:
        return one[int(name) if name.isdigit() else name] or ""
    except IndexError:
        return ""


REGEX: Final[Mapping[str, Callable[..., object]]] = {
    "regexMatch": match,
    "regexFind": find,
    "regexFindAll": find_all,
    "regexReplaceAll": replace_all,
    "regexReplaceAllLiteral": replace_literal,
    "regexSplit": split,
}
