"""An application's bundle: the images of a vendor's release, in the same form as the cluster's, with a lock of its own.

Owns which bytes it is made of: images that have a recipe here are built, all others are pulled from their registries.
Does not own which images a release needs (components/application), nor how they reach a cluster (deliver.py).
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bundle import go_toolchain, lock, verify
from bundle.builder import assemble, build
from bundle.pulled import pinned
from bundle.recipe import Pulled, Recipe
from bundle.recipes import RECIPES


class OtherBytesError(Exception):
    """An image is not the one that its lock, or its own name, says; the message names it."""


def write_lock(references: Mapping[str, str], file: Path) -> None:
    """Builds or pulls the images (name in the daemon's registry → reference), and locks exactly these.

    Raises BuildError, and OtherBytesError for a digest that a registry cannot keep.
    """
    # Tags move, and what was pulled once is not pulled again: a digest says what is meant.
    fixed = {
        name: reference if name in RECIPES else pinned(reference)
        for name, reference in references.items()
    }
    built = build(fixed, lock.load(), _recipes(fixed))
    for one in built:
        _, at, digest = one.item.name.partition("@")
        if at and digest != one.item.digest:
            raise OtherBytesError(
                f"{one.item.name} stands for images of several kinds of machines, of which only one travels; let the "
                f"release name that one, {one.item.digest}, or a tag"
            )
    lock.write(file, go_toolchain.VERSION, {one.item.name: one.item for one in built})


def bundle(locked: lock.Lock) -> Path:
    """The directory of the bundle that a lock names. Raises BuildError and OtherBytesError."""
    return verify.whole(lambda: _bundle(locked))


def _bundle(locked: lock.Lock) -> Path:
    items = wanted(locked)
    built = build(items, replace(locked, items=items), _recipes(_references(locked)))
    for one in built:
        name, digest = one.item.name, one.item.digest
        if digest != items[name].digest:
            raise OtherBytesError(
                f"{name} is {digest} today, and {locked.path} says {items[name].digest}; make release-bundle "
                "locks what there is"
            )
    return assemble(built, go_toolchain.VERSION)


def wanted(locked: lock.Lock) -> dict[str, lock.Item]:
    """The items of the bundle. Those built here are as the cluster's lock says, which follows Debian as that moves."""
    ours = lock.load().items
    return {
        name: ours[name] if name in RECIPES and name in ours else item
        for name, item in locked.items.items()
    }


def _references(locked: lock.Lock) -> Mapping[str, str]:
    """Where each image came from: what is pulled has that for its origin."""
    return {name: item.origin for name, item in locked.items.items()}


def _recipes(references: Mapping[str, str]) -> Mapping[str, Recipe]:
    return {
        name: RECIPES.get(name) or Pulled(reference=reference)
        for name, reference in references.items()
    }
