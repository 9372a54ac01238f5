import gzip
import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import zstandard

from bundle import image
from bundle.image import Command


def unpacked(tar: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return archive.getmembers()


def members(blobs: Path, blob: image.Blob) -> list[tarfile.TarInfo]:
    packed = (blobs / blob.sha256).read_bytes()
    return unpacked(zstandard.ZstdDecompressor().decompress(packed))


def test_equal_files_give_equal_bytes_in_whatever_order_they_come() -> None:
    files = {"usr/bin/b": (b"b", 0o755), "etc/a": (b"a", 0o644)}
    assert image.files_tar(files) == image.files_tar(dict(reversed(files.items())))


def test_a_layer_has_its_directories_and_numbers_instead_of_names(tmp_path: Path) -> None:
    blob = image.layer(tmp_path, image.files_tar({"usr/bin/b": (b"b", 0o755)}))
    found = members(tmp_path, blob)
    assert [entry.name for entry in found] == ["usr", "usr/bin", "usr/bin/b"]
    assert {(entry.uid, entry.gid, entry.uname, entry.mtime) for entry in found} == {(0, 0, "", 0)}
    assert found[-1].mode == 0o755


def test_the_configuration_names_the_layers_by_their_bytes_before_compression(
    tmp_path: Path,
) -> None:
    tar = image.files_tar({"a": (b"a", 0o644)})
    layer = image.layer(tmp_path, tar)
    made = image.image(tmp_path, [layer], Command(entrypoint=("/a",), user="65535:65535"))
    manifest = json.loads((tmp_path / made.sha256).read_text())
    config = json.loads(
        (tmp_path / manifest["config"]["digest"].removeprefix("sha256:")).read_text()
    )
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(tar).hexdigest()}"]
    assert config["config"]["Entrypoint"] == ["/a"]
    assert config["config"]["User"] == "65535:65535"
    assert manifest["layers"][0]["mediaType"].endswith("tar+zstd")


def test_every_blob_lies_under_its_digest(tmp_path: Path) -> None:
    image.image(tmp_path, [image.layer(tmp_path, image.files_tar({}))], Command())
    blobs = list(tmp_path.iterdir())
    assert len(blobs) == 3
    assert all(hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name for blob in blobs)


def test_a_root_s_bytes_do_not_depend_on_when_and_in_which_order_it_was_made(
    tmp_path: Path,
) -> None:
    for root, names in ((tmp_path / "one", "abc"), (tmp_path / "two", "cba")):
        (root / "d").mkdir(parents=True)
        for name in names:
            (root / "d" / name).write_text(name)
        (root / "link").symlink_to("d/a")
        (root / "dirlink").symlink_to("d")
        os.mkfifo(root / "pipe")
    os.utime(tmp_path / "two" / "d" / "a", (1, 1))
    assert image.root_tar(tmp_path / "one") == image.root_tar(tmp_path / "two")
    found = [entry.name for entry in unpacked(image.root_tar(tmp_path / "one"))]
    assert found == ["d", "dirlink", "link", "pipe", "d/a", "d/b", "d/c"]


def test_a_root_keeps_owners_modes_and_hard_links(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "a").chmod(0o4755)
    os.link(tmp_path / "a", tmp_path / "b")
    first, second = unpacked(image.root_tar(tmp_path))
    assert (first.mode, first.uid) == (0o4755, os.getuid())
    assert second.islnk()


def test_an_artifact_s_files_are_its_layers_byte_by_byte(tmp_path: Path) -> None:
    file = tmp_path / "kubelet"
    file.write_bytes(gzip.compress(b"program", mtime=0))
    blobs = tmp_path / "blobs"
    made = image.artifact(blobs, {"kubelet": file})
    (layer,) = json.loads((blobs / made.sha256).read_text())["layers"]
    assert layer["annotations"] == {image.TITLE: "kubelet"}
    assert (blobs / layer["digest"].removeprefix("sha256:")).read_bytes() == file.read_bytes()


def test_a_damaged_blob_does_not_damage_what_it_was_made_of(tmp_path: Path) -> None:
    file = tmp_path / "kubelet"
    file.write_text("program")
    blob = image.store_file(tmp_path / "blobs", file)
    (tmp_path / "blobs" / blob.sha256).write_text("other")
    assert file.read_text() == "program"
