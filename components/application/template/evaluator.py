"""From a template to its text, and from each line of that back to the line it came from.

Owns scopes, branches, loops and calls. A late value in a branch or a loop is refused: what objects there are must be
known at preview. Does not own the functions: they are handed in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from components.application.template.builtins import BUILTINS
from components.application.template.call import call
from components.application.template.fault import TemplateError
from components.application.template.late import Late, StandIns, is_late, sources_of
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
from components.application.template.parser import parse
from components.application.template.values import is_true, kind, shown

Functions = Mapping[str, Callable[..., object]]

_LAZY: Final = ("and", "or")
# A loop over a number can write more than any release holds.
_MOST_CHARACTERS: Final = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The text, and for each of its lines the line of the template that its first character came from."""

    text: str
    lines: tuple[int, ...]


def render(text: str, functions: Functions, stand_ins: StandIns, first_line: int = 1) -> Rendered:
    """The text that a template makes; its lines count from `first_line`. Raises TemplateError with its first fault."""
    evaluator = _Evaluator(functions, stand_ins, first_line)
    evaluator.run(parse(text, first_line), _Scope())
    return evaluator.out.rendered()


def value_of(text: str, functions: Functions, line: int = 1) -> str | Late:
    """A template as one value: late if a late value is in it, else its text. Raises TemplateError."""
    stand_ins = StandIns.of(text, shown)
    made = render(text, functions, stand_ins, line).text
    found = stand_ins.found(made)
    if not found:
        return made
    if made == stand_ins.word(0):
        return found[0]
    sources = tuple(dict.fromkeys(source for each in found for source in each.sources))
    return Late(
        sources=sources,
        compute=lambda known: stand_ins.filled(made, known),
        text=stand_ins.named(made),
    )


class _JumpError(Exception):
    """`break` or `continue` on its way to the loop."""


@dataclass(kw_only=True)
class _Out:
    """The text so far, and where its lines came from."""

    parts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    fresh: bool = True
    last: int = 1
    size: int = 0

    def add(self, text: str, line: int, *, follows: bool) -> None:
        """Adds text from a line; `follows`: it spans lines of the template, and is not one value."""
        self.size += len(text)
        if self.size > _MOST_CHARACTERS:
            raise TemplateError(line, f"writes more than {_MOST_CHARACTERS} characters")
        self.parts.append(text)
        for offset, part in enumerate(text.split("\n")):
            if offset:
                self.fresh = True
            if part and self.fresh:
                self.lines.append(line + offset * follows)
                self.fresh = False
            elif self.fresh and offset < text.count("\n"):
                self.lines.append(line + offset * follows)
            self.last = line + offset * follows

    def rendered(self) -> Rendered:
        if self.fresh:
            self.lines.append(self.last)
        return Rendered(text="".join(self.parts), lines=tuple(self.lines))


class _Scope:
    """The variables that can be seen, and the dot."""

    def __init__(self, outer: "_Scope | None" = None, dot: object = None) -> None:
        self.outer = outer
        self.dot = dot
        self.variables: dict[str, object] = {} if outer else {"$": dot}

    def holder(self, name: str) -> dict[str, object] | None:
        if name in self.variables:
            return self.variables
        return self.outer.holder(name) if self.outer else None


class _Evaluator:
    def __init__(self, functions: Functions, stand_ins: StandIns, first_line: int) -> None:
        self.functions = {**BUILTINS, **functions}
        self.stand_ins = stand_ins
        self.out = _Out(last=first_line)

    def run(self, nodes: Sequence[Node], scope: _Scope) -> None:
        for node in nodes:
            match node:
                case Text():
                    self.out.add(node.text, node.line, follows=True)
                case Show():
                    self.show(node, scope)
                case Branch():
                    self.branch(node, _Scope(scope, scope.dot))
                case Loop():
                    self.loop(node, scope)
                case Jump():
                    raise _JumpError(node.kind)

    def show(self, node: Show, scope: _Scope) -> None:
        value = self.pipeline(node.pipeline, scope)
        if node.pipeline.variables:
            return
        if not isinstance(value, Late) and is_late(value):
            raise TemplateError(node.line, "a list that holds a late value cannot be written out")
        text = (
            self.stand_ins.stand_in(value, node.line) if isinstance(value, Late) else shown(value)
        )
        self.out.add(text, node.line, follows=False)

    def branch(self, node: Branch, scope: _Scope) -> None:
        value = self.pipeline(node.pipeline, scope)
        _refuse_late(value, node.kind, node.line)
        if node.kind == "with" and is_true(value):
            scope.dot = value
        self.run(node.body if is_true(value) else node.otherwise, scope)

    def loop(self, node: Loop, scope: _Scope) -> None:
        value = self.pipeline(node.pipeline, _Scope(scope, scope.dot), keeps=False)
        if isinstance(value, Late):
            _refuse_late(value, "range", node.line)
        items = _items(value, node.line)
        for key, item in items:
            inner = _Scope(scope, item)
            names = node.pipeline.variables
            for name, given in zip(names, (key, item) if len(names) > 1 else (item,), strict=False):
                self.assign(inner, name, given, declares=node.pipeline.declares, line=node.line)
            try:
                self.run(node.body, inner)
            except _JumpError as jump:
                if jump.args[0] == "break":
                    break
        if not items:
            self.run(node.otherwise, _Scope(scope, scope.dot))

    def pipeline(self, pipeline: Pipeline, scope: _Scope, *, keeps: bool = True) -> object:
        """The pipeline's value; `keeps` sets its variables."""
        value: tuple[object, ...] = ()
        for command in pipeline.commands:
            value = (self.command(command, scope, value),)
        if keeps and pipeline.variables:
            self.assign(
                scope,
                pipeline.variables[0],
                value[0],
                declares=pipeline.declares,
                line=pipeline.line,
            )
        return value[0]

    def assign(self, scope: _Scope, name: str, value: object, *, declares: bool, line: int) -> None:
        holder = scope.variables if declares else scope.holder(name)
        if holder is None:
            raise TemplateError(line, f"{name} is not declared; set it with := first")
        holder[name] = value

    def command(
        self, operands: Sequence[Operand], scope: _Scope, piped: tuple[object, ...]
    ) -> object:
        first = operands[0]
        if not isinstance(first, Function):
            return self.operand(first, scope)
        if first.name in _LAZY:
            return self.lazy(first, operands[1:], scope, piped)
        arguments = [self.operand(each, scope) for each in operands[1:]]
        return self.call(first, [*arguments, *piped])

    def lazy(
        self,
        function: Function,
        operands: Sequence[Operand],
        scope: _Scope,
        piped: tuple[object, ...],
    ) -> object:
        """`and` ends at the first argument that is false, `or` at the first that is true."""
        if not operands and not piped:
            raise TemplateError(function.line, f"{function.name} takes 1 argument or more")
        value: object = None
        for operand in operands:
            value = self.operand(operand, scope)
            _refuse_late(value, function.name, function.line)
            if is_true(value) == (function.name == "or"):
                return value
        return piped[0] if piped else value

    def call(self, function: Function, arguments: Sequence[object]) -> object:
        found = self.functions.get(function.name)
        if found is None:
            near = get_close_matches(function.name, self.functions, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise TemplateError(function.line, f"there is no function {function.name}{hint}")
        try:
            return call(function.name, found, arguments)
        except ValueError as error:
            raise TemplateError(function.line, str(error)) from None
        except (TypeError, KeyError, IndexError, OverflowError, ZeroDivisionError) as error:
            raise TemplateError(
                function.line, f"{function.name} cannot do this with its arguments: {error}"
            ) from None

    def operand(self, operand: Operand, scope: _Scope) -> object:
        match operand:
            case Literal():
                return operand.value
            case Function() if operand.name in _LAZY:
                raise TemplateError(operand.line, f"{operand.name} takes 1 argument or more")
            case Function():
                return self.call(operand, ())
            case Group():
                value = self.pipeline(operand.pipeline, scope)
                return _fields(value, operand.fields, operand.line)
            case Reference():
                value = scope.dot
                if operand.name:
                    holder = scope.holder(operand.name)
                    if holder is None:
                        raise TemplateError(operand.line, f"{operand.name} is not declared")
                    value = holder[operand.name]
                return _fields(value, operand.fields, operand.line)


def _fields(value: object, names: Sequence[str], line: int) -> object:
    for name in names:
        if not isinstance(value, Mapping):
            raise TemplateError(
                line,
                f".{name} is asked of a {kind(value)}; a release has no values of this kind, and its settings come "
                f'from ConfigOption "{name}"',
            )
        value = value.get(name)
    return value


def _items(value: object, line: int) -> list[tuple[object, object]]:
    """Keys and items of what a loop goes over."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [(key, value[key]) for key in sorted(value)]
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return [(each, each) for each in range(min(value, _MOST_CHARACTERS))]
    raise TemplateError(
        line, f"range goes over lists, maps and whole numbers, and gets a {kind(value)}"
    )


def _refuse_late(value: object, word: str, line: int) -> None:
    if is_late(value):
        names = ", ".join(dict.fromkeys(map(str, sources_of(value))))
        raise TemplateError(
            line,
            f"{word} asks for {names}, which is a secret or only known after deployment; such a value can only be "
            "written out",
        )
