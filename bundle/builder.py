"""Building items and putting them together to a bundle.

Owns the order of work, its progress, and the bundle's directory. Does not own what an item is made of (recipes).
"""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bundle import gomodule, items, layout
from bundle.cache import cache_dir, digest, entry
from bundle.gomodule import GoModule
from bundle.items import Built
from bundle.lock import Item, Lock
from bundle.recipe import Artifact, Image, Program, Recipe
from bundle.recipes import RECIPES
from bundle.root import Root

# Two at a time: while one waits for the network or links, the other keeps the cores busy.
JOBS = 2
# What a step takes at most on the disk, the compiler's cache included: an estimate with room.
PACKING_MB, COMPILING_MB, KUBERNETES_MB = 2_500, 1_000, 7_000

Job = tuple[str, Callable[[], object]]


class NotEnoughDiskError(Exception):
    """The disk has no room for the build; the message has both numbers."""


class UnknownItemError(Exception):
    """A name that no recipe has."""


def build(names: Iterable[str], lock: Lock, recipes: Mapping[str, Recipe] = RECIPES) -> list[Built]:
    """Builds the items that are not built yet. Raises what their recipes raise, after the work under way has ended."""
    wanted = sorted(set(names))
    if unknown := [name for name in wanted if name not in recipes]:
        raise UnknownItemError(f"no recipe makes {', '.join(unknown)}; see python -m bundle list")
    built = {
        name: found
        for name in wanted
        if (found := items.find(name, recipes[name], items.locked(name, lock)))
    }
    todo = {name: recipes[name] for name in wanted if name not in built}
    if todo:
        modules = compilations(todo)
        check_disk(cache_dir(), needed_mb(modules))

        def make(name: str) -> None:
            built[name] = items.make(name, todo[name], lock)

        # What several items are made of first, and the longest of it first of all.
        parts: list[Job] = [
            (f"compiling {module.name}", partial(gomodule.build, module)) for module in modules
        ]
        parts += [
            (
                f"installing a Debian root ({', '.join(wanted.packages[:3])}, …)",
                partial(items.root, wanted, lock),
            )
            for wanted in roots(todo)
        ]
        _run([parts, [(f"packing {name}", partial(make, name)) for name in todo]])
    return [built[name] for name in wanted]


def check_disk(directory: Path, needed: int) -> None:
    """Makes sure of `needed` MB, dropping the compiler's cache if it must. Raises NotEnoughDiskError."""
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free // 10**6
    if free < needed:
        # It only saves time: what is compiled lies elsewhere.
        free += gomodule.prune() // 10**6
    if free < needed:
        raise NotEnoughDiskError(
            f"{directory} has {free} MB free and building the bundle needs {needed} MB; free some, "
            "or set APPLIANCE_CACHE to a larger disk"
        )


def needed_mb(modules: Sequence[GoModule]) -> int:
    """What packing, and compiling the modules, takes on the disk."""
    large = sum(module.name.startswith("kubernetes") for module in modules)
    return PACKING_MB + large * KUBERNETES_MB + (len(modules) - large) * COMPILING_MB


def compilations(recipes: Mapping[str, Recipe]) -> list[GoModule]:
    """The Go modules that are not compiled yet, each once, however many items it is in; the largest first."""
    modules = {
        part.module.name: part.module
        for recipe in recipes.values()
        if isinstance(recipe, Image | Artifact)
        for part in recipe.files.values()
        if isinstance(part, Program) and not part.module.is_built()
    }
    return sorted(modules.values(), key=lambda module: -len(module.binaries))


def roots(recipes: Mapping[str, Recipe]) -> list[Root]:
    """The Debian roots, each once; the largest first."""
    found = {recipe.root for recipe in recipes.values() if isinstance(recipe, Image)}
    return sorted((one for one in found if one), key=lambda one: (-len(one.packages), one.packages))


def _run(stages: Sequence[Sequence[Job]]) -> None:
    """Runs jobs two at a time, stage after stage; says what begins, what is done, of how many, and how long it took."""
    done, total, counting = 0, sum(map(len, stages)), threading.Lock()

    def one(name: str, job: Callable[[], object]) -> None:
        nonlocal done
        began = time.monotonic()
        _say(f"{name} …")
        job()
        with counting:
            done += 1
            _say(f"[{done}/{total}] {name}: {time.monotonic() - began:.0f} s")

    for stage in stages:
        with ThreadPoolExecutor(max_workers=JOBS) as pool:
            futures = [pool.submit(one, name, job) for name, job in stage]
            try:
                for future in futures:
                    future.result()
            finally:
                pool.shutdown(cancel_futures=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def assemble(built: Sequence[Built], go: str) -> Path:
    """The directory of the bundle of the given items. Its blobs are links to the items' own."""
    contents = [one.item for one in built]

    def make(directory: Path) -> None:
        layout.blobs(directory).mkdir(parents=True)
        for one in built:
            for blob in (one.directory / "blobs").iterdir():
                if not (target := layout.blobs(directory) / blob.name).exists():
                    os.link(blob, target)
        for name, text in layout.texts(directory, contents, go).items():
            (directory / name).write_bytes(text)

    return entry("bundle", key(contents, go), make)


def key(contents: Iterable[Item], go: str) -> str:
    """The name of a bundle's directory. The manifest's text counts: an item of equal bytes may get another origin."""
    return digest(go, *(repr(item) for item in contents))
