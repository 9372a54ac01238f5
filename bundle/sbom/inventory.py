"""What a bundle holds, as its own bytes say: Go programs with their modules, Debian packages, other files.

Owns walking the blobs of every item. Does not own reading a program (programs.py) or a package (packages.py), nor how
the result is written down (document.py).
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import zstandard

from bundle import layout
from bundle.lock import Item
from bundle.sbom import packages, programs
from bundle.sbom.packages import Package
from bundle.sbom.programs import Program

STATUS: Final = "var/lib/dpkg/status"
"""Where a root keeps which packages are installed in it."""

SYSTEM: Final = "usr/lib/os-release"
CODENAME: Final = re.compile(r"^VERSION_CODENAME=(\w+)$", re.MULTILINE)
"""Where a root says which Debian it is, and how."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that no package brought, by its path in the image or its title among an artifact's files."""

    path: str
    sha256: str
    program: Program | None = None
    """What a Go program says of itself."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What was found in an item, or in one layer of it."""

    packages: tuple[Package, ...] = ()
    files: tuple[File, ...] = ()

    def __add__(self, other: "Contents") -> "Contents":
        return Contents(packages=self.packages + other.packages, files=self.files + other.files)


def read(directory: Path, items: Iterable[Item]) -> Mapping[str, Contents]:
    """The contents of these items of a bundle, by their names. Raises NoGoError."""
    blobs = layout.blobs(directory)
    # Images share layers; each is read once.
    layers: dict[str, Contents] = {}
    return {
        item.name: _artifact(blobs, item)
        if item.kind == "artifact"
        else _image(blobs, item, layers)
        for item in items
    }


def _artifact(blobs: Path, item: Item) -> Contents:
    found, files = [], []
    for title, file in sorted(item.files.items()):
        blob = blobs / file.sha256
        if title.endswith(".deb"):
            found.append(packages.archive(blob, file.sha256))
        else:
            files.append(_file(title, blob.read_bytes()))
    return Contents(packages=tuple(found), files=tuple(files))


def _image(blobs: Path, item: Item, layers: dict[str, Contents]) -> Contents:
    contents = Contents()
    for descriptor in json.loads((blobs / _hex(item.digest)).read_bytes())["layers"]:
        digest = descriptor["digest"]
        if digest not in layers:
            data = (blobs / _hex(digest)).read_bytes()
            layers[digest] = _layer(_unpacked(data, descriptor["mediaType"]))
        contents += layers[digest]
    return contents


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _unpacked(data: bytes, media_type: str) -> bytes:
    if media_type.endswith("zstd"):
        return zstandard.ZstdDecompressor().stream_reader(data).read()
    return gzip.decompress(data) if media_type.endswith("gzip") else data


def _layer(data: bytes) -> Contents:
    """The packages of a layer that is a Debian root, else its files: a root's files are its packages'."""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = {member.name: member for member in tar if member.isreg()}
        if STATUS in members:
            found = packages.installed(_bytes(tar, members[STATUS]).decode())
            # Unpacked packages have no such file, and are of the usual release.
            system = _bytes(tar, members[SYSTEM]).decode() if SYSTEM in members else ""
            if name := CODENAME.search(system):
                found = tuple(replace(package, release=name[1]) for package in found)
            return Contents(packages=found)
        return Contents(
            files=tuple(_file(name, _bytes(tar, members[name])) for name in sorted(members))
        )


def _bytes(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member)
    return stream.read() if stream else b""


def _file(path: str, data: bytes) -> File:
    return File(path=path, sha256=hashlib.sha256(data).hexdigest(), program=programs.read(data))
