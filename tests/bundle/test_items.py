import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from bundle import debian, items
from bundle.gomodule import GoModule
from bundle.lock import Item, Lock
from bundle.programs import MODULES
from bundle.recipe import Artifact, CSource, Image, ModuleFile, PackageSet, Program, Recipe, Text
from tests.bundle.conftest import ONE

MODULE = GoModule(name="crane", directory=MODULES / "crane", binaries={"crane": "x"})


@pytest.fixture
def debian_serves(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What `debian.root` and `debian.package_set` get; counts under "calls" how often a root was made."""
    serves = {"ipset": "1", "calls": "0"}

    def installed() -> dict[str, str]:
        return {"ipset": serves["ipset"]}

    def root(target: Path, packages: tuple[str, ...], log: Path) -> dict[str, str]:
        assert (packages, log.suffix) == (("ipset",), ".log")
        serves["calls"] = str(int(serves["calls"]) + 1)
        target.mkdir()
        (target / "ipset").write_text(serves["ipset"])
        return installed()

    def package_set(
        target: Path, base: tuple[str, ...], packages: tuple[str, ...], log: Path
    ) -> dict[str, str]:
        assert (base, packages, log.suffix) == (("curl",), ("ipset",), ".log")
        (target / f"ipset_{serves['ipset']}_amd64.deb").write_text(serves["ipset"])
        return installed()

    monkeypatch.setattr(debian, "root", root)
    monkeypatch.setattr(debian, "package_set", package_set)
    return serves


ROOTED = Image(packages=("ipset",), files={"etc/motd": Text(text="hello\n")}, origin="Debian")
SET = PackageSet(base=("curl",), packages=("ipset",), origin="Debian")


def lock_of(*made: Item) -> Lock:
    return Lock(path=Path("lock.json"), go="", items={item.name: item for item in made})


def test_the_key_changes_with_recipe_programs_and_packages() -> None:
    image = Image(files={"x": Program(module=MODULE, binary="crane")})
    other = dataclasses.replace(MODULE, ldflags="-X a=b")
    keys = {
        items.key("a", image, {}),
        items.key("b", image, {}),
        items.key("a", image, {"ipset": "1"}),
        items.key("a", image, {"ipset": "2"}),
        items.key("a", Image(files={"x": Program(module=other, binary="crane")}), {}),
        items.key("a", Image(files={"y": Program(module=MODULE, binary="crane")}), {}),
    }
    assert len(keys) == 6


def test_the_key_does_not_change_with_the_place_of_the_checkout(tmp_path: Path) -> None:
    shutil.copytree(MODULE.directory, tmp_path / "elsewhere")
    moved = dataclasses.replace(MODULE, directory=tmp_path / "elsewhere")

    def key(module: GoModule) -> str:
        program = Program(module=module, binary="crane")
        file = ModuleFile(of=module, module="m", path="a")
        return items.key("a", Artifact(files={"x": program, "y": file}, origin=""), {})

    assert key(moved) == key(MODULE)


def test_the_c_compiler_counts_for_c_source_only(monkeypatch: pytest.MonkeyPatch) -> None:
    source, text = Image(files={"x": CSource(text="x")}), Image(files={"x": Text(text="x")})
    before = items.key("a", source, {}), items.key("a", text, {})
    monkeypatch.setattr(items, "c_compiler", lambda: "gcc 99")
    assert items.key("a", source, {}) != before[0]
    assert items.key("a", text, {}) == before[1]


def test_an_item_tells_its_packages_and_files(
    cache: Path, no_lock: Lock, debian_serves: dict[str, str]
) -> None:
    made = items.make("host/debian:1", SET, no_lock)
    assert made.item.kind == "artifact"
    assert made.item.packages == {"ipset": debian_serves["ipset"]}
    assert list(made.item.files) == ["ipset_1_amd64.deb"]
    assert made.directory.is_relative_to(cache)


@pytest.mark.parametrize("recipe", [ROOTED, SET])
def test_when_debian_has_moved_on_an_item_is_made_once_and_found_by_the_next_lock(
    cache: Path, recipes: dict[str, Recipe], debian_serves: dict[str, str], recipe: Recipe
) -> None:
    recipes[ONE] = recipe
    locked = dataclasses.replace(items.make(ONE, recipe, lock_of()).item)
    shutil.rmtree(cache)  # a fresh machine
    debian_serves["ipset"] = "2"
    moved = items.make(ONE, recipe, lock_of(locked))
    assert moved.item.packages == {"ipset": "2"}
    assert moved.item.digest != locked.digest
    assert items.find(ONE, recipe, {"ipset": "2"}) == moved
    assert items.make(ONE, recipe, lock_of(moved.item)) == moved


def test_images_with_equal_packages_share_one_root(
    cache: Path, recipes: dict[str, Recipe], debian_serves: dict[str, str]
) -> None:
    recipes["a:1"] = recipes["b:1"] = ROOTED
    first = items.make("a:1", ROOTED, lock_of())
    second = items.make("b:1", ROOTED, lock_of(first.item))
    assert debian_serves["calls"] == "1"
    assert layers(first)[0] == layers(second)[0]
    assert not list((cache / "scratch").iterdir())


def layers(made: items.Built) -> list[str]:
    manifest = made.directory / "blobs" / made.item.digest.removeprefix("sha256:")
    return [layer["digest"] for layer in json.loads(manifest.read_text())["layers"]]


@pytest.mark.toolchain
def test_our_own_c_gives_equal_images_in_different_caches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_lock: Lock
) -> None:
    recipe = Image(files={"pause": CSource(text="int main(void) { return 0; }")})
    found = set()
    for name in ("one", "two"):
        monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / name))
        found.add(items.make("a:1", recipe, no_lock).item.digest)
    assert len(found) == 1
