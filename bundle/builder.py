"""Building items and putting them together to a bundle.

Owns the order of work, its progress, and the bundle's directory. Does not own what an item is made of (recipes).
"""

import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from bundle import debian, gomodule, image
from bundle.cache import cache_dir, digest, entry
from bundle.content import read
from bundle.gomodule import GoModule
from bundle.lock import File, Item, Lock, content
from bundle.pulled import pull
from bundle.recipe import Artifact, Image, PackageSet, Program, Pulled, Recipe
from bundle.recipes import RECIPES

# Raised when equal recipes would give other bytes than before.
FORMAT = "1"
# Two at a time: one compiles, which takes both cores by itself, while another fetches or packs.
JOBS = 2
# What a build of everything takes at most, compiler's cache included; measured, with room.
NEEDED_MB = 14_000


class NotEnoughDiskError(Exception):
    """The disk has no room for the build; the message has both numbers."""


class UnknownItemError(Exception):
    """A name that no recipe has."""


def build(names: Iterable[str], lock: Lock) -> list[Item]:
    """Builds the items that are not built yet. Raises what their recipes raise, after the work under way has ended."""
    wanted = sorted(set(names))
    if unknown := [name for name in wanted if name not in RECIPES]:
        raise UnknownItemError(f"no recipe makes {', '.join(unknown)}; see python -m bundle list")
    recipes = {name: RECIPES[name] for name in wanted}
    todo = {name: recipe for name, recipe in recipes.items() if not _built(name, recipe, lock)}
    if todo:
        check_disk(cache_dir())
    _run("compiling", _compilations(todo))
    _run("packing", {name: partial(_item, name, made, lock) for name, made in todo.items()})
    return [_item(name, recipe, lock) for name, recipe in recipes.items()]


def check_disk(directory: Path) -> None:
    """Raises NotEnoughDiskError when a build would fill the disk."""
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free // 10**6
    if free < NEEDED_MB:
        raise NotEnoughDiskError(
            f"{directory} has {free} MB free and building the bundle needs {NEEDED_MB} MB; free some, "
            "or set APPLIANCE_CACHE to a larger disk"
        )


def _compilations(recipes: Mapping[str, Recipe]) -> dict[str, Callable[[], object]]:
    """Each Go module once, however many items it is in."""
    modules: dict[str, GoModule] = {}
    for recipe in recipes.values():
        if isinstance(recipe, Image | Artifact):
            for part in recipe.files.values():
                if isinstance(part, Program):
                    modules[part.module.name] = part.module
    return {name: partial(gomodule.build, module) for name, module in modules.items()}


def _run(verb: str, jobs: Mapping[str, Callable[[], object]]) -> None:
    """Runs jobs two at a time and says what is done, of how many, and how long it took."""
    done, counting = 0, threading.Lock()

    def one(name: str, job: Callable[[], object]) -> None:
        nonlocal done
        began = time.monotonic()
        job()
        with counting:
            done += 1
            print(
                f"[{done}/{len(jobs)}] {verb} {name}: {time.monotonic() - began:.0f} s",
                file=sys.stderr,
                flush=True,
            )

    with ThreadPoolExecutor(max_workers=JOBS) as pool:
        futures = [pool.submit(one, name, job) for name, job in jobs.items()]
        for future in futures:
            try:
                future.result()
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise


def _key(name: str, recipe: Recipe, lock: Lock) -> str:
    """What an item is made of, Debian's package versions of the lock included: a newer lock makes it anew."""
    locked = lock.items[name].packages if name in lock.items else {}
    text = repr(recipe)
    keys = ""
    if isinstance(recipe, Image | Artifact):
        programs = [part for part in recipe.files.values() if isinstance(part, Program)]
        keys = " ".join(sorted({part.module.key() for part in programs}))
        # The directory of a checkout is no part of what is built in it.
        for part in programs:
            text = text.replace(str(part.module.directory), "")
    return digest(FORMAT, name, text, keys, json.dumps(dict(locked), sort_keys=True))


def _built(name: str, recipe: Recipe, lock: Lock) -> bool:
    return (cache_dir() / "items" / _key(name, recipe, lock)).is_dir()


def _item(name: str, recipe: Recipe, lock: Lock) -> Item:
    directory = entry(
        "items", _key(name, recipe, lock), lambda part: _make(part, name, recipe, lock)
    )
    return Item.read(name, json.loads((directory / "item.json").read_text()))


def _make(directory: Path, name: str, recipe: Recipe, lock: Lock) -> None:
    blobs = directory / "blobs"
    packages: dict[str, str] = {}
    match recipe:
        case Image():
            manifest, packages = _image(blobs, recipe, lock)
        case Artifact():
            manifest = _artifact(blobs, recipe)
        case PackageSet():
            manifest, packages = _package_set(blobs, name, recipe)
        case Pulled():
            manifest = pull(recipe.reference, blobs)
    item = Item(
        name=name,
        kind="artifact" if isinstance(recipe, Artifact | PackageSet) else "image",
        digest=f"sha256:{manifest.sha256}",
        size=sum(file.stat().st_size for file in blobs.iterdir()),
        origin=recipe.reference if isinstance(recipe, Pulled) else recipe.origin,
        files=_titles(blobs, manifest),
        packages=packages,
    )
    (directory / "item.json").write_text(json.dumps(item.document()))


def _image(blobs: Path, recipe: Image, lock: Lock) -> tuple[image.Blob, dict[str, str]]:
    layers, packages = [], {}
    if recipe.packages:
        root = _root(recipe.packages, lock)
        packages = json.loads((root / "packages.json").read_text())
        layers.append(image.layer(blobs, (root / "root.tar").read_bytes()))
    files = {path: read(part) for path, part in recipe.files.items()}
    layers.append(image.layer(blobs, _with_specials(image.files_tar(files), recipe)))
    return image.image(blobs, layers, recipe.command), packages


def _with_specials(tar: bytes, recipe: Image) -> bytes:
    """The tar with the recipe's links and pipes after its files."""
    if not recipe.links and not recipe.pipes:
        return tar
    buffer = io.BytesIO(tar)
    with tarfile.open(fileobj=buffer, mode="a", format=tarfile.GNU_FORMAT) as archive:
        for path, target in sorted(recipe.links.items()):
            link = tarfile.TarInfo(path)
            link.type, link.linkname, link.mode = tarfile.SYMTYPE, target, 0o777
            archive.addfile(link)
        for path in recipe.pipes:
            pipe = tarfile.TarInfo(path)
            pipe.type, pipe.mode = tarfile.FIFOTYPE, 0o600
            archive.addfile(pipe)
    return buffer.getvalue()


def _root(packages: tuple[str, ...], lock: Lock) -> Path:
    """A Debian root as one tar; images with equal packages share it, and nodes keep its layer once."""
    locked = sorted(
        json.dumps(dict(item.packages), sort_keys=True)
        for name, item in lock.items.items()
        if isinstance(recipe := RECIPES.get(name), Image) and recipe.packages == packages
    )
    key = digest(FORMAT, debian.RELEASE, *packages, *locked)

    def make(directory: Path) -> None:
        # Not below the entry: a root is deleted by its own rules, and the entry should hold two files.
        with tempfile.TemporaryDirectory(dir=cache_dir()) as work:
            root = Path(work) / "root"
            installed = debian.root(root, packages, cache_dir() / "logs" / f"root-{key}.log")
            (directory / "root.tar").write_bytes(image.root_tar(root))
        (directory / "packages.json").write_text(json.dumps(installed))

    return entry("roots", key, make)


def _artifact(blobs: Path, recipe: Artifact) -> image.Blob:
    with tempfile.TemporaryDirectory(dir=cache_dir()) as work:
        files = {}
        for title, part in recipe.files.items():
            files[title] = Path(work) / title
            files[title].write_bytes(read(part)[0])
        return image.artifact(blobs, files)


def _package_set(blobs: Path, name: str, recipe: PackageSet) -> tuple[image.Blob, dict[str, str]]:
    log = cache_dir() / "logs" / f"{name.replace('/', '-').replace(':', '-')}.log"
    with tempfile.TemporaryDirectory(dir=cache_dir()) as work:
        packages = debian.package_set(Path(work), recipe.base, recipe.packages, log)
        files = {file.name: file for file in Path(work).glob("*.deb")}
        return image.artifact(blobs, files), packages


def _titles(blobs: Path, manifest: image.Blob) -> dict[str, File]:
    layers = json.loads((blobs / manifest.sha256).read_text())["layers"]
    return {
        layer["annotations"][image.TITLE]: File(
            sha256=layer["digest"].removeprefix("sha256:"), size=layer["size"]
        )
        for layer in layers
        if image.TITLE in layer.get("annotations", {})
    }


def assemble(items: list[Item], lock: Lock, go: str) -> Path:
    """The bundle of the given items: an OCI image layout with a manifest.json. Blobs are links to the items' own."""

    def make(directory: Path) -> None:
        blobs = directory / "blobs" / "sha256"
        blobs.mkdir(parents=True)
        for item in items:
            source = cache_dir() / "items" / _key(item.name, RECIPES[item.name], lock) / "blobs"
            for blob in source.iterdir():
                if not (blobs / blob.name).exists():
                    os.link(blob, blobs / blob.name)
        (directory / "oci-layout").write_bytes(image.dump({"imageLayoutVersion": "1.0.0"}))
        (directory / "index.json").write_bytes(image.dump(_index(items, blobs)))
        manifest: dict[str, Any] = {"version": 1, "digest": total, "go": go}
        manifest["items"] = [{"name": item.name, **item.document()} for item in items]
        (directory / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")

    total = content((item.name, item.digest) for item in items)
    return entry("bundle", total[:16], make)


def _index(items: list[Item], blobs: Path) -> dict[str, Any]:
    manifests = [
        {
            "mediaType": image.MANIFEST,
            "digest": item.digest,
            "size": (blobs / item.digest.removeprefix("sha256:")).stat().st_size,
            "annotations": {image.NAME: item.name},
        }
        for item in items
    ]
    return {"schemaVersion": 2, "manifests": manifests}
