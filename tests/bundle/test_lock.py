import json
from pathlib import Path

import pytest

from bundle import go_toolchain, items, lock
from bundle.lock import File, Item, Lock, MissingFromLockError
from bundle.recipes import RECIPES

ITEM = Item(
    name="host/a:1",
    kind="artifact",
    digest="sha256:" + "a" * 64,
    size=7,
    origin="text",
    files={"a": File(sha256="b" * 64, size=7)},
    packages={"ipset": "7.17-1"},
    inputs="0123456789abcdef",
)


@pytest.fixture
def committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Path:
    assert cache.parent == tmp_path
    monkeypatch.setattr(lock, "COMMITTED", tmp_path / "committed.json")
    lock.write(lock.COMMITTED, "go1", {ITEM.name: ITEM})
    return lock.COMMITTED


def test_what_is_written_is_read_back(committed: Path) -> None:
    assert lock.load() == Lock(path=committed, go="go1", items={ITEM.name: ITEM})


def test_an_image_reference_gets_its_digest(committed: Path) -> None:
    assert lock.read(committed).image(ITEM.name) == f"host/a:1@{ITEM.digest}"


def test_an_artifact_has_its_files(committed: Path) -> None:
    assert lock.read(committed).artifact(ITEM.name).files["a"].sha256 == "b" * 64


def test_a_name_that_is_not_locked_is_told_with_the_lock_and_the_command(committed: Path) -> None:
    with pytest.raises(MissingFromLockError, match=r"other:2 is not locked.*python -m bundle lock"):
        lock.read(committed).image("other:2")
    assert lock.read(committed).missing([ITEM.name, "other:2"]) == ("other:2",)


def test_the_digest_of_a_content_does_not_depend_on_the_order() -> None:
    assert lock.content([("a", "1"), ("b", "2")]) == lock.content([("b", "2"), ("a", "1")])
    assert lock.content([("a", "1"), ("b", "2")]) != lock.content([("a", "2"), ("b", "1")])


def test_this_machine_s_lock_holds_while_the_committed_one_that_it_replaces_stands(
    committed: Path,
) -> None:
    lock.write(lock.local_path(), "go2", {}, replaces=lock.committed_digest())
    assert lock.load().path == lock.local_path()
    lock.write(committed, "go3", {})
    assert lock.load().path == committed


def test_a_lock_that_is_named_is_the_one_that_is_read(committed: Path) -> None:
    lock.write(lock.local_path(), "go2", {}, replaces=lock.committed_digest())
    assert lock.load(committed).go == "go1"


def test_the_committed_lock_has_every_recipe_as_it_is_and_nothing_else() -> None:
    real = lock.read(lock.COMMITTED)
    changed = [
        name
        for name, recipe in RECIPES.items()
        if items.inputs(name, recipe, items.locked(name, real)) != real.item(name).inputs
    ]
    assert not changed, "run python -m bundle lock and commit bundle/lock.json"
    assert sorted(real.items) == sorted(RECIPES)
    assert real.go == go_toolchain.VERSION
    document = json.loads(lock.COMMITTED.read_text())
    assert list(document["items"]) == sorted(document["items"])
