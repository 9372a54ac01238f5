import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest

from bundle import fetch, items, lock, manifests
from bundle.builder import UnknownItemError, assemble, build
from bundle.gomodule import BuildError, GoModule
from bundle.lock import Lock
from bundle.recipe import Content, ModuleFile, Recipe
from bundle.recipe import manifests as recipe_of
from tests.bundle.conftest import HOST

NAME = "manifest/upstream:v1"
UPSTREAM: Mapping[str, str] = {"examples/crds.yaml": "kind: CustomResourceDefinition\n"}


@pytest.fixture
def recipe(tmp_path: Path, recipes: dict[str, Recipe], monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """A recipe of one file, whose module is asked for in `UPSTREAM`."""
    for name in ("go.mod", "go.sum"):
        (tmp_path / name).write_text("")
    module = GoModule(name="upstream", directory=tmp_path, binaries={})
    recipes[NAME] = recipe_of(module, "example.test/upstream", "1", "examples", ("crds.yaml",))

    def read(content: Content) -> tuple[bytes, int]:
        assert isinstance(content, ModuleFile)
        return UPSTREAM[content.path].encode(), 0o644

    monkeypatch.setattr(items, "read", read)
    return recipes[NAME]


@pytest.fixture
def locked(cache: Path, recipe: Recipe, no_lock: Lock) -> Lock:
    """A lock of the manifests, made in this cache."""
    assert cache.name == "cache"
    made = items.make(NAME, recipe, no_lock)
    return dataclasses.replace(no_lock, items={NAME: made.item})


def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "elsewhere"))


def no_module(_: Content) -> tuple[bytes, int]:
    raise BuildError("no way to the internet")


def test_without_a_bundle_manifests_come_out_of_their_module(
    locked: Lock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_cache(tmp_path, monkeypatch)
    fetch.fetch([NAME], locked, None)
    assert manifests.read(locked, NAME) == {"crds.yaml": UPSTREAM["examples/crds.yaml"]}


def test_a_bundle_that_was_carried_here_needs_no_module(
    locked: Lock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = assemble(build([NAME], locked), "go0")
    empty_cache(tmp_path, monkeypatch)
    monkeypatch.setattr(items, "read", no_module)
    fetch.fetch([NAME], locked, bundle)
    assert manifests.read(locked, NAME) == {"crds.yaml": UPSTREAM["examples/crds.yaml"]}


def test_a_bundle_without_them_is_named(locked: Lock, tmp_path: Path) -> None:
    with pytest.raises(manifests.ManifestError, match=rf"{tmp_path}.* build that bundle anew"):
        fetch.fetch([NAME], locked, tmp_path)


def test_what_is_there_is_not_asked_for_again(
    locked: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch.fetch([NAME], locked, None)
    monkeypatch.setattr(items, "make", None)
    fetch.fetch([NAME], locked, None)


def test_another_recipe_than_the_locked_one_is_refused(locked: Lock) -> None:
    other = dataclasses.replace(locked.item(NAME), digest=f"sha256:{'0' * 64}")
    changed = dataclasses.replace(locked, items={NAME: other})
    with pytest.raises(manifests.ManifestError, match="run python -m bundle lock"):
        fetch.fetch([NAME], changed, None)


def test_only_manifests_are_made_for_a_preview(cache: Path, recipes: dict[str, Recipe]) -> None:
    assert cache.name == "cache"
    host = items.make(HOST, recipes[HOST], Lock(path=cache, go="", items={})).item
    with pytest.raises(UnknownItemError, match=f"upstream manifests {HOST}"):
        fetch.fetch([HOST], Lock(path=cache, go="", items={HOST: host}), None)


def test_every_upstream_manifest_is_locked_as_files_of_a_module() -> None:
    committed = lock.read(lock.COMMITTED)
    assert {"manifest/rook:v1.12.11", "manifest/contour:v1.33.8"} <= set(fetch.names())
    assert all(committed.item(name).files for name in fetch.names())
