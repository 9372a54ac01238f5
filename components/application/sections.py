"""The documents of a release file, by the comment at the head of each.

Owns the way from `# kind: x` to a kind. Documents that hold nothing but comments and blank lines are passed over. Does
not own what is in a document.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from components.manifest.place import Fault, Place

REPLICATED: Final = "replicated"
OBJECT: Final = "scheduler-kubernetes"
PREFLIGHT: Final = "preflight-kubernetes"
SUPPORT_BUNDLE: Final = "support-bundle"
KINDS: Final = (REPLICATED, OBJECT, PREFLIGHT, SUPPORT_BUNDLE)

_HEADER = re.compile(r"#\s*kind\s*:\s*(\S+)\s*")


@dataclass(frozen=True, kw_only=True)
class Section:
    """One document: its kind, its number among all that hold something, its first line in the file, and its text."""

    kind: str
    place: Place
    text: str


def sections(text: str, file: str) -> tuple[tuple[Section, ...], tuple[Fault, ...]]:
    """The documents of a release in order, and what is wrong with their headers."""
    found: list[Section] = []
    faults: list[Fault] = []
    for number, (line, chunk) in enumerate(_chunks(text.removeprefix("\ufeff")), start=1):
        place = Place(file=file, document=number, line=line)
        kind, fault = _kind(chunk, place)
        if fault is not None:
            faults.append(fault)
        if kind is not None:
            found.append(Section(kind=kind, place=place, text=chunk))
    described = [section for section in found if section.kind == REPLICATED]
    if len(described) != 1 and not faults:
        place = described[1].place if described else Place(file=file, document=1, line=1)
        sentence = f"there are {len(described)} documents `# kind: {REPLICATED}`; a release has exactly one"
        faults.append(Fault(place=place, text=sentence))
    return tuple(found), tuple(faults)


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """The texts between lines that begin with `---`, with their first lines; empty ones are left out."""
    first = 1
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), "---"], start=1):
        if not line.startswith("---"):
            lines.append(f"{line}\n")
            continue
        if any(each.strip() and not each.lstrip().startswith("#") for each in lines):
            yield first, "".join(lines)
        rest = line[3:].strip()
        # A comment may stand behind the hyphens; it can be the header.
        first, lines = (number, [f"{rest}\n"]) if rest else (number + 1, [])


def _kind(chunk: str, place: Place) -> tuple[str | None, Fault | None]:
    for line in chunk.split("\n"):
        if line.strip() and not line.lstrip().startswith("#"):
            break
        if found := _HEADER.fullmatch(line.strip()):
            kind = found[1]
            if kind in KINDS:
                return kind, None
            near = get_close_matches(kind, KINDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(KINDS)}"
            return None, Fault(place=place, text=f"`# kind: {kind}` is no kind here; {hint}")
    sentence = f"says not what it is; begin it with a comment such as `# kind: {OBJECT}`"
    return None, Fault(place=place, text=sentence)
