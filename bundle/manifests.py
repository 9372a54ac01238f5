"""Upstream manifests: YAML files of other projects that the Pulumi program reads while it runs.

Owns where they lie in the cache, and that their bytes are the lock's. Does not own which files these are (recipes), nor
where they come from (fetch.py).
"""

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from bundle.cache import cache_dir, entry
from bundle.lock import Item, Lock

KIND = "manifests"


class ManifestError(Exception):
    """Manifests are not there, or are not those of the lock; the message names them and what to run."""


def read(lock: Lock, name: str) -> Mapping[str, str]:
    """The files of an item such as "manifest/rook:v1.12.11": file name → text.

    Raises ManifestError when the cache lacks one of them, MissingFromLockError for a name that is not locked.
    """
    item = lock.item(name)
    if (texts := _texts(item)) is None:
        raise ManifestError(
            f"{_directory(item)} does not hold {name} as {lock.path} has it; make preview, make up and make shell put "
            "it there before they start pulumi, or run python -m bundle manifests"
        )
    return texts


def missing(lock: Lock, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that the cache lacks. Raises MissingFromLockError."""
    return tuple(name for name in names if _texts(lock.item(name)) is None)


def keep(item: Item, blobs: Path) -> None:
    """Puts the item's files into the cache, out of a directory of blobs. Raises ManifestError if one is not there."""
    for title, file in item.files.items():
        if _read(blobs / file.sha256, file.sha256) is None:
            raise ManifestError(
                f"{blobs} does not hold {title} of {item.name} as it is locked; build that bundle anew"
            )

    def make(directory: Path) -> None:
        for title, file in item.files.items():
            shutil.copyfile(blobs / file.sha256, directory / title)

    if _texts(item) is None:
        # What was changed there since is no manifest of the lock any more.
        shutil.rmtree(_directory(item), ignore_errors=True)
    entry(KIND, _key(item), make)


def _texts(item: Item) -> Mapping[str, str] | None:
    """The files' texts; None unless all are there as they are locked."""
    found = {
        title: _read(_directory(item) / title, file.sha256) for title, file in item.files.items()
    }
    texts = {title: data.decode() for title, data in found.items() if data is not None}
    return texts if texts.keys() == found.keys() else None


def _read(file: Path, sha256: str) -> bytes | None:
    """The file's bytes, if it is there and they have this digest."""
    data = file.read_bytes() if file.is_file() else b""
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def _directory(item: Item) -> Path:
    return cache_dir() / KIND / _key(item)


def _key(item: Item) -> str:
    return item.digest.removeprefix("sha256:")
