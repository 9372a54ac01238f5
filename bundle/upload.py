"""Moving a bundle's blobs into a registry, over the registry's own HTTP interface.

Owns which blobs are missing there and sending just these. Does not own how the registry is reached (tunnel.py), nor
its storage. Blobs of older bundles stay: nodes that are not updated yet still ask for them.
"""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from bundle import image

JOBS = 4
TIMEOUT = 120.0

Connect = Callable[[], http.client.HTTPConnection]


class UploadError(Exception):
    """The registry did not take something; the message says what, and the registry's own words."""


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a socket in a directory that only its owner can enter."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        """Opens the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


@dataclass(kw_only=True)
class Moved:
    """What a push did: items and blobs looked at, blobs and bytes that were not there."""

    items: int = 0
    blobs: int = 0
    moved: int = 0
    bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A push of the bundle in `directory` to the registry that `connect` opens connections to."""

    directory: Path
    connect: Connect
    say: Callable[[str], None]
    total: Moved = field(default_factory=Moved)
    # Digest → repository that has it, so that a layer of several images is sent once and then only named.
    _places: dict[str, str] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> Moved:
        """Moves what is missing, four items at a time. Raises UploadError, and OSError when the connection breaks."""
        entries = json.loads((self.directory / "index.json").read_text())["manifests"]
        with ThreadPoolExecutor(max_workers=JOBS) as pool:
            futures = [pool.submit(self._item, entry, len(entries)) for entry in entries]
            try:
                for future in futures:
                    future.result()
            finally:
                pool.shutdown(cancel_futures=True)
        return self.total

    def _item(self, entry: Mapping[str, Any], of: int) -> None:
        began, name = time.monotonic(), entry["annotations"][image.NAME]
        repository, tag = place(name)
        data = self._blob(entry["digest"]).read_bytes()
        manifest = json.loads(data)
        blobs = {blob["digest"]: blob["size"] for blob in (manifest["config"], *manifest["layers"])}
        with closing(self.connect()) as connection:
            registry = Repository(name=repository, connection=connection)
            sent = [size for digest, size in blobs.items() if self._send(registry, digest)]
            if registry.manifest(tag) != entry["digest"]:
                registry.put_manifest(tag, entry["mediaType"], data)
        with self._counting:
            self.total.items += 1
            self.total.blobs += len(blobs)
            self.total.moved += len(sent)
            self.total.bytes += sum(sent)
            self.say(
                f"[{self.total.items}/{of}] {name}: {len(sent)} of {len(blobs)} blobs moved, "
                f"{sum(sent) / 1e6:.1f} MB, {time.monotonic() - began:.1f} s"
            )

    def _send(self, registry: "Repository", digest: str) -> bool:
        """Whether the blob's bytes had to be moved."""
        with self._counting:
            lock = self._locks.setdefault(digest, threading.Lock())
        with lock:
            missing = not registry.has(digest)
            moved = missing and not registry.mount(digest, self._places.get(digest))
            if moved:
                registry.put(digest, self._blob(digest))
            self._places.setdefault(digest, registry.name)
        return moved

    def _blob(self, digest: str) -> Path:
        return self.directory / "blobs" / "sha256" / digest.removeprefix("sha256:")


def whole(path: str, repository: str) -> str:
    """The path that is asked for: one below a repository, or what a registry gave, with its own address or without."""
    given = urlsplit(path)
    if given.netloc:
        return given._replace(scheme="", netloc="").geturl()
    return path if path.startswith("/") else f"/v2/{repository}/{path}"


def place(name: str) -> tuple[str, str]:
    """Repository and tag of an item; where its name has a digest, that stands for the tag."""
    tagged, _, digest = name.partition("@")
    repository, colon, tag = tagged.rpartition(":")
    return (repository, digest or tag) if colon else (tagged, digest)


@dataclass(frozen=True, kw_only=True)
class Repository:
    """One repository of a registry, over one connection."""

    name: str
    connection: http.client.HTTPConnection

    def has(self, digest: str) -> bool:
        """Whether the blob is there."""
        return self._call("HEAD", f"blobs/{digest}", expect=(200, 404)).status == http.client.OK

    def manifest(self, tag: str) -> str | None:
        """The digest that the tag stands for."""
        answer = self._call(
            "HEAD", f"manifests/{tag}", expect=(200, 404), headers={"Accept": image.MANIFEST}
        )
        return (
            answer.getheader("Docker-Content-Digest") if answer.status == http.client.OK else None
        )

    def mount(self, digest: str, source: str | None) -> bool:
        """Whether the registry took the blob over from another of its repositories."""
        if source is None:
            return False
        path = f"blobs/uploads/?mount={digest}&from={source}"
        return self._call("POST", path, expect=(201, 202)).status == http.client.CREATED

    def put(self, digest: str, file: Path) -> None:
        """Sends a blob. The registry computes its digest again and refuses other bytes."""
        place = self._call("POST", "blobs/uploads/", expect=(202,)).getheader("Location") or ""
        join = "&" if "?" in place else "?"
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(file.stat().st_size),
        }
        with file.open("rb") as data:
            self._call("PUT", f"{place}{join}digest={digest}", (201,), data, headers)

    def put_manifest(self, tag: str, media_type: str, data: bytes) -> None:
        """Names the manifest; the registry refuses it when a blob of it is missing."""
        self._call("PUT", f"manifests/{tag}", (201,), data, {"Content-Type": media_type})

    def _call(
        self,
        method: str,
        path: str,
        expect: tuple[int, ...],
        body: bytes | BinaryIO | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> http.client.HTTPResponse:
        url = whole(path, self.name)
        self.connection.request(method, url, body=body, headers=dict(headers or {}))
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status not in expect:
            raise UploadError(
                f"the registry answered {answer.status} to {method} {url}: "
                f"{said.decode(errors='replace').strip()[:300]}"
            )
        return answer
