import http.client
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bundle.builder import assemble, build
from bundle.image import Command
from bundle.lock import Lock
from bundle.recipe import Image, Recipe, Text
from bundle.upload import Moved, Upload, UploadError
from tests.bundle.conftest import ONE

pytestmark = pytest.mark.toolchain


def connection(port: int) -> Callable[[], http.client.HTTPConnection]:
    return lambda: http.client.HTTPConnection("127.0.0.1", port, timeout=20)


@pytest.fixture
def move(registry: int) -> Callable[[Path], Moved]:
    connect = connection(registry)
    return lambda bundle: Upload(directory=bundle, connect=connect, say=lambda _: None).run()


def manifest(registry: int, repository: str, tag: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", registry, timeout=20)
    accept = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
    connection.request("GET", f"/v2/{repository}/manifests/{tag}", headers=accept)
    answer = connection.getresponse()
    assert answer.status == 200
    data = answer.read()
    connection.close()
    return data


def test_the_first_push_moves_every_blob_and_the_second_none(
    bundle: Path, move: Callable[[Path], Moved], registry: int
) -> None:
    first = move(bundle)
    # Two images with a layer and a configuration each; an artifact with a file and the empty configuration.
    assert (first.items, first.blobs, first.moved) == (3, 6, 6)
    data = manifest(registry, "registry.test/one", "1")
    assert json.loads(data)["config"]["size"] > 0
    second = move(bundle)
    assert (second.blobs, second.moved, second.bytes) == (6, 0, 0)


def test_a_bundle_with_one_changed_item_moves_only_its_new_blobs(
    bundle: Path,
    recipes: dict[str, Recipe],
    no_lock: Lock,
    move: Callable[[Path], Moved],
    registry: int,
) -> None:
    move(bundle)
    recipes[ONE] = Image(
        files={"greeting": Text(text="another")}, command=Command(entrypoint=("/greeting",))
    )
    other = assemble(build(recipes, no_lock), "go0")
    before = manifest(registry, "registry.test/one", "1")
    assert move(other).moved == 2  # its layer and its configuration
    assert manifest(registry, "registry.test/one", "1") != before


def test_a_layer_of_several_images_is_sent_once(
    bundle: Path, recipes: dict[str, Recipe], no_lock: Lock, move: Callable[[Path], Moved]
) -> None:
    for name in ("registry.test/three:1", "registry.test/four:1"):
        recipes[name] = Image(files={"same": Text(text="same")})
    other = assemble(build(recipes, no_lock), "go0")
    assert bundle != other
    assert move(other).moved == 6 + 2


def test_other_bytes_than_the_digest_promises_are_refused_by_the_registry(
    bundle: Path, move: Callable[[Path], Moved], tmp_path: Path
) -> None:
    copy = shutil.copytree(bundle, tmp_path / "copy")
    layer = max(
        (copy / "blobs" / "sha256").iterdir(), key=lambda blob: b"tar+zstd" in blob.read_bytes()
    )
    descriptor = json.loads(layer.read_text())["layers"][0]["digest"].removeprefix("sha256:")
    blob = copy / "blobs" / "sha256" / descriptor
    blob.write_bytes(bytes(reversed(blob.read_bytes())))
    with pytest.raises(UploadError, match=r"the registry answered 400 to PUT .*DIGEST_INVALID"):
        move(copy)
