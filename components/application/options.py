"""What a release's config options come to: given values, then `value`, then `default`, which may be templates.

Owns the values, and everything that is wrong with what was given. Does not own where it was given (the stack's
configuration), nor secrets: given secrets and results of commands are late.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from components.application.checked import spelt
from components.application.description import Description, Group, Item, Result
from components.application.template.evaluator import value_of
from components.application.template.fault import TemplateError
from components.application.template.late import Late, Source, of
from components.application.template.lexer import LEFT
from components.application.texts import parse_bool
from components.manifest.document import Document
from components.manifest.place import Fault

COMMAND: Final = "command"
"""The kind of a late value that a command of `cmds` gives: its name and the place of the result."""
SECRET_OPTION: Final = "secretOption"  # noqa: S105 - the kind of a late value
"""The kind of a late value that the stack's secrets give: the option's name."""

_WHEN = re.compile(r"\s*([^!=\s]+)\s*(!?=)\s*(.*?)\s*")
_SHOWN_ONLY: Final = ("label", "heading")
_CHOICES: Final = ("select_one", "select_many", "select")
_TRUTH: Final = {"true": "1", "false": "0", "1": "1", "0": "0"}

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the stack gives: values and contents of files by name, and the names of those that are secret."""

    values: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, each once."""
        return tuple(dict.fromkeys((*self.values, *self.files, *sorted(self.secrets))))


@dataclass(frozen=True, kw_only=True)
class _Place:
    """An option, where it stands, what must hold for it to count, and the choice that it is one of."""

    item: Item
    path: Path
    whens: tuple[tuple[Path, str], ...]
    choice_of: Item | None = None


class Options:
    """The options of a release with what was given. `functions` are set before the first value is asked for."""

    functions: Mapping[str, Callable[..., object]]

    def __init__(self, description: Description, document: Document, given: Given) -> None:
        self.document = document
        self.given = given
        self.functions = {}
        self.commands = {command.name: command for command in description.cmds}
        self.places: dict[str, _Place] = {}
        self.twice: list[Fault] = []
        for place in _places(description.config):
            if place.item.name in self.places:
                sentence = f"the option {place.item.name} is there already"
                self.twice.append(self._fault(place.path, sentence))
            self.places.setdefault(place.item.name, place)
        self.asked: list[str] = []
        self.known: dict[str, str | Late] = {}

    def value(self, name: str) -> str | Late:
        """The value, else the default, else "". Raises ValueError."""
        if name not in self.known:
            self.known[name] = self._evaluated(self._place(name))
        return self.known[name]

    def data(self, name: str) -> str | Late:
        """The content of a file, "" if none was given. Raises ValueError."""
        item = self._place(name).item
        if name in self.given.files:
            return self.given.files[name]
        if name in self.given.secrets:
            return of(Source(kind=SECRET_OPTION, arguments=(name,)))
        return self._result(item.data_cmd) if item.data_cmd else ""

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with the options and with what was given for them."""
        yield from self.twice
        yield from self._unknown()
        for place in self.places.values():
            yield from self._of(place)

    def _place(self, name: str) -> _Place:
        found = self.places.get(name)
        if found is None:
            raise ValueError(f"the release has no option {name}{_near(name, self.places)}")
        return found

    def _evaluated(self, place: _Place) -> str | Late:
        item = place.item
        if item.name in self.asked:
            chain = " → ".join((*self.asked[self.asked.index(item.name) :], item.name))
            raise ValueError(f"the options ask for each other: {chain}")
        self.asked.append(item.name)
        try:
            found = self._first(place)
        finally:
            self.asked.pop()
        if item.type == "bool" and isinstance(found, str):
            return _TRUTH.get(found.lower(), found)
        return found

    def _first(self, place: _Place) -> str | Late:
        """Given, computed, written, default: the first that is there."""
        item = place.item
        if item.name in self.given.secrets and item.type != "file":
            return of(Source(kind=SECRET_OPTION, arguments=(item.name,)))
        if item.name in self.given.values:
            return self.given.values[item.name]
        for command, written, key in (
            (item.value_cmd, item.value, "value"),
            (item.default_cmd, item.default, "default"),
        ):
            if command is not None:
                return self._result(command)
            if written and (found := self._template(written, (*place.path, key))) != "":
                return found
        return ""

    def _result(self, result: Result) -> str | Late:
        if result.name not in self.commands:
            raise ValueError(f"cmds has no {result.name}{_near(result.name, self.commands)}")
        command = self.commands[result.name]
        if command.cmd == "echo":
            return command.args[0] if command.args else ""
        return of(Source(kind=COMMAND, arguments=(result.name, str(result.value_at))))

    def _template(self, text: str, path: Path) -> str | Late:
        if LEFT not in text:
            return text
        try:
            return value_of(text, self.functions, self.document.at(*path).line)
        except TemplateError as error:
            raise ValueError(f"{spelt(path)}: {error.text}") from None

    def _unknown(self) -> Iterator[Fault]:
        for name in self.given.names:
            place = self.places.get(name)
            if place is None:
                yield self._fault(
                    (),
                    f"release.config.{name}: the release has no such option{_near(name, self.places)}",
                )
            elif place.item.readonly:
                yield self._fault(place.path, f"the option {name} is read-only; leave it out")
            elif place.item.type in _SHOWN_ONLY:
                yield self._fault(
                    place.path, f"the option {name} is a {place.item.type} and has no value"
                )

    def _of(self, place: _Place) -> Iterator[Fault]:
        """What is wrong with one option."""
        item = place.item
        try:
            active = all(self.holds(when, path) for path, when in place.whens)
            value = self.value(item.name)
            data = self.data(item.name) if item.type == "file" else ""
        except ValueError as error:
            yield self._fault(place.path, f"the option {item.name}: {error}")
            return
        if not active or item.type in _SHOWN_ONLY:
            return
        if item.required and value == "" and data == "":
            named = f" ({item.title})" if item.title else ""
            sentence = f"the option {item.name}{named} is required and has no value; give release.config.{item.name}"
            yield self._fault(place.path, sentence)
        elif isinstance(value, str) and value:
            yield from self._wrong(place, value)

    def _wrong(self, place: _Place, value: str) -> Iterator[Fault]:
        item = place.item
        choices = [each.name for each in item.items]
        if item.type == "bool" and value not in _TRUTH.values():
            yield self._fault(place.path, f"the option {item.name} is neither 0 nor 1: '{value}'")
        if item.type in ("select_one", "select") and choices and value not in choices:
            sentence = f"the option {item.name}: '{value}' is not one of {', '.join(choices)}"
            yield self._fault(place.path, sentence)
        if item.type == "password" and item.name in self.given.values:
            sentence = f"the option {item.name} is a password and stands in clear; give it in the secret releaseSecrets"
            yield self._fault(place.path, sentence)
        if item.pattern is not None:
            yield from self._pattern(place, value)

    def _pattern(self, place: _Place, value: str) -> Iterator[Fault]:
        item = place.item
        assert item.pattern is not None  # noqa: S101 - asked before
        try:
            matches = re.search(item.pattern.pattern, value) is not None
        except re.error as error:
            yield self._fault(place.path, f"the pattern of the option {item.name}: {error}")
            return
        if not matches:
            why = item.pattern.message or f"it does not match {item.pattern.pattern}"
            yield self._fault(place.path, f"the option {item.name}: {why}")

    def holds(self, when: str, path: Path) -> bool:
        """Whether a condition holds: `name=value`, `name!=value`, or a template of true or false. Raises ValueError."""
        if not when.strip():
            return True
        if LEFT in when:
            found = self._template(when, path)
            if isinstance(found, Late):
                raise ValueError(
                    f"when asks for {found}, which is a secret or only known after deployment"
                )
            try:
                return parse_bool(found.strip())
            except ValueError:
                raise ValueError(
                    f"when comes to '{found}', which is neither true nor false"
                ) from None
        known = _WHEN.fullmatch(when)
        if known is None:
            raise ValueError(f"when is '{when}'; give option=value, option!=value or a template")
        name, operator, wanted = known.groups()
        if name not in self.places:
            raise ValueError(f"when asks for an unknown option {name}{_near(name, self.places)}")
        value = self.value(name)
        if isinstance(value, Late):
            raise ValueError(  # noqa: TRY004 - a vendor's fault, not a program's
                f"when asks for {name}, which is a secret or only known after deployment"
            )
        return (value == wanted) == (operator == "=")

    def _fault(self, path: Path, sentence: str) -> Fault:
        return Fault(place=self.document.at(*path), text=sentence)


def _places(groups: Collection[Group]) -> Iterator[_Place]:
    """All options, those inside of a choice behind it."""
    for at, group in enumerate(groups):
        path: Path = ("config", at)
        outer = (((*path, "when"), group.when),) if group.when else ()
        yield from _inside(group.items, path, outer, None)


def _inside(
    items: Collection[Item],
    path: Path,
    outer: tuple[tuple[Path, str], ...],
    choice_of: Item | None,
) -> Iterator[_Place]:
    for at, item in enumerate(items):
        here: Path = (*path, "items", at)
        whens = (*outer, *((((*here, "when"), item.when),) if item.when else ()))
        yield _Place(item=item, path=here, whens=whens, choice_of=choice_of)
        if item.type in _CHOICES:
            yield from _inside(item.items, here, whens, item)


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
