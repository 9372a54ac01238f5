import shutil
import time
from pathlib import Path

import pytest

from bundle import builder, gomodule, items
from bundle.builder import NotEnoughDiskError, UnknownItemError, assemble, build, check_disk, key
from bundle.gomodule import GoModule
from bundle.image import Command
from bundle.lock import Lock
from bundle.recipe import Artifact, Image, Program, Recipe, Text
from tests.bundle.conftest import HOST, ONE, TWO

DIRECTORY = Path(__file__).parents[2] / "bundle/modules/crane"


def program(name: str, binaries: int = 1) -> Program:
    names = {f"{name}{number}": "x" for number in range(binaries)}
    module = GoModule(name=name, directory=DIRECTORY, binaries=names)
    return Program(module=module, binary=f"{name}0")


def test_only_what_was_asked_for_is_built(
    cache: Path, recipes: dict[str, Recipe], no_lock: Lock
) -> None:
    (one,) = build([ONE], no_lock)
    assert one.item.name == ONE
    assert len([path for path in (cache / "items").iterdir() if path.is_dir()]) == 1
    assert set(recipes) == {ONE, TWO, HOST}


def test_what_is_built_is_not_built_again(
    bundle: Path,
    recipes: dict[str, Recipe],
    no_lock: Lock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(items, "_make", None)
    capsys.readouterr()
    built = build(recipes, no_lock)
    assert assemble(built, "go0") == bundle
    # Who looks for a bundle that lies ready knows the items from the lock, and no more.
    assert bundle.name == key([one.item for one in built], "go0")
    assert capsys.readouterr().err == ""


def test_equal_recipes_give_equal_bundles_in_different_caches(
    bundle: Path,
    recipes: dict[str, Recipe],
    no_lock: Lock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "other"))
    other = assemble(build(recipes, no_lock), "go0")
    assert other != bundle
    assert contents(other) == contents(bundle)


def contents(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(file.relative_to(directory)): file.read_bytes() for file in files}


def test_a_changed_recipe_is_built_anew(
    bundle: Path, recipes: dict[str, Recipe], no_lock: Lock
) -> None:
    recipes[ONE] = Image(files={"greeting": Text(text="other")}, command=Command())
    assert assemble(build(recipes, no_lock), "go0") != bundle


def test_progress_says_what_how_many_of_how_many_and_how_long(
    cache: Path, recipes: dict[str, Recipe], no_lock: Lock, capsys: pytest.CaptureFixture[str]
) -> None:
    build(recipes, no_lock)
    said = capsys.readouterr().err
    assert f"packing {ONE} …\n" in said
    assert all(f"[{number}/3] packing " in said for number in (1, 2, 3))
    assert said.endswith(": 0 s\n")
    assert cache.is_dir()


def test_a_name_without_a_recipe_is_refused_before_anything_is_built(
    cache: Path, recipes: dict[str, Recipe], no_lock: Lock
) -> None:
    with pytest.raises(UnknownItemError, match=r"no recipe makes absent:1; see .* list"):
        build([*recipes, "absent:1"], no_lock)
    assert not cache.exists()


def test_a_disk_too_small_is_refused_with_the_number_needed(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=4_000 * 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    check_disk(cache, 4_000)
    with pytest.raises(NotEnoughDiskError, match=r"has 4000 MB free and .* needs 4001 MB"):
        check_disk(cache, 4_001)


def test_the_compiler_s_cache_goes_before_a_build_is_refused(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=4_000 * 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    (cache / "go-build").mkdir(parents=True)
    with (cache / "go-build" / "object").open("wb") as file:
        file.truncate(2 * 10**6)
    check_disk(cache, 3_999)
    assert (cache / "go-build").exists()
    check_disk(cache, 4_002)
    assert not (cache / "go-build").exists()


def test_a_module_is_compiled_once_however_many_items_it_is_in_and_large_ones_first() -> None:
    small, large = program("small"), program("large", binaries=3)
    found = builder.compilations(
        {
            "a": Image(files={"x": small}),
            "b": Artifact(files={"x": small, "y": large}, origin=""),
        }
    )
    assert [module.name for module in found] == ["large", "small"]


def test_a_compiled_module_is_not_compiled_and_needs_no_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gomodule.GoModule, "is_built", lambda _: True)
    assert builder.compilations({"a": Image(files={"x": program("small")})}) == []
    assert builder.needed_mb([]) < builder.needed_mb([program("small").module])


def test_when_one_step_fails_the_rest_is_not_begun(
    cache: Path, recipes: dict[str, Recipe], no_lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def fail(name: str, *_: object) -> None:
        begun.append(name)
        time.sleep(0.05)
        raise OSError(name)

    monkeypatch.setattr(items, "make", fail)
    recipes |= {f"registry.test/more:{number}": recipes[ONE] for number in range(10)}
    with pytest.raises(OSError, match=HOST):
        build(recipes, no_lock)
    assert len(begun) <= 4
    assert not (cache / "bundle").exists()
