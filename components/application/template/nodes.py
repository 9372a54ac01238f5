"""What a template consists of once it is read.

Owns the shapes. Does not own reading (`parser.py`) nor what becomes of them (`evaluator.py`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Literal:
    """A constant: text, a number, a truth value or nil (None)."""

    value: object
    line: int


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function by its name."""

    name: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What a name stands for, and fields of it: `$name.a.b`; the name "" is the dot."""

    name: str
    fields: tuple[str, ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """A pipeline in parentheses, and fields of its value."""

    pipeline: "Pipeline"
    fields: tuple[str, ...]
    line: int


Operand = Literal | Function | Reference | Group


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """Commands of which each gets the value of the one before as its last argument.

    `variables` are set to the value; `declares` tells := from =.
    """

    commands: tuple[tuple[Operand, ...], ...]
    variables: tuple[str, ...]
    declares: bool
    line: int


@dataclass(frozen=True, kw_only=True)
class Text:
    """Plain text."""

    text: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Show:
    """An action whose value goes out; one that only sets a variable shows nothing."""

    pipeline: Pipeline
    line: int


@dataclass(frozen=True, kw_only=True)
class Branch:
    """`if` or `with`: the first body if the pipeline's value counts as true, else the second."""

    kind: str
    pipeline: Pipeline
    body: tuple["Node", ...]
    otherwise: tuple["Node", ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class Loop:
    """`range`: the body for each item, the second one if there is none."""

    pipeline: Pipeline
    body: tuple["Node", ...]
    otherwise: tuple["Node", ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class Jump:
    """`break` or `continue` of the nearest loop."""

    kind: str
    line: int


Node = Text | Show | Branch | Loop | Jump
