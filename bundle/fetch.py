"""`python -m bundle manifests`: upstream manifests into the cache, before the Pulumi program reads them.

Owns where they come from: a bundle that lies ready, which needs no internet, else their Go modules. Does not own where
they lie afterwards (manifests.py).
"""

from collections.abc import Iterable
from pathlib import Path

from bundle import items, layout, manifests
from bundle.builder import UnknownItemError
from bundle.lock import Item, Lock
from bundle.recipe import Artifact, ModuleFile
from bundle.recipes import RECIPES

PREFIX = "manifest/"


def names() -> list[str]:
    """All names of upstream manifests that have a recipe."""
    return [name for name in RECIPES if name.startswith(PREFIX)]


def fetch(wanted: Iterable[str], lock: Lock, bundle: Path | None) -> None:
    """Puts those of the items that the cache lacks there, out of the bundle's directory if one is given.

    Raises ManifestError, UnknownItemError, MissingFromLockError, BuildError.
    """
    for name in manifests.missing(lock, wanted):
        item = lock.item(name)
        manifests.keep(item, layout.blobs(bundle) if bundle else _made(item, lock))


def _made(item: Item, lock: Lock) -> Path:
    """The blobs of the item as its recipe makes it."""
    recipe = RECIPES.get(item.name)
    if not isinstance(recipe, Artifact) or not all(
        isinstance(part, ModuleFile) for part in recipe.files.values()
    ):
        raise UnknownItemError(f"no recipe makes upstream manifests {item.name}")
    built = items.make(item.name, recipe, lock)
    if built.item.digest != item.digest:
        raise manifests.ManifestError(
            f"{item.name} is {built.item.digest} as its recipe makes it and {item.digest} in {lock.path}; "
            "run python -m bundle lock"
        )
    return built.directory / "blobs"
