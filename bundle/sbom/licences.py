"""Which licences Go modules are under: a committed table of what the licence files at their roots are texts of.

Owns the table, and making it anew from the modules' sources. Does not own the matcher: that is google/licensecheck. A
module whose texts are not recognised is not in the table, and the bill of materials says nothing of its licence.
"""

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from bundle import go_toolchain
from bundle.gomodule import BuildError, GoModule, build, sources
from bundle.programs import MODULES
from bundle.recipe import Artifact, Image, Program, Recipe

TABLE: Final = Path(__file__).with_name("licences.json")
MATCHER: Final = GoModule(
    name="licences", directory=MODULES / "licences", binaries={"licences": "."}
)
LICENCE_FILE: Final = re.compile(r"(licen[cs]e|copying|unlicense)([-._].*)?", re.IGNORECASE)
IDENTIFIER: Final = re.compile(r"^// SPDX-License-Identifier: ([\w.+-]+)$", re.MULTILINE)
NO_TEXT: Final = frozenset({".csv", ".docs", ".go"})
"""Suffixes of files that list the licences of others, or are about documentation: nothing that is compiled."""

COVERED: Final = 75.0
"""How much of a text, in percent, must belong to known licences; pkg.go.dev asks for the same."""

Table = Mapping[str, tuple[str, ...]]


def load() -> Table:
    """The committed table: "module@version" → SPDX identifiers."""
    return {key: tuple(names) for key, names in json.loads(TABLE.read_text()).items()}


def write(table: Table) -> None:
    """Writes the table, a module a line, so that a changed licence shows in its history."""
    lines = [f" {json.dumps(key)}: {json.dumps(table[key])}" for key in sorted(table)]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def modules(recipes: Iterable[Recipe]) -> list[GoModule]:
    """The wrapper modules whose programs are in items, each once."""
    found = {
        part.module.name: part.module
        for recipe in recipes
        if isinstance(recipe, Image | Artifact)
        for part in recipe.files.values()
        if isinstance(part, Program)
    }
    return [found[name] for name in sorted(found)]


def read(wrappers: Iterable[GoModule]) -> Table:
    """The table of everything that is compiled into the wrappers' programs. Raises BuildError."""
    go_root = Path(go_toolchain.root())
    directories = {f"stdlib@{go_toolchain.VERSION}": go_root}
    for wrapper in wrappers:
        directories |= sources(wrapper)
    texts = {key: licence_files(directory) for key, directory in directories.items()}
    known = match(sorted({file for files in texts.values() for file in files}))
    recognised = {
        key: tuple(sorted({name for file in files for name in known[file]}))
        for key, files in texts.items()
        if files and all(known[file] for file in files)
    }
    named = {key: named_in_files(directories[key]) for key in texts.keys() - recognised.keys()}
    return recognised | {key: names for key, names in named.items() if names}


def licence_files(directory: Path) -> list[Path]:
    """The licence texts at the root of a module."""
    return sorted(
        file
        for file in directory.iterdir()
        if LICENCE_FILE.fullmatch(file.name)
        and file.suffix.lower() not in NO_TEXT
        and file.is_file()
    )


def named_in_files(directory: Path) -> tuple[str, ...]:
    """The SPDX identifiers in a module's Go files; none unless every file has one.

    The go command puts the licence of the repository's root into a module that has none of its own, whatever the
    files in it say.
    """
    found = [IDENTIFIER.search(file.read_text()) for file in directory.rglob("*.go")]
    return tuple(sorted({one[1] for one in found if one})) if all(found) else ()


def match(files: Iterable[Path]) -> Mapping[Path, tuple[str, ...]]:
    """The SPDX identifiers of each file's texts; none for a file that is not, or not wholly, recognised."""
    done = subprocess.run(
        [str(build(MATCHER)["licences"])],
        input="".join(f"{file}\n" for file in files),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"a licence file could not be read: {done.stderr.strip()[-300:]}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        Path(answer["file"]): tuple(answer["names"]) if answer["percent"] >= COVERED else ()
        for answer in answers
    }
