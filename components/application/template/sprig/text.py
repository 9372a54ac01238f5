"""Sprig's functions of text.

Owns these. Does not own patterns (`regex.py`).
"""

import re
import textwrap
from collections.abc import Callable, Mapping
from typing import Final

from components.application.template.values import quote as quoted
from components.application.template.values import show

_WORD = re.compile(r"\w+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SHORTEST_ABBREVIATION: Final = 4
_MOST_REPEATED: Final = 1_000_000


def trim_all(characters: str, text: str) -> str:
    """Without any of the characters at both ends."""
    return text.strip(characters)


def trim_suffix(suffix: str, text: str) -> str:
    """Without this end."""
    return text.removesuffix(suffix)


def trim_prefix(prefix: str, text: str) -> str:
    """Without this beginning."""
    return text.removeprefix(prefix)


def title(text: str) -> str:
    """Every word with a capital; the rest of it stays."""
    return _WORD.sub(lambda word: word[0][:1].upper() + word[0][1:], text)


def untitle(text: str) -> str:
    """Every word without a capital; the rest of it stays."""
    return _WORD.sub(lambda word: word[0][:1].lower() + word[0][1:], text)


def repeat(count: int, text: str) -> str:
    """The text that many times. Raises ValueError for what no document could hold."""
    if count < 0 or count * len(text) > _MOST_REPEATED:
        raise ValueError(f"repeat {count} times is too much or too little")
    return text * count


def substr(start: int, end: int, text: str) -> str:
    """From a place to before another; a negative end is the text's."""
    if start < 0:
        return text[:end]
    return text[start:] if end < 0 or end > len(text) else text[start:end]


def trunc(length: int, text: str) -> str:
    """The first characters; with a negative number the last ones."""
    if length < 0:
        return text[length:] if len(text) + length > 0 else text
    return text[:length]


def abbrev(width: int, text: str) -> str:
    """Cut to a width, with three dots."""
    if width < _SHORTEST_ABBREVIATION or len(text) <= width:
        return text
    return f"{text[: width - 3]}..."


def nospace(text: str) -> str:
    """Without white space."""
    return "".join(text.split())


def contains(part: str, text: str) -> bool:
    """Whether a text holds another."""
    return part in text


def has_prefix(prefix: str, text: str) -> bool:
    """Whether a text begins so."""
    return text.startswith(prefix)


def has_suffix(suffix: str, text: str) -> bool:
    """Whether a text ends so."""
    return text.endswith(suffix)


def quote(*values: object) -> str:
    """Each in double quotes, with spaces between; nil is left out."""
    return " ".join(quoted(show(each)) for each in values if each is not None)


def squote(*values: object) -> str:
    """Each in single quotes, with spaces between; nil is left out."""
    return " ".join(f"'{show(each)}'" for each in values if each is not None)


def cat(*values: object) -> str:
    """All with spaces between; nil is left out."""
    return " ".join(show(each) for each in values if each is not None)


def indent(spaces: int, text: str) -> str:
    """Every line moved to the right."""
    return " " * spaces + text.replace("\n", f"\n{' ' * spaces}")


def nindent(spaces: int, text: str) -> str:
    """A line break, and every line moved to the right."""
    return f"\n{indent(spaces, text)}"


def replace(old: str, new: str, text: str) -> str:
    """Every occurrence replaced."""
    return text.replace(old, new)


def plural(one: str, many: str, count: int) -> str:
    """The word for one or for many."""
    return one if count == 1 else many


def _words(text: str) -> list[str]:
    parts = re.split(r"[\s_.-]+", text)
    return [word for part in parts for word in _HUMP.split(part) if word]


def snakecase(text: str) -> str:
    """FirstName as first_name."""
    return "_".join(_words(text)).lower()


def kebabcase(text: str) -> str:
    """FirstName as first-name."""
    return "-".join(_words(text)).lower()


def camelcase(text: str) -> str:
    """http_server as HttpServer."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[\s_.-]+", text))


def initials(text: str) -> str:
    """The first letter of each word."""
    return "".join(word[0] for word in text.split())


def wrap(width: int, text: str) -> str:
    """Lines of at most this width; longer words stay whole."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


def to_string(value: object) -> str:
    """Any value as text."""
    return show(value)


TEXT: Final[Mapping[str, Callable[..., object]]] = {
    "trim": lambda text: _text("trim", text).strip(),
    "trimAll": trim_all,
    "trimSuffix": trim_suffix,
    "trimPrefix": trim_prefix,
    "upper": lambda text: _text("upper", text).upper(),
    "lower": lambda text: _text("lower", text).lower(),
    "title": title,
    "untitle": untitle,
    "repeat": repeat,
    "substr": substr,
    "trunc": trunc,
    "abbrev": abbrev,
    "nospace": nospace,
    "contains": contains,
    "hasPrefix": has_prefix,
    "hasSuffix": has_suffix,
    "quote": quote,
    "squote": squote,
    "cat": cat,
    "indent": indent,
    "nindent": nindent,
    "replace": replace,
    "plural": plural,
    "snakecase": snakecase,
    "kebabcase": kebabcase,
    "camelcase": camelcase,
    "initials": initials,
    "wrap": wrap,
    "toString": to_string,
}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} takes text and gets {show(value)}")  # noqa: TRY004
    return value
