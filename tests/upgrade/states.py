"""The states that are kept: for each version a directory with one for each stack, with the stack's own files.

Owns where they lie and what of an exported state is kept. Does not own how they are made (record.py).

`states/<version>/<stack>/` holds `state.json.xz` and `files/`, which are the files of the stack as they were: its
settings, with the secrets encrypted, and what those name. The configuration of a stack that runs is its user's, and
stays when the program is another.
"""

import json
import lzma
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from operate.checkout import REPOSITORY

STATES: Final = Path(__file__).with_name("states")
STATE: Final = "state.json.xz"
SMALLEST: Final = lzma.PRESET_EXTREME
"""A state has each object three times, far apart."""
FILES: Final = "files"
NOTES: Final = ("created", "modified", "sourcePosition", "stackTrace")
"""What the engine and the SDK note of a resource: when, and where on the machine the program was."""
RELEASE: Final = re.compile(r"^## \[?(\d+\.\d+\.\d+)\b", re.MULTILINE)


@dataclass(frozen=True)
class Kept:
    """One stack of one version."""

    version: str
    stack: str
    root: Path = STATES

    def __str__(self) -> str:
        return f"{self.version}-{self.stack}"

    @property
    def directory(self) -> Path:
        return self.root / self.version / self.stack

    def state(self) -> dict[str, Any]:
        """As `pulumi stack export` printed it, without what `cleaned` takes away."""
        document: dict[str, Any] = json.loads(
            lzma.decompress((self.directory / STATE).read_bytes())
        )
        return document

    def files(self) -> dict[str, bytes]:
        """The stack's files by their paths in a checkout."""
        root = self.directory / FILES
        return {
            str(file.relative_to(root)): file.read_bytes()
            for file in sorted(root.rglob("*"))
            if file.is_file()
        }

    def keep(self, state: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
        """Writes both."""
        self.directory.mkdir(parents=True)
        text = json.dumps(state, separators=(",", ":"), sort_keys=True)
        (self.directory / STATE).write_bytes(lzma.compress(text.encode(), preset=SMALLEST))
        for name, content in files.items():
            file = self.directory / FILES / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def kept(root: Path = STATES) -> tuple[Kept, ...]:
    """All that is kept, sorted."""
    found = sorted(file.parent for file in root.glob(f"*/*/{STATE}"))
    return tuple(Kept(each.parent.name, each.name, root) for each in found)


def cleaned(exported: Mapping[str, Any], checkout: Path) -> dict[str, Any]:
    """An exported state without the traces of the machine that it was made on."""
    text = json.dumps(exported)
    for root in (checkout, REPOSITORY):
        text = text.replace(f"{root}/", "")
    state: dict[str, Any] = json.loads(text)
    for resource in state["deployment"]["resources"]:
        for note in NOTES:
            resource.pop(note, None)
    return state


def components(states: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The type tokens of the program's own components that stand in any of these states."""
    return frozenset(
        resource["type"]
        for state in states
        for resource in state["deployment"]["resources"]
        if resource["type"].startswith("appliance:")
    )


def registered(root: Path = REPOSITORY) -> frozenset[str]:
    """The type tokens that the program's sources register components by."""
    files = (file for part in ("components", "stacks") for file in (root / part).rglob("*.py"))
    return frozenset(
        token
        for file in files
        for token in re.findall(r'__init__\(\s*"(appliance:\w+:\w+)"', file.read_text())
    )


def without_states(changelog: str, versions: Iterable[str]) -> Iterator[str]:
    """The releases in a list of changes of which no states are kept."""
    there = set(versions)
    yield from (version for version in RELEASE.findall(changelog) if version not in there)
