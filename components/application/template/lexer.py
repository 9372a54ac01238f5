"""A template's text as pieces: plain text, and actions between `{{repl` and `}}` as tokens.

Owns delimiters, trim markers, comments, strings and numbers, as Go's text/template has them. Beyond Go it takes
typographic quotes around a string, which word processors put into releases. Does not own what tokens mean together
(`parser.py`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from components.application.template.fault import TemplateError

LEFT: Final = "{{repl"
RIGHT: Final = "}}"

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<curly>[\u201c\u201d\u201e](?P<inner>[^\u201c\u201d\u201e\n]*)[\u201c\u201d])
    |(?P<raw>`[^`]*`)
    |(?P<char>'(?:[^'\\\n]|\\.)+')
    |(?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))
    |(?P<variable>\$\w*)
    |(?P<field>\.[^\W\d]\w*)
    |(?P<dot>\.)
    |(?P<word>[^\W\d]\w*)
    |(?P<declare>:=)
    |(?P<set>=)
    |(?P<comma>,)
    |(?P<open>\()
    |(?P<close>\))
    |(?P<pipe>\|)
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:(?P<octal>[0-7]{3})|x(?P<byte>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|(?P<plain>.))"
)
_PLAIN: Final = {
    **dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True)),
    **{each: each for each in "\\\"'"},
}
_COMMENT = re.compile(r"\s*/\*.*?\*/\s*?", re.DOTALL)
_SPACE: Final = " \t\r\n"


@dataclass(frozen=True, kw_only=True)
class Token:
    """One word of an action. `spaced`: white space stood before it, which tells `a.b` from `a .b`."""

    kind: str
    text: str
    line: int
    spaced: bool


@dataclass(frozen=True, kw_only=True)
class Plain:
    """Text that goes out as it stands."""

    text: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Action:
    """The tokens between the delimiters."""

    tokens: tuple[Token, ...]
    line: int


def pieces(text: str, first_line: int = 1) -> Iterator[Plain | Action]:
    """The pieces of a template in order; comments are left out. Raises TemplateError.

    `first_line` is the line of the file that the template begins at: all lines are the file's.
    """
    yield from _Pieces(text, first_line).all()


class _Pieces:
    def __init__(self, text: str, first_line: int) -> None:
        self.text = text
        self.first_line = first_line

    def all(self) -> Iterator[Plain | Action]:
        text, position, trim = self.text, 0, False
        while True:
            start = text.find(LEFT, position)
            end = len(text) if start < 0 else start
            inside = start + len(LEFT)
            trims_before = start >= 0 and _marks(text[inside : inside + 2])
            plain = self.plain(position, end, before=trims_before, after=trim)
            if plain.text:
                yield plain
            if start < 0:
                return
            action, position, trim = self.action(start, inside + trims_before)
            if action.tokens:
                yield action

    def plain(self, start: int, end: int, *, before: bool, after: bool) -> Plain:
        found = self.text[start:end]
        if after:
            kept = found.lstrip(_SPACE)
            start += len(found) - len(kept)
            found = kept
        return Plain(text=found.rstrip(_SPACE) if before else found, line=self.line(start))

    def action(self, start: int, position: int) -> tuple[Action, int, bool]:
        """The action that begins at `start`, where the text goes on, and whether white space there is trimmed."""
        text = self.text
        line = self.line(start)
        if comment := _COMMENT.match(text, position):
            position = comment.end()
        tokens: list[Token] = []
        spaced = False
        while True:
            if position >= len(text):
                raise TemplateError(line, f"the action that begins here has no {RIGHT}")
            if text.startswith(RIGHT, position):
                return Action(tokens=tuple(tokens), line=line), position + len(RIGHT), False
            if text[position] == "-" and text.startswith(RIGHT, position + 1) and spaced:
                return Action(tokens=tuple(tokens), line=line), position + 1 + len(RIGHT), True
            found = _TOKEN.match(text, position)
            if found is None:
                raise TemplateError(self.line(position), _unexpected(text[position]))
            kind = found.lastgroup if found.lastgroup != "inner" else "curly"
            if kind != "space":
                here = self.line(position)
                tokens.append(Token(kind=str(kind), text=found[0], line=here, spaced=spaced))
            spaced = kind == "space"
            position = found.end()

    def line(self, position: int) -> int:
        return self.first_line + self.text.count("\n", 0, position)


def unquote(token: Token) -> str:
    """The text that a string stands for. Raises TemplateError for an escape that Go does not have."""
    match token.kind:
        case "raw":
            return token.text[1:-1].replace("\r", "")
        case "curly":
            return token.text[1:-1]
        case _:
            return _ESCAPE.sub(lambda found: _escaped(found, token.line), token.text[1:-1])


def _marks(text: str) -> bool:
    """Whether a delimiter is followed by a trim marker: a hyphen and then white space."""
    return len(text) > 1 and text[0] == "-" and text[1] in _SPACE


def _unexpected(character: str) -> str:
    if character == "\\":
        return (
            "a backslash stands in an action; templates are rendered before YAML is read, so quotes inside of one are "
            "written without it"
        )
    if character in "\"'`\u201c\u201d\u201e":
        return "a string has no end on its line"
    return f"{character!r} has no meaning in an action"


def _escaped(found: re.Match[str], line: int) -> str:
    if code := found["octal"]:
        return chr(int(code, 8))
    if code := found["byte"] or found["short"] or found["long"]:
        return chr(int(code, 16))
    plain = found["plain"]
    if plain not in _PLAIN:
        raise TemplateError(line, f"\\{plain} is no escape in a string; write \\\\ for a backslash")
    return _PLAIN[plain]
