"""Places in a manifest, and what is wrong there.

Owns how both are written in a report. Does not own any rule.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class Place:
    """Where something stands: the file, the number of the document in it, and the line in the file, from 1."""

    file: str
    document: int
    line: int

    def __str__(self) -> str:
        return f"{self.file}, document {self.document}, line {self.line}"


@dataclass(frozen=True, kw_only=True, order=True)
class Fault:
    """One thing that is wrong: where, and a sentence that says what is allowed or what to do."""

    place: Place
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"
