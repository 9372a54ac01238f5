"""YAML documents as plain values, the way kubectl reads a file, with the place of everything that is wrong.

Owns splitting a file into documents, keys, anchors, merges and tags. Does not own words without quotes (`scalars.py`)
nor what a Kubernetes object must hold (`candidate.py`). Keys that are given twice are refused, where kubectl
would take the last one without a word.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import yaml

from components.manifest import scalars
from components.manifest.place import Fault, Place
from components.manifest.scalars import BOOL, FLOAT, INT, MERGE, NULL, STR, TIMESTAMP

_MAP, _SEQ = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
# Deeper than any object, and shallow enough for a recursion.
_DEEPEST: Final = 100
_INDENT = re.compile(r"^[ \t?:-]+", re.MULTILINE)
# A few lines of anchors can stand for billions of values.
_MOST_VALUES: Final = 1_000_000
# Numbers travel to the engine as fractions of 64 bits, which hold every whole number up to this.
_EXACT: Final = 2**53


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document: what it holds (`value`, as JSON would), where it begins, and what is wrong inside it."""

    place: Place
    value: object
    faults: tuple[Fault, ...]
    root: yaml.Node | None = field(repr=False, default=None)
    first_line: int = 0

    def at(self, *path: str | int) -> Place:
        """The place of the value at `path`, or of what is nearest to it."""
        node, line = self.root, self.place.line
        for part in path:
            node = _child(node, part)
            if node is None:
                break
            line = self.first_line + node.start_mark.line
        return Place(file=self.place.file, document=self.place.document, line=line)


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """What stands between two lines that begin with `---`, as it was written.

    `head` is the first of these lines, "" at the beginning of a file; `first_line` is that of `text` in the file.
    """

    first_line: int
    head: str
    text: str

    @property
    def separator(self) -> str:
        """What stands behind the hyphens."""
        return self.head[3:].strip()


def documents(text: str, file: str) -> Iterator[Document]:
    """The documents of a file, in order; empty ones are passed over. Never raises: faults are in the documents."""
    number = 1
    # Whatever the file ends with, a line ends with a line break: the last word of a block of text rests on it.
    for chunk in chunks(f"{line}\n" for line in text.removesuffix("\n").split("\n")):
        found = document(chunk, number, file)
        if found is not None:
            number += 1
            yield found


def chunks(lines: Iterable[str]) -> Iterator[Chunk]:
    """The chunks of a file, one at a time; each line comes with its line break."""
    first, head = 1, ""
    held: list[str] = []
    for number, given in enumerate(lines, start=1):
        line = given.removeprefix("\ufeff") if number == 1 else given
        if line.startswith("---"):
            yield Chunk(first_line=first, head=head, text="".join(held))
            first, head, held = number + 1, line, []
        else:
            held.append(line)
    yield Chunk(first_line=first, head=head, text="".join(held))


def document(chunk: Chunk, number: int, file: str) -> Document | None:
    """The document in a chunk; None if it is empty. Never raises."""
    reader = _Reader(Place(file=file, document=number, line=chunk.first_line), chunk.first_line)
    return reader.read(chunk.text, chunk.separator)


class _Loader(yaml.CSafeLoader):
    """Gives each node its tag as it is composed, when it is still known whether a scalar was quoted."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: tuple[bool, bool]) -> str:
        if kind is yaml.ScalarNode:
            return _tag(value) if implicit[0] else STR
        return _MAP if kind is yaml.MappingNode else _SEQ


@lru_cache(maxsize=8192)
def _tag(text: object) -> str:
    """The tag of a word without quotes; most words of a file stand in it many times."""
    return scalars.resolve(str(text))[0]


class _TooMuchError(Exception):
    """The document stands for more values than anyone would write."""


class _Reader:
    """Reads one document; goes on after a fault, so that all of them are found."""

    def __init__(self, place: Place, first_line: int) -> None:
        self.place = place
        self.first_line = first_line
        self.faults: list[Fault] = []
        self.values = 0
        self.open: set[int] = set()

    def read(self, text: str, separator: str) -> Document | None:
        if separator and not separator.startswith("#"):
            # Kubernetes takes only a comment there; content on that line would be lost.
            self._fault(
                self.first_line - 1,
                f"'--- {separator}' is no separator; put a line break after ---",
            )
        root = self._compose(text)
        if root is None and not self.faults:
            return None
        value = None
        if root is not None:
            self.place = Place(
                file=self.place.file,
                document=self.place.document,
                line=self.first_line + root.start_mark.line,
            )
            try:
                value = self._value(root)
            except _TooMuchError:
                self._fault(
                    self.place.line, f"its anchors stand for more than {_MOST_VALUES} values"
                )
        if value is None and not self.faults:
            return None
        return Document(
            place=self.place,
            value=value,
            faults=tuple(self.faults),
            root=root,
            first_line=self.first_line,
        )

    def _compose(self, text: str) -> yaml.Node | None:
        if not text.strip():
            return None
        try:
            if (line := _too_deep(text)) is not None:
                self._fault(self.first_line + line, f"is nested deeper than {_DEEPEST} levels")
                return None
            node: yaml.Node | None = _Loader(text).get_single_node()
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line if error.problem_mark else 0
            self._fault(self.first_line + line, f"is no YAML: {error.problem or error.context}")
        except (yaml.YAMLError, UnicodeError) as error:
            self._fault(self.first_line, f"is no YAML: {_one_line(str(error))}")
        else:
            return node
        return None

    def _fault(self, line: int, text: str) -> None:
        place = Place(file=self.place.file, document=self.place.document, line=line)
        self.faults.append(Fault(place=place, text=text))

    def _wrong(self, node: yaml.Node, text: str) -> None:
        self._fault(self.first_line + node.start_mark.line, text)

    def _value(self, node: yaml.Node) -> object:
        self.values += 1
        if self.values > _MOST_VALUES:
            raise _TooMuchError
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self.open:
            self._wrong(node, "the anchor contains itself")
            return None
        if len(self.open) >= _DEEPEST:
            self._wrong(node, f"its anchors nest deeper than {_DEEPEST} levels")
            return None
        if node.tag not in (_MAP, _SEQ):
            self._wrong(
                node, f"the tag {_short(node.tag)} means nothing to Kubernetes; take it out"
            )
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node)
            return [self._value(item) for item in node.value]
        finally:
            self.open.discard(id(node))

    def _scalar(self, node: yaml.ScalarNode) -> scalars.Scalar:
        if node.tag == STR or node.tag in (TIMESTAMP, "!"):
            return str(node.value)
        if node.tag not in (INT, FLOAT, BOOL, NULL, MERGE):
            self._wrong(
                node, f"the tag {_short(node.tag)} means nothing to Kubernetes; take it out"
            )
            return None
        tag, value = scalars.resolve(node.value)
        if tag != node.tag and (tag, node.tag) != (INT, FLOAT):
            self._wrong(node, f"'{node.value}' is no {_short(node.tag)}")
            return None
        if isinstance(value, float) and not math.isfinite(value):
            self._wrong(node, f"{node.value} cannot be sent as JSON; put it in quotes")
            return None
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
            self._wrong(node, f"{node.value} is too large to be kept exactly; put it in quotes")
            return None
        return value

    def _mapping(self, node: yaml.MappingNode) -> dict[str, object]:
        result: dict[str, object] = {}
        own: set[str] = set()
        for key_node, value_node in node.value:
            if key_node.tag == MERGE:
                for key, value in self._merged(value_node).items():
                    if key in own:
                        self._wrong(key_node, f"'{key}' is given before << and by it; put << first")
                    else:
                        result[key] = value
                continue
            found = self._key(key_node)
            value = self._value(value_node)
            if found is None:
                continue
            if found in own:
                self._wrong(key_node, f"the key '{found}' is given twice")
            own.add(found)
            result[found] = value
        return result

    def _key(self, node: yaml.Node) -> str | None:
        """Kubernetes has text for keys: `8080` and `on` become "8080" and "true", as kubectl makes them."""
        if not isinstance(node, yaml.ScalarNode):
            self._wrong(node, "a list or a group of keys cannot be a key")
            return None
        if node.tag in (FLOAT, NULL):
            self._wrong(node, f"'{node.value}' cannot be a key as it is; put it in quotes")
            return None
        value = self._scalar(node)
        if isinstance(value, bool):
            return str(value).lower()
        return None if value is None else str(value)

    def _merged(self, node: yaml.Node) -> dict[str, object]:
        """What << brings in: a mapping, or several of which the earlier ones win."""
        if isinstance(node, yaml.MappingNode):
            return self._mapping_of(node)
        if isinstance(node, yaml.SequenceNode):
            result: dict[str, object] = {}
            for item in reversed(node.value):
                if isinstance(item, yaml.MappingNode):
                    result |= self._mapping_of(item)
                else:
                    self._wrong(item, "<< takes a group of keys, or a list of them")
            return result
        self._wrong(node, "<< takes a group of keys, or a list of them")
        return {}

    def _mapping_of(self, node: yaml.MappingNode) -> dict[str, object]:
        value = self._value(node)
        return value if isinstance(value, dict) else {}


def _too_deep(text: str) -> int | None:
    """The line at which a text nests deeper than is allowed: composing recurses, and would end the process."""
    # A column before the first word of a line, or a bracket, is at most two levels: a list and a group in it. Most
    # texts have so few of both that nobody needs to count.
    columns = max((len(found) for found in _INDENT.findall(text)), default=0)
    if 2 * (columns + 1 + text.count("[") + text.count("{")) < _DEEPEST:
        return None
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            depth += 1
            if depth > _DEEPEST:
                return event.start_mark.line if event.start_mark else 0
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            depth -= 1
    return None


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if str(key.value) == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: yaml.Node = node.value[part]
        return found
    return None


def _short(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _one_line(text: str) -> str:
    return " ".join(text.split())
