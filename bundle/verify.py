"""Verifying a bundle: every byte is the one that its names promise.

Owns the comparison of a directory with its manifest and its digests, and what is done with a damaged one. Does not own
the lock's view (lock.py).
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bundle import layout
from bundle.cache import cache_dir
from bundle.gomodule import BuildError
from bundle.lock import Item


def whole(make: Callable[[], Path]) -> Path:
    """The directory that `make` gives, whole: what was damaged since it was built is made anew. Raises BuildError."""
    directory = make()
    if found := faults(directory):
        print(f"{found[0]} ({len(found)} faults in all); building it anew", file=sys.stderr)
        discard(directory)
        directory = make()
        if found := faults(directory):
            raise BuildError(f"{found[0]}, and so it is after building anew; check the disk")
    return directory


def faults(directory: Path) -> list[str]:
    """One sentence for each changed, missing or extra file; empty when the bundle is whole."""
    found = quick_faults(directory)
    for blob in sorted(layout.blobs(directory).glob("*")):
        if (sha := _sha256(blob)) != blob.name:
            found.append(f"{blob}: its bytes have the digest {sha}")
    return found


def quick_faults(directory: Path) -> list[str]:
    """What can be said without reading the blobs: missing and extra files, wrong sizes, the files beside the blobs."""
    try:
        items, go = layout.read(directory)
    except layout.DamagedError as fault:
        return [str(fault)]
    wanted: dict[str, int | None] = dict.fromkeys(
        (layout.LAYOUT, layout.INDEX, layout.MANIFEST), None
    )
    for sha, size in _blobs(directory, items):
        wanted[f"blobs/sha256/{sha}"] = size
    found = list(_size_faults(directory, wanted))
    # The index holds the sizes of blobs, so it can be compared only when these are there.
    if not found:
        for name, text in layout.texts(directory, items, go).items():
            if (directory / name).read_bytes() != text:
                found.append(f"{directory / name} is not as it was written")
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    extra = (file for file in files if str(file.relative_to(directory)) not in wanted)
    return [*found, *(f"{file}: nothing names it" for file in extra)]


def discard(directory: Path) -> None:
    """Removes a bundle, and the items of the cache that hold a damaged blob, so that the next build makes them anew."""
    for blob in (cache_dir() / "items").glob("*/blobs/*"):
        # The first damaged one of an item takes the item, and with it the others.
        if blob.is_file() and _sha256(blob) != blob.name:
            shutil.rmtree(blob.parents[1])
    shutil.rmtree(directory)


def _size_faults(directory: Path, wanted: dict[str, int | None]) -> Iterator[str]:
    for name, size in wanted.items():
        file = directory / name
        if not file.is_file():
            yield f"{file}: missing"
        elif size is not None and file.stat().st_size != size:
            yield f"{file}: {file.stat().st_size} bytes, not {size}"


def _blobs(directory: Path, items: Sequence[Item]) -> Iterator[tuple[str, int | None]]:
    """SHA-256 and size of every blob that an item's manifest names, and of the manifest itself."""
    for item in items:
        sha = item.digest.removeprefix("sha256:")
        # Its own size stands nowhere; a manifest that can be read has it.
        yield sha, None
        try:
            manifest = json.loads((layout.blobs(directory) / sha).read_text())
            descriptors = [manifest["config"], *manifest["layers"]]
            named = [
                (entry["digest"].removeprefix("sha256:"), entry["size"]) for entry in descriptors
            ]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # missing, which its own name shows, or changed, which its digest shows
        yield from named


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
