import hashlib
from pathlib import Path

import pytest

from bundle import manifests
from bundle.lock import File, Item, Lock, MissingFromLockError

NAME = "manifest/rook:v1"
TEXTS = {"common.yaml": "kind: ClusterRole\n", "crds.yaml": "kind: CustomResourceDefinition # é\n"}


def file(text: str) -> File:
    data = text.encode()
    return File(sha256=hashlib.sha256(data).hexdigest(), size=len(data))


ITEM = Item(
    name=NAME,
    kind="artifact",
    digest=f"sha256:{'a' * 64}",
    size=1,
    files={title: file(text) for title, text in TEXTS.items()},
)


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock(path=tmp_path / "lock.json", go="", items={NAME: ITEM})


@pytest.fixture
def blobs(tmp_path: Path) -> Path:
    """The blobs of the item, as they lie in a bundle."""
    directory = tmp_path / "blobs"
    directory.mkdir()
    for text in TEXTS.values():
        (directory / file(text).sha256).write_text(text)
    return directory


def test_the_files_are_read_as_they_are_locked(cache: Path, lock: Lock, blobs: Path) -> None:
    manifests.keep(ITEM, blobs)
    assert manifests.read(lock, NAME) == TEXTS
    assert manifests.missing(lock, [NAME]) == ()
    assert cache in next(cache.rglob("crds.yaml")).parents


@pytest.mark.usefixtures("cache")
def test_what_is_not_there_is_named_with_what_puts_it_there(lock: Lock) -> None:
    assert manifests.missing(lock, [NAME]) == (NAME,)
    with pytest.raises(manifests.ManifestError, match=r"manifest/rook:v1 .*make preview, make up"):
        manifests.read(lock, NAME)


@pytest.mark.usefixtures("cache")
def test_a_name_that_is_not_locked_is_no_manifest(lock: Lock) -> None:
    with pytest.raises(MissingFromLockError, match="manifest/other:v1 is not locked"):
        manifests.read(lock, "manifest/other:v1")


def test_a_changed_byte_is_never_read_and_is_mended(cache: Path, lock: Lock, blobs: Path) -> None:
    manifests.keep(ITEM, blobs)
    next(cache.rglob("crds.yaml")).write_text("kind: Other\n")
    assert manifests.missing(lock, [NAME]) == (NAME,)
    with pytest.raises(manifests.ManifestError):
        manifests.read(lock, NAME)
    manifests.keep(ITEM, blobs)
    assert manifests.read(lock, NAME) == TEXTS


@pytest.mark.parametrize("text", ["kind: Other\n", None])
def test_other_bytes_than_the_locked_ones_are_not_kept(
    cache: Path, blobs: Path, text: str | None
) -> None:
    blob = blobs / file(TEXTS["crds.yaml"]).sha256
    blob.write_text(text) if text else blob.unlink()
    with pytest.raises(manifests.ManifestError, match=r"does not hold crds.yaml of manifest/rook"):
        manifests.keep(ITEM, blobs)
    assert not list(cache.rglob("*.yaml"))
