from pathlib import Path

import pytest

from bundle.builder import assemble, build
from bundle.gomodule import BuildError
from bundle.gomodule import build as compile_module
from bundle.lock import Lock
from bundle.programs import CRANE
from bundle.recipe import Pulled, Recipe
from bundle.upload import Upload
from tests.bundle.test_upload import connection

pytestmark = pytest.mark.toolchain


@pytest.fixture(autouse=True)
def crane(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled program in the test's own cache."""
    with monkeypatch.context() as patch:
        patch.delenv("APPLIANCE_CACHE")
        program = compile_module(CRANE)["crane"]
    (cache / "go-binaries" / CRANE.key()).mkdir(parents=True)
    (cache / "go-binaries" / CRANE.key() / "crane").symlink_to(program)


def test_an_image_is_pulled_by_digest_and_stays_the_same_bytes(
    registry: int, recipes: dict[str, Recipe], no_lock: Lock
) -> None:
    (made,) = build(["registry.test/one:1"], no_lock)
    Upload(
        directory=assemble([made], "go0"), connect=connection(registry), say=lambda _: None
    ).run()
    reference = f"127.0.0.1:{registry}/registry.test/one@{made.item.digest}"
    recipes["pulled.test/one:1"] = Pulled(reference=reference)
    (pulled,) = build(["pulled.test/one:1"], no_lock)
    assert (pulled.item.digest, pulled.item.kind) == (made.item.digest, "image")
    assert pulled.item.origin == reference
    names = [
        sorted(blob.name for blob in (one.directory / "blobs").iterdir()) for one in (made, pulled)
    ]
    assert names[0] == names[1]


def test_an_image_that_is_not_there_is_told_in_the_registry_s_words(
    registry: int, recipes: dict[str, Recipe], no_lock: Lock
) -> None:
    recipes["pulled.test/one:1"] = Pulled(
        reference=f"127.0.0.1:{registry}/absent@sha256:{'0' * 64}"
    )
    with pytest.raises(BuildError, match=r"could not be pulled: (?s:.*)(NAME|MANIFEST)_UNKNOWN"):
        build(["pulled.test/one:1"], no_lock)
