"""The lock: the digest of every item that a stack may use, committed beside the recipes.

Owns reading, comparing and writing it. The Pulumi program reads it and needs no bundle for a preview; the builder and
the push check bytes against it. Does not own how an item is made.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bundle.cache import state_dir

COMMITTED = Path(__file__).parent / "lock.json"


class MissingFromLockError(Exception):
    """An item is not in the lock; the message names the item, the lock, and the command that adds it."""


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of an artifact: its SHA-256 (hexadecimal) and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """An artifact: the digest of its manifest ("sha256:…") and its files by title."""

    digest: str
    files: Mapping[str, File]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item: image or artifact, its digest ("sha256:…"), all its bytes, and the Debian packages in it.

    `inputs` is a digest over its recipe and these packages.
    """

    name: str
    kind: str
    digest: str
    size: int
    origin: str = ""
    files: Mapping[str, File] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    inputs: str = ""

    def document(self) -> dict[str, Any]:
        """The item as it stands in the lock and in a bundle's manifest, without its name."""
        files = {
            title: {"sha256": file.sha256, "size": file.size} for title, file in self.files.items()
        }
        return {
            "kind": self.kind,
            "digest": self.digest,
            "size": self.size,
            "origin": self.origin,
            "inputs": self.inputs,
            **({"files": files} if files else {}),
            **({"packages": dict(self.packages)} if self.packages else {}),
        }

    @classmethod
    def read(cls, name: str, document: Mapping[str, Any]) -> "Item":
        """The item of a document."""
        return cls(
            name=name,
            kind=document["kind"],
            digest=document["digest"],
            size=document["size"],
            origin=document.get("origin", ""),
            files={title: File(**file) for title, file in document.get("files", {}).items()},
            packages=document.get("packages", {}),
            inputs=document.get("inputs", ""),
        )


@dataclass(frozen=True, kw_only=True)
class Lock:
    """What every item's bytes must be. `path` is where it was read."""

    path: Path
    go: str
    items: Mapping[str, Item]

    def item(self, name: str) -> Item:
        """The item of a name. Raises MissingFromLockError."""
        if name not in self.items:
            raise MissingFromLockError(
                f"{self.path}: {name} is not locked; add a recipe for it to bundle/recipes.py and run "
                "python -m bundle lock"
            )
        return self.items[name]

    def image(self, reference: str) -> str:
        """The reference with its digest. Raises MissingFromLockError."""
        return f"{reference}@{self.item(reference).digest}"

    def artifact(self, name: str) -> Artifact:
        """The artifact of a name. Raises MissingFromLockError."""
        item = self.item(name)
        return Artifact(digest=item.digest, files=item.files)

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that are not locked."""
        return tuple(name for name in names if name not in self.items)

    def content(self, names: Iterable[str]) -> str:
        """One SHA-256 over the given items; a bundle of them carries it as its name. Raises MissingFromLockError."""
        return content((name, self.item(name).digest) for name in names)


def content(digests: Iterable[tuple[str, str]]) -> str:
    """One SHA-256 (hexadecimal) over pairs of name and digest, in whatever order they come."""
    lines = sorted(f"{name} {digest}\n" for name, digest in digests)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def local_path() -> Path:
    """Where this machine's own lock lies, if the committed one could not be met here."""
    return state_dir() / "lock.json"


def load(path: Path | None = None) -> Lock:
    """The lock at `path`; without one, this machine's own if it replaces the committed one, else the committed one.

    Debian serves only its newest packages. When a locked version is gone, the builder locks what it got instead, for
    this machine alone, and names the committed lock that this replaces; a newer committed lock ends it.
    """
    if path is not None:
        return read(path)
    own = local_path()
    if own.is_file() and json.loads(own.read_text()).get("replaces") == committed_digest():
        return read(own)
    return read(COMMITTED)


def committed_digest() -> str:
    """The SHA-256 of the committed lock's bytes."""
    return hashlib.sha256(COMMITTED.read_bytes() if COMMITTED.is_file() else b"").hexdigest()


def read(path: Path) -> Lock:
    """The lock in a file; an absent committed one is empty, so that the first can be written."""
    empty: dict[str, Any] = {"go": "", "items": {}}
    document = json.loads(path.read_text()) if path.is_file() else empty
    items = {name: Item.read(name, item) for name, item in document["items"].items()}
    return Lock(path=path, go=document["go"], items=items)


def write(path: Path, go: str, items: Mapping[str, Item], replaces: str | None = None) -> None:
    """Writes a lock with its items sorted, one change a line, so that its history can be reviewed."""
    document: dict[str, Any] = {"go": go} if replaces is None else {"go": go, "replaces": replaces}
    document["items"] = {name: items[name].document() for name in sorted(items)}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(document, indent=1) + "\n")
    part.rename(path)
