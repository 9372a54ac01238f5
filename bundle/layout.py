"""The three files beside a bundle's blobs: the OCI layout's own two, and the manifest that a person reads.

Owns their text, which follows from the items alone: so one changed byte of it shows. Does not own the blobs.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bundle import image
from bundle.lock import Item, content

LAYOUT, INDEX, MANIFEST = "oci-layout", "index.json", "manifest.json"


class DamagedError(Exception):
    """A file that is not what `texts` made; the message names it."""


def blobs(directory: Path) -> Path:
    """Where a bundle's blobs lie, under their SHA-256."""
    return directory / "blobs" / "sha256"


def texts(directory: Path, items: Sequence[Item], go: str) -> dict[str, bytes]:
    """File name → text, for a directory whose blobs are there already."""
    return {
        LAYOUT: image.dump({"imageLayoutVersion": "1.0.0"}),
        INDEX: image.dump(_index(directory, items)),
        MANIFEST: _manifest(items, go),
    }


def read(directory: Path) -> tuple[list[Item], str]:
    """The items of a bundle and its Go version. Raises DamagedError."""
    file = directory / MANIFEST
    try:
        document = json.loads(file.read_text())
        items = [Item.read(item["name"], item) for item in document["items"]]
        go = str(document["go"])
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise DamagedError(f"{file} cannot be read: {fault!r}") from fault
    if _manifest(items, go) != file.read_bytes():
        raise DamagedError(f"{file} is not as it was written")
    return items, go


def _index(directory: Path, items: Sequence[Item]) -> dict[str, Any]:
    manifests = [
        {
            "mediaType": image.MANIFEST,
            "digest": item.digest,
            "size": (blobs(directory) / item.digest.removeprefix("sha256:")).stat().st_size,
            "annotations": {image.NAME: item.name},
        }
        for item in items
    ]
    return {"schemaVersion": 2, "manifests": manifests}


def _manifest(items: Sequence[Item], go: str) -> bytes:
    document: dict[str, Any] = {
        "version": 1,
        "digest": content((item.name, item.digest) for item in items),
        "go": go,
        "items": [{"name": item.name, **item.document()} for item in items],
    }
    # The digest above is of the items' digests only; this one is of every word.
    document["check"] = hashlib.sha256(image.dump(document)).hexdigest()
    return (json.dumps(document, indent=1) + "\n").encode()
