from pathlib import Path

import pytest

from bundle import application, lock, verify
from bundle.application import OtherBytesError
from bundle.recipe import Image, Recipe, Text
from tests.bundle.conftest import ONE, TWO

pytestmark = pytest.mark.usefixtures("cache")


def test_an_applications_bundle_holds_the_images_of_its_lock_and_no_others(
    recipes: dict[str, Recipe], tmp_path: Path
) -> None:
    assert set(recipes) > {ONE}
    application.write_lock({ONE: ONE}, tmp_path / "lock.json")
    directory = application.bundle(lock.read(tmp_path / "lock.json"))
    assert verify.faults(directory) == []
    assert [item.name for item in lock.read(tmp_path / "lock.json").items.values()] == [ONE]


def test_an_image_that_is_not_the_locked_one_is_refused(
    recipes: dict[str, Recipe], tmp_path: Path
) -> None:
    application.write_lock({ONE: ONE, TWO: TWO}, tmp_path / "lock.json")
    recipes[TWO] = Image(files={"other": Text(text="other bytes")}, origin="text")
    with pytest.raises(OtherBytesError, match=rf"^{TWO} is sha256:\w+ today, and .*lock.json says"):
        application.bundle(lock.read(tmp_path / "lock.json"))


def test_a_damaged_bundle_is_made_anew(recipes: dict[str, Recipe], tmp_path: Path) -> None:
    assert set(recipes) > {ONE}
    application.write_lock({ONE: ONE}, tmp_path / "lock.json")
    locked = lock.read(tmp_path / "lock.json")
    directory = application.bundle(locked)
    blob = next((directory / "blobs" / "sha256").iterdir())
    blob.chmod(0o644)
    blob.write_bytes(b"x" * blob.stat().st_size)
    assert verify.faults(application.bundle(locked)) == []


def test_a_digest_of_several_machines_images_is_refused_with_the_one_that_travels(
    recipes: dict[str, Recipe], tmp_path: Path
) -> None:
    name = f"registry.test/many:1@sha256:{'0' * 64}"
    recipes[name] = recipes[ONE]
    with pytest.raises(OtherBytesError, match="stands for images of several kinds of machines"):
        application.write_lock({name: name}, tmp_path / "lock.json")
    assert not (tmp_path / "lock.json").exists()
