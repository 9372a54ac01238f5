"""A template's tokens as nodes, by the grammar of Go's text/template.

Owns the grammar. Templates inside of templates (`define`, `template`, `block`) are refused: a release's documents are
rendered one by one, so none could call another's.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NoReturn

from components.application.template.fault import TemplateError
from components.application.template.lexer import Action, Plain, Token, pieces, unquote
from components.application.template.nodes import (
    Branch,
    Function,
    Group,
    Jump,
    Literal,
    Loop,
    Node,
    Operand,
    Pipeline,
    Reference,
    Show,
    Text,
)

_OPENS: Final = ("if", "with", "range")
_ENDS: Final = ("else", "end")
_REFUSED: Final = ("define", "template", "block")
_CONSTANTS: Final[dict[str, object]] = {"true": True, "false": False, "nil": None}
_STRINGS: Final = ("string", "raw", "curly")
_LITERALS: Final = (*_STRINGS, "char", "number")
_WHOLE = re.compile(r"[+-]?(?:0[xXbBoO])?[0-9a-fA-F_]+")
# Deeper than any release, and shallow enough for a recursion.
_DEEPEST: Final = 100


def parse(text: str, first_line: int = 1) -> tuple[Node, ...]:
    """The nodes of a template; lines count from `first_line`. Raises TemplateError with the first fault."""
    return _Parser(text, first_line).template()


class _Parser:
    def __init__(self, text: str, first_line: int) -> None:
        self.pieces: Iterator[Plain | Action] = pieces(text, first_line)
        self.depth = 0
        self.loops = 0

    def template(self) -> tuple[Node, ...]:
        nodes, closing = self.body()
        if closing is not None:
            raise TemplateError(closing.line, f"{closing.tokens[0].text} without if, with or range")
        return nodes

    def body(self) -> tuple[tuple[Node, ...], Action | None]:
        """Nodes up to `else` or `end`, and that action; None at the end of the text."""
        nodes: list[Node] = []
        for piece in self.pieces:
            if isinstance(piece, Plain):
                nodes.append(Text(text=piece.text, line=piece.line))
            elif (word := _keyword(piece)) in _ENDS:
                return tuple(nodes), piece
            elif word in _OPENS:
                nodes.append(self.opened(piece, word))
            elif word in _REFUSED:
                raise TemplateError(
                    piece.line, f"{word} has no place in a release; write the text where it is used"
                )
            elif word in ("break", "continue"):
                nodes.append(self.jump(piece, word))
            else:
                nodes.append(Show(pipeline=_pipeline(piece.tokens, piece.line), line=piece.line))
        return tuple(nodes), None

    def jump(self, action: Action, word: str) -> Jump:
        if not self.loops:
            raise TemplateError(action.line, f"{word} stands outside of range")
        if len(action.tokens) > 1:
            _unexpected(action.tokens[1])
        return Jump(kind=word, line=action.line)

    def opened(self, action: Action, word: str) -> Node:
        """What begins with `if`, `with` or `range`, to its end."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise TemplateError(action.line, f"{word} is nested deeper than {_DEEPEST} levels")
        pipeline = _pipeline(action.tokens[1:], action.line, loop=word == "range")
        self.loops += word == "range"
        body, closing = self.body()
        self.loops -= word == "range"
        otherwise = self.otherwise(action, word, closing)
        self.depth -= 1
        if word == "range":
            return Loop(pipeline=pipeline, body=body, otherwise=otherwise, line=action.line)
        return Branch(
            kind=word, pipeline=pipeline, body=body, otherwise=otherwise, line=action.line
        )

    def otherwise(self, action: Action, word: str, closing: Action | None) -> tuple[Node, ...]:
        """What stands behind `else`; nothing if there is none."""
        if closing is None:
            raise TemplateError(action.line, f"{word} has no end")
        if closing.tokens[0].text == "end":
            _nothing_behind(closing)
            return ()
        rest = closing.tokens[1:]
        if rest and rest[0].text in ("if", "with") and word != "range":
            # `else if` shares the one end.
            return (self.opened(Action(tokens=rest, line=closing.line), rest[0].text),)
        _nothing_behind(closing)
        nodes, end = self.body()
        if end is None:
            raise TemplateError(action.line, f"{word} has no end")
        if end.tokens[0].text != "end":
            raise TemplateError(end.line, f"a second else for the {word} of line {action.line}")
        _nothing_behind(end)
        return nodes


def _keyword(action: Action) -> str:
    first = action.tokens[0]
    return first.text if first.kind == "word" else ""


def _nothing_behind(action: Action) -> None:
    if len(action.tokens) > 1:
        _unexpected(action.tokens[1])


def _unexpected(token: Token) -> NoReturn:
    raise TemplateError(token.line, f"{token.text} is not expected here")


def _pipeline(tokens: Sequence[Token], line: int, *, loop: bool = False) -> Pipeline:
    reader = _Tokens(tokens, line)
    found = reader.pipeline(loop=loop)
    if (left := reader.next()) is not None:
        _unexpected(left)
    return found


class _Tokens:
    """Reads one action."""

    def __init__(self, tokens: Sequence[Token], line: int) -> None:
        self.tokens = tokens
        self.line = line
        self.at = 0
        self.depth = 0

    def peek(self, ahead: int = 0) -> Token | None:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def next(self) -> Token | None:
        token = self.peek()
        self.at += token is not None
        return token

    def kind(self, ahead: int = 0) -> str:
        token = self.peek(ahead)
        return token.kind if token else ""

    def pipeline(self, *, loop: bool = False) -> Pipeline:
        variables, declares = self.variables(loop=loop)
        commands = [self.command()]
        while self.kind() == "pipe":
            self.next()
            command = self.command()
            if not isinstance(command[0], Function):
                sentence = "only a function can stand behind |"
                raise TemplateError(command[0].line, sentence)
            commands.append(command)
        return Pipeline(
            commands=tuple(commands), variables=variables, declares=declares, line=self.line
        )

    def variables(self, *, loop: bool) -> tuple[tuple[str, ...], bool]:
        """The variables that a pipeline sets: one, or two in `range`."""
        if self.kind() != "variable":
            return (), False
        names = [self.tokens[self.at].text]
        ahead = 1
        if loop and self.kind(1) == "comma" and self.kind(2) == "variable":
            names.append(self.tokens[self.at + 2].text)
            ahead = 3
        if self.kind(ahead) not in ("declare", "set"):
            return (), False
        declares = self.kind(ahead) == "declare"
        self.at += ahead + 1
        return tuple(names), declares

    def command(self) -> tuple[Operand, ...]:
        operands: list[Operand] = []
        while self.kind() not in ("", "pipe", "close"):
            token = self.peek()
            if operands and token is not None and not token.spaced and token.kind != "open":
                _unexpected(token)
            operands.append(self.operand())
        if not operands:
            raise TemplateError(self.line, "a value or a function is missing in the action")
        first = operands[0]
        if isinstance(first, Literal) and first.value is None:
            raise TemplateError(first.line, "nil by itself has no value")
        if len(operands) > 1 and not isinstance(first, Function):
            raise TemplateError(
                first.line,
                "only a function takes arguments; it stands first, as in `or (a) (b)` or `eq a b`",
            )
        return tuple(operands)

    def operand(self) -> Operand:
        token = self.next()
        if token is None:
            raise TemplateError(self.line, "a value is missing in the action")
        if token.kind in _LITERALS or token.text in _CONSTANTS:
            return Literal(value=_literal(token), line=token.line)
        match token.kind:
            case "word":
                return Function(name=token.text, line=token.line)
            case "variable" | "dot":
                name = token.text.removeprefix(".")
                return Reference(name=name, fields=self.fields(), line=token.line)
            case "field":
                fields = (token.text[1:], *self.fields())
                return Reference(name="", fields=fields, line=token.line)
            case "open":
                return self.group(token)
        _unexpected(token)

    def group(self, opening: Token) -> Group:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise TemplateError(opening.line, f"parentheses nest deeper than {_DEEPEST} levels")
        found = self.pipeline()
        if self.kind() != "close":
            raise TemplateError(opening.line, "a parenthesis is not closed")
        self.next()
        self.depth -= 1
        return Group(pipeline=found, fields=self.fields(), line=opening.line)

    def fields(self) -> tuple[str, ...]:
        """Fields that follow without a space."""
        names: list[str] = []
        while (token := self.peek()) is not None and token.kind == "field" and not token.spaced:
            names.append(token.text[1:])
            self.at += 1
        return tuple(names)


def _literal(token: Token) -> object:
    if token.kind in _STRINGS:
        return unquote(token)
    if token.kind == "word":
        return _CONSTANTS[token.text]
    return _character(token) if token.kind == "char" else _number(token)


def _number(token: Token) -> int | float:
    text = token.text.replace("_", "")
    try:
        if _WHOLE.fullmatch(text) and not (set(text) & set("eE") and "x" not in text.lower()):
            digits = text.lstrip("+-")
            # Go reads 0755 as octal, which Python does not.
            octal = len(digits) > 1 and digits[0] == "0" and digits.isdigit()
            return int(text, 8 if octal else 0)
        return float(text)
    except ValueError:
        raise TemplateError(token.line, f"{token.text} is no number") from None


def _character(token: Token) -> int:
    text = unquote(token)
    if len(text) != 1:
        raise TemplateError(token.line, f"{token.text} is no text; text stands in double quotes")
    return ord(text)
