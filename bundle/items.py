"""Single items of a bundle: their keys, and the bytes that their recipes stand for.

Owns one item at a time, in the cache. Does not own in which order items are made, nor the bundle (builder.py).
"""

import io
import json
import os
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import zstandard

from bundle import debian, image
from bundle.cache import cache_dir, digest, entry, scratch
from bundle.content import read
from bundle.gomodule import c_compiler
from bundle.lock import File, Item, Lock
from bundle.pulled import pull
from bundle.recipe import (
    Artifact,
    CSource,
    Image,
    ModuleFile,
    PackageSet,
    Program,
    Pulled,
    Recipe,
)
from bundle.recipes import RECIPES
from bundle.root import Root, install

# Raised when equal recipes, or equal packages of a root, would give other bytes than before.
FORMAT, ROOT_FORMAT = "3", "2"


@dataclass(frozen=True, kw_only=True)
class Built:
    """An item, and the directory of the cache whose `blobs` are its bytes."""

    item: Item
    directory: Path


def key(name: str, recipe: Recipe, packages: Mapping[str, str]) -> str:
    """A digest over all that an item is made of; `packages` are Debian's versions, name → version."""
    parts = recipe.files.values() if isinstance(recipe, Image | Artifact) else ()
    compiled = [part.module.key() for part in parts if isinstance(part, Program)]
    if any(isinstance(part, CSource) for part in parts):
        compiled.append(c_compiler())
    return digest(inputs(name, recipe, packages), *sorted(compiled))


def inputs(name: str, recipe: Recipe, packages: Mapping[str, str]) -> str:
    """The same without this machine's C compiler: the lock has it, so that a recipe changed without the lock shows."""
    text, more = repr(recipe), [name, zstandard.__version__]
    more.append(json.dumps(dict(packages), sort_keys=True))
    for part in recipe.files.values() if isinstance(recipe, Image | Artifact) else ():
        if isinstance(part, Program | ModuleFile):
            module = part.module if isinstance(part, Program) else part.of
            more.append(module.inputs())
            # Where a checkout lies is no part of what is built in it.
            text = text.replace(str(module.directory), "")
    return digest(FORMAT, text, *sorted(more))


def find(name: str, recipe: Recipe, packages: Mapping[str, str]) -> Built | None:
    """The item, if it has been made of these package versions before."""
    directory = cache_dir() / "items" / key(name, recipe, packages)
    if not directory.is_dir():
        return None
    item = Item.read(name, json.loads((directory / "item.json").read_text()))
    return Built(item=item, directory=directory)


def locked(name: str, lock: Lock) -> Mapping[str, str]:
    """The package versions that a lock has for an item; none for one that is not in it."""
    return lock.items[name].packages if name in lock.items else {}


def make(name: str, recipe: Recipe, lock: Lock) -> Built:
    """The item, made if need be. Debian serves only its newest packages: it may hold others than the lock has."""
    if found := find(name, recipe, locked(name, lock)):
        return found
    with scratch() as work:
        item = _make(work, name, recipe, lock)
        # Under the versions that it holds, which is what the next lock will ask for.
        directory = entry("items", key(name, recipe, item.packages), lambda part: _move(work, part))
    return Built(item=item, directory=directory)


def root(wanted: Root, lock: Lock) -> Path:
    """A directory with a Debian root as `root.tar` and its `packages.json`; images with equal roots share it."""
    asked = sorted(
        {
            json.dumps(dict(item.packages), sort_keys=True)
            for name, item in lock.items.items()
            if isinstance(recipe := RECIPES.get(name), Image) and recipe.root == wanted
        }
    )
    parts = (debian.RELEASE, *wanted.packages) if wanted.plain else (repr(wanted),)

    def make_root(directory: Path) -> None:
        log = cache_dir() / "logs" / f"root-{digest(*parts)}.log"
        # Not below the entry: it should hold two files, whatever a root may leave when it is interrupted.
        with scratch() as work:
            installed = install(work / "root", wanted, log)
            (directory / "root.tar").write_bytes(image.root_tar(work / "root"))
        (directory / "packages.json").write_text(json.dumps(installed, sort_keys=True))

    made = entry("roots", digest(ROOT_FORMAT, *parts, *asked), make_root)
    got = (made / "packages.json").read_text()
    # Under the versions that it holds too: the next lock will ask for these.
    entry("roots", digest(ROOT_FORMAT, *parts, got), lambda part: _link(made, part))
    return made


def _move(source: Path, target: Path) -> None:
    for child in source.iterdir():
        child.rename(target / child.name)


def _link(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=os.link, dirs_exist_ok=True)


def _make(directory: Path, name: str, recipe: Recipe, lock: Lock) -> Item:
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
        inputs=inputs(name, recipe, packages),
    )
    (directory / "item.json").write_text(json.dumps(item.document()))
    return item


def _image(blobs: Path, recipe: Image, lock: Lock) -> tuple[image.Blob, dict[str, str]]:
    layers, packages = [], {}
    if recipe.root:
        base = root(recipe.root, lock)
        packages = json.loads((base / "packages.json").read_text())
        layers.append(image.layer(blobs, (base / "root.tar").read_bytes()))
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


def _artifact(blobs: Path, recipe: Artifact) -> image.Blob:
    with scratch() as work:
        files = {}
        for title, part in recipe.files.items():
            files[title] = work / title
            files[title].write_bytes(read(part)[0])
        return image.artifact(blobs, files)


def _package_set(blobs: Path, name: str, recipe: PackageSet) -> tuple[image.Blob, dict[str, str]]:
    log = cache_dir() / "logs" / f"{name.replace('/', '-').replace(':', '-')}.log"
    with scratch() as work:
        packages = debian.package_set(work, recipe.base, recipe.packages, log)
        return image.artifact(blobs, {file.name: file for file in work.glob("*.deb")}), packages


def _titles(blobs: Path, manifest: image.Blob) -> dict[str, File]:
    layers = json.loads((blobs / manifest.sha256).read_text())["layers"]
    return {
        layer["annotations"][image.TITLE]: File(
            sha256=layer["digest"].removeprefix("sha256:"), size=layer["size"]
        )
        for layer in layers
        if image.TITLE in layer.get("annotations", {})
    }
