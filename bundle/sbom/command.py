"""`python -m bundle sbom` and `python -m bundle licences`.

Owns which items a bill of materials is of, and that the bundle is whole before it is believed. Does not own its text.
"""

from collections.abc import Sequence
from pathlib import Path

from bundle import layout, verify
from bundle.recipes import RECIPES
from bundle.sbom import document, inventory, licences


class NotInBundleError(Exception):
    """There can be no bill of materials of what was asked for; the message says why and what to do."""


def sbom(directory: Path, names: Sequence[str]) -> str:
    """The bill of materials of these items of a bundle; of all without names. Raises NotInBundleError."""
    if faults := verify.faults(directory):
        raise NotInBundleError(
            f"{faults[0]} ({len(faults)} faults in all); python -m bundle build makes it anew"
        )
    held, _ = layout.read(directory)
    if missing := sorted(set(names) - {item.name for item in held}):
        raise NotInBundleError(
            f"{directory} does not hold {', '.join(missing)}; give the directory that make bundle prints"
        )
    items = [item for item in held if not names or item.name in names]
    return document.text(items, inventory.read(directory, items), licences.load())


def write_licences() -> Path:
    """Makes the committed table of licences anew, of all that the recipes compile. Raises BuildError."""
    licences.write(licences.read(licences.modules(RECIPES.values())))
    return licences.TABLE
