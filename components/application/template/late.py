"""Values that nobody knows before something is deployed, or that are secret: what stands for them while text is made.

Owns the stand-ins: an opaque word in the text, found again in what the text became. What functions do to such a value
they do later. Does not own where the values come from: the application's component does.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, kw_only=True, order=True)
class Source:
    """Where a value comes from: `ServiceAddress` with ("web", "80"), or `command` with ("key", "0")."""

    kind: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.kind, *self.arguments))


Known = Mapping[Source, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Late:
    """A value that follows from `sources` once they are known. `compute` is pure; `text` shows it to a person."""

    sources: tuple[Source, ...]
    compute: Callable[[Known], object] = field(repr=False)
    text: str = ""

    @property
    def shown(self) -> str:
        """The value for a person: the text around it, and the names of what is not known."""
        return self.text or f"<{self}>"

    def __str__(self) -> str:
        return ", ".join(map(str, self.sources))


def of(source: Source) -> Late:
    """The value of one source as it is."""
    return Late(sources=(source,), compute=lambda known: known[source])


def is_late(value: object) -> bool:
    """Whether a value, or something in a list or a map, is late."""
    if isinstance(value, Late):
        return True
    if isinstance(value, Mapping):
        return any(map(is_late, value.values()))
    return isinstance(value, list | tuple) and any(map(is_late, value))


def later(function: Callable[..., object], arguments: Sequence[object]) -> Late:
    """What a function makes of its arguments, once those that are late are known."""
    sources = tuple(dict.fromkeys(source for each in arguments for source in sources_of(each)))
    return Late(
        sources=sources,
        compute=lambda known: function(*(settle(each, known) for each in arguments)),
    )


def sources_of(value: object) -> Iterator[Source]:
    """The sources of a value and of all that it holds."""
    if isinstance(value, Late):
        yield from value.sources
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from sources_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from sources_of(inner)


def settle(value: object, known: Known) -> object:
    """A value with all that was late in it."""
    if isinstance(value, Late):
        return value.compute(known)
    if isinstance(value, Mapping):
        return {key: settle(inner, known) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [settle(inner, known) for inner in value]
    return value


_END: Final = "z"


@dataclass(frozen=True, kw_only=True)
class StandIns:
    """The words that stand for late values in one file; `show` makes text of a value that became known.

    A word is plain text to YAML, has no meaning to any function of it, and is in no file by chance.
    """

    prefix: str
    show: Callable[[object], str]
    values: list[Late] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """For each value the line that asks for it."""

    @staticmethod
    def of(text: str, show: Callable[[object], str]) -> "StandIns":
        """Stand-ins for a file: their prefix follows from its text."""
        return StandIns(prefix=f"late{hashlib.sha256(text.encode()).hexdigest()[:16]}x", show=show)

    def stand_in(self, value: Late, line: int) -> str:
        """A word for a value that a line asks for."""
        self.values.append(value)
        self.lines.append(line)
        return self.word(len(self.values) - 1)

    def word(self, number: int) -> str:
        """The word of a value by its number."""
        return f"{self.prefix}{number}{_END}"

    def found(self, text: str) -> tuple[Late, ...]:
        """The values that stand in a text."""
        return tuple(self.values[int(each)] for each in self._pattern().findall(text))

    def filled(self, text: str, known: Known) -> str:
        """The text with every word replaced."""
        return self._pattern().sub(
            lambda each: self.show(self.values[int(each[1])].compute(known)), text
        )

    def named(self, text: str) -> str:
        """The text for a person: each word as the name of what it stands for."""
        return self._pattern().sub(lambda each: self.values[int(each[1])].shown, text)

    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"{self.prefix}([0-9]+){_END}")
