"""OCI images and artifacts as bytes: layers, configurations and manifests in an image layout.

Owns the bytes, and that equal content gives equal bytes: sorted names, no clock, numeric owners. Does not own what
an image holds (recipes).
"""

import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+zstd"
EMPTY = "application/vnd.oci.empty.v1+json"
FILE = "application/octet-stream"
TITLE = "org.opencontainers.image.title"
NAME = "org.opencontainers.image.ref.name"
# Fast enough to be no part of the build time; containerd unpacks zstd faster than gzip.
LEVEL = 3

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Blob:
    """Some bytes of a layout: their media type, SHA-256 and size, as a descriptor names them."""

    media_type: str
    sha256: str
    size: int
    diff_id: str = ""
    """For a layer: the SHA-256 of the tar before compression, which the image's configuration names."""

    def descriptor(self, annotations: Mapping[str, str] | None = None) -> Json:
        """The OCI descriptor."""
        plain: Json = {
            "mediaType": self.media_type,
            "digest": f"sha256:{self.sha256}",
            "size": self.size,
        }
        return {**plain, "annotations": dict(annotations)} if annotations else plain


@dataclass(frozen=True, kw_only=True)
class Command:
    """What a container of the image runs, and what the image says of itself."""

    entrypoint: tuple[str, ...] = ()
    environment: tuple[str, ...] = (
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    )
    user: str = ""
    working_directory: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def store(blobs: Path, data: bytes, media_type: str) -> Blob:
    """Puts bytes under their digest."""
    sha = hashlib.sha256(data).hexdigest()
    _place(blobs, sha, data)
    return Blob(media_type=media_type, sha256=sha, size=len(data))


def store_file(blobs: Path, file: Path, media_type: str = FILE) -> Blob:
    """Puts a file's bytes under their digest, by a link where the file system allows it."""
    with file.open("rb") as stream:
        sha = hashlib.file_digest(stream, "sha256").hexdigest()
    blobs.mkdir(parents=True, exist_ok=True)
    target = blobs / sha
    if not target.exists():
        target.write_bytes(file.read_bytes())
    return Blob(media_type=media_type, sha256=sha, size=file.stat().st_size)


def _place(blobs: Path, sha: str, data: bytes) -> None:
    blobs.mkdir(parents=True, exist_ok=True)
    target = blobs / sha
    if not target.exists():
        part = target.with_name(f".{sha}")
        part.write_bytes(data)
        part.rename(target)


def layer(blobs: Path, tar: bytes) -> Blob:
    """One layer from an uncompressed tar."""
    # One thread: with more, zstandard's output depends on how the work was cut.
    data = zstandard.ZstdCompressor(level=LEVEL, threads=0).compress(tar)
    blob = store(blobs, data, LAYER)
    return Blob(
        media_type=LAYER,
        sha256=blob.sha256,
        size=blob.size,
        diff_id=hashlib.sha256(tar).hexdigest(),
    )


def files_tar(files: Mapping[str, tuple[bytes, int]]) -> bytes:
    """A tar of path → (bytes, mode), with every directory above them; everything belongs to root."""
    buffer = io.BytesIO()
    directories = {str(parent) for path in files for parent in Path(path).parents} - {"."}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for directory in sorted(directories):
            entry = tarfile.TarInfo(directory)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        for path in sorted(files):
            data, mode = files[path]
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), mode
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def root_tar(root: Path) -> bytes:
    """A tar of a directory tree: names sorted, times zero, owners and modes as they are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in _walk(root):
            name = str(path.relative_to(root))
            entry = tar.gettarinfo(path, name)
            if entry is None:
                continue
            entry.mtime, entry.uname, entry.gname = 0, "", ""
            if stat.S_ISREG(path.lstat().st_mode) and entry.isreg():
                with path.open("rb") as data:
                    tar.addfile(entry, data)
            else:
                tar.addfile(entry)
    return buffer.getvalue()


def _walk(root: Path) -> Iterable[Path]:
    for directory, names, files in os.walk(root):
        names.sort()
        links = [name for name in names if (Path(directory) / name).is_symlink()]
        yield from (Path(directory) / name for name in sorted([*names, *files]))
        names[:] = [name for name in names if name not in links]


def image(blobs: Path, layers: list[Blob], command: Command) -> Blob:
    """The manifest of an image made of the given layers."""
    configuration: Json = {
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "Env": list(command.environment),
            **({"Entrypoint": list(command.entrypoint)} if command.entrypoint else {}),
            **({"User": command.user} if command.user else {}),
            **({"WorkingDir": command.working_directory} if command.working_directory else {}),
            "Labels": dict(command.labels),
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{blob.diff_id}" for blob in layers]},
    }
    config = store(blobs, dump(configuration), CONFIG)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor(),
        "layers": [blob.descriptor() for blob in layers],
    }
    return store(blobs, dump(manifest), MANIFEST)


def artifact(blobs: Path, files: Mapping[str, Path]) -> Blob:
    """The manifest of an artifact: each file is a layer by itself, so that a host can fetch it by digest with curl."""
    config = store(blobs, b"{}", EMPTY)
    layers = [
        store_file(blobs, path).descriptor({TITLE: title}) for title, path in sorted(files.items())
    ]
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": "application/vnd.appliance.files",
        "config": config.descriptor(),
        "layers": layers,
    }
    return store(blobs, dump(manifest), MANIFEST)


def dump(document: Json) -> bytes:
    """JSON in one form: no spaces, keys in the order given. The node script reads descriptors in this form."""
    return json.dumps(document, separators=(",", ":")).encode()
