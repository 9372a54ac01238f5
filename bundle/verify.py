"""Verifying a bundle: every byte is the one that its names promise.

Owns the comparison of a directory with its manifest and its digests. Does not own the lock's view (lock.py).
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KNOWN = ("oci-layout", "index.json", "manifest.json")


def faults(directory: Path) -> list[str]:
    """One sentence for each changed, missing or extra file; empty when the bundle is whole."""
    if not (directory / "manifest.json").is_file():
        return [f"{directory}: there is no manifest.json, so this is no bundle"]
    return [*_blob_faults(directory), *_reference_faults(directory), *_extra(directory)]


def quick_faults(directory: Path) -> list[str]:
    """Missing files and wrong sizes only: what can be said without reading everything."""
    return list(_reference_faults(directory))


def _blobs(directory: Path) -> Path:
    return directory / "blobs" / "sha256"


def _blob_faults(directory: Path) -> Iterator[str]:
    for blob in sorted(_blobs(directory).iterdir()):
        with blob.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != blob.name:
            yield f"{blob}: its bytes have the digest {found}; build the bundle anew"


def _reference_faults(directory: Path) -> Iterator[str]:
    index = json.loads((directory / "index.json").read_text())
    listed = json.loads((directory / "manifest.json").read_text())
    names = {
        entry["annotations"]["org.opencontainers.image.ref.name"]: entry["digest"]
        for entry in index["manifests"]
    }
    for item in listed["items"]:
        if names.pop(item["name"], None) != item["digest"]:
            yield f"{directory}: index.json and manifest.json disagree on {item['name']}"
    yield from (f"{directory}: manifest.json does not name {name}" for name in names)
    for descriptor in _descriptors(directory, index["manifests"]):
        sha = descriptor["digest"].removeprefix("sha256:")
        blob = _blobs(directory) / sha
        if not blob.is_file():
            yield f"{blob}: missing"
        elif blob.stat().st_size != descriptor["size"]:
            yield f"{blob}: {blob.stat().st_size} bytes, not {descriptor['size']}"


def _descriptors(directory: Path, manifests: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in manifests:
        yield entry
        blob = _blobs(directory) / entry["digest"].removeprefix("sha256:")
        try:
            manifest = json.loads(blob.read_text())
        except (OSError, ValueError):
            continue  # reported as missing, or by its digest
        yield manifest["config"]
        yield from manifest["layers"]


def _extra(directory: Path) -> Iterator[str]:
    index = json.loads((directory / "index.json").read_text())
    wanted = {
        f"blobs/sha256/{descriptor['digest'].removeprefix('sha256:')}"
        for descriptor in _descriptors(directory, index["manifests"])
    }
    for file in sorted(path for path in directory.rglob("*") if path.is_file()):
        name = str(file.relative_to(directory))
        if name not in wanted and name not in KNOWN:
            yield f"{file}: nothing names it"
