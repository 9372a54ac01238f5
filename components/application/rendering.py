"""From a release's documents to one text of objects, and from each line of that back to the release.

Owns rendering the object documents, the way back of a fault, and the rendered text shown around it. Does not own
templates (`template`), nor reading objects (components/manifest).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from components.application.functions import Functions
from components.application.sections import Section
from components.application.template.evaluator import render
from components.application.template.fault import TemplateError
from components.application.template.late import StandIns
from components.application.template.values import shown
from components.manifest.place import Fault, Place

_AROUND: Final = 2
_UNPARSABLE: Final = "is no YAML"
FILE: Final = "rendered text"
"""What the text is called while it is read; a fault that names another place in it is put right by that."""
_PLACE = re.compile(rf"{FILE}, document [0-9]+, line ([0-9]+)")


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """The objects' documents as one text; `places` are those of its lines, from the first."""

    text: str
    places: tuple[Place, ...]
    stand_ins: StandIns
    faults: tuple[Fault, ...]

    def place(self, rendered: Place) -> Place:
        """The place in the release of a place in the text."""
        return self._at(rendered.line)

    def fault(self, found: Fault) -> Fault:
        """A fault of the text as one of the release; where it is no YAML, the rendered text stands with it."""
        text = self.stand_ins.named(
            _PLACE.sub(lambda each: str(self._at(int(each[1]))), found.text)
        )
        if found.text.startswith(_UNPARSABLE):
            text = f"{text}; rendered, the text there is{self._around(found.place.line)}"
        return Fault(place=self.place(found.place), text=text)

    def _at(self, line: int) -> Place:
        return self.places[min(max(line, 1), len(self.places)) - 1]

    def _around(self, line: int) -> str:
        lines = self.text.split("\n")
        first, last = max(line - _AROUND, 1), min(line + _AROUND, len(lines))
        document = self._at(line).document
        shown_lines = [
            f"\n    {'>' if each == line else ' '} {self.places[each - 1].line:>4} | "
            f"{self.stand_ins.named(lines[each - 1])}"
            for each in range(first, last + 1)
            if each <= len(self.places) and self.places[each - 1].document == document
        ]
        return "".join(shown_lines)


def rendering(sections: Iterable[Section], functions: Functions, whole: str) -> Rendering:
    """The objects' documents rendered. `whole` is the file's text, from which the stand-ins' words follow."""
    stand_ins = StandIns.of(whole, shown)
    parts: list[str] = []
    places: list[Place] = []
    faults: list[Fault] = []
    for section in sections:
        try:
            made = render(section.text, functions, stand_ins, section.place.line)
        except TemplateError as error:
            faults.append(Fault(place=replace(section.place, line=error.line), text=error.text))
            continue
        # The template of a document ends in a line break, of which the last line is what stands behind it.
        text = made.text if made.text.endswith("\n") else f"{made.text}\n"
        parts.append(f"---\n{text}")
        places.append(section.place)
        places += [replace(section.place, line=line) for line in made.lines[: text.count("\n")]]
    return Rendering(
        text="".join(parts),
        places=tuple(places) or (Place(file="", document=1, line=1),),
        stand_ins=stand_ins,
        faults=tuple(faults),
    )
