import io
import json
import sys
from pathlib import Path

import pytest

from bundle import __main__ as program
from bundle import debian, lock, verify
from bundle.recipe import Image, PackageSet, Recipe
from tests.bundle.conftest import HOST, ONE, TWO

DEBS = "host/debian:1"


@pytest.fixture(autouse=True)
def committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path, recipes: dict[str, Recipe]
) -> Path:
    """A committed lock of the small recipes and of one set of Debian packages, of version 1."""
    recipes[DEBS] = PackageSet(base=(), packages=("ipset",), origin="Debian")
    serve(monkeypatch, "1")
    monkeypatch.setattr(lock, "COMMITTED", tmp_path / "committed.json")
    assert program.main(["lock"]) == 0
    assert cache.is_dir()
    return lock.COMMITTED


def serve(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    def package_set(target: Path, *_: object) -> dict[str, str]:
        (target / f"ipset_{version}_amd64.deb").write_text(version)
        return {"ipset": version}

    monkeypatch.setattr(debian, "package_set", package_set)


def test_a_bundle_of_the_lock_is_printed_and_leaves_the_lock_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    capsys.readouterr()
    assert program.main(["build"]) == 0
    directory = Path(capsys.readouterr().out.strip())
    assert verify.faults(directory) == []
    assert lock.load().path == lock.COMMITTED


def test_only_the_named_items_are_in_the_bundle(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps([ONE, HOST])))
    capsys.readouterr()
    assert program.main(["build", "--items", "-"]) == 0
    directory = Path(capsys.readouterr().out.strip())
    items = json.loads((directory / "manifest.json").read_text())["items"]
    assert [item["name"] for item in items] == [HOST, ONE]


def test_where_debian_has_moved_on_the_bundle_is_built_and_this_machine_gets_a_lock(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    committed: Path,
) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "fresh"))
    serve(monkeypatch, "2")
    before = committed.read_bytes()
    assert program.main(["build"]) == 0
    said = capsys.readouterr().err
    assert f"{DEBS} differs from {committed}: ipset 1 → 2" in said
    assert committed.read_bytes() == before
    own = lock.load()
    assert own.path == lock.local_path()
    assert own.items[DEBS].packages == {"ipset": "2"}
    assert own.items[ONE] == lock.read(committed).items[ONE]
    # The next build is the same bundle, and has nothing to say.
    assert program.main(["build"]) == 0
    assert capsys.readouterr().err == ""


def test_a_recipe_that_changed_after_the_lock_is_told(
    recipes: dict[str, Recipe], capsys: pytest.CaptureFixture[str]
) -> None:
    recipes[ONE] = recipes[TWO]
    capsys.readouterr()
    assert program.main(["build"]) == 0
    assert f"{ONE} differs from {lock.COMMITTED}: its recipe changed" in capsys.readouterr().err


def test_the_lock_takes_what_debian_serves_today_only_when_it_is_told_to(
    monkeypatch: pytest.MonkeyPatch, committed: Path
) -> None:
    serve(monkeypatch, "2")
    program.main(["lock"])
    assert lock.read(committed).items[DEBS].packages == {"ipset": "1"}
    program.main(["lock", "--refresh"])
    assert lock.read(committed).items[DEBS].packages == {"ipset": "2"}


def test_an_item_that_no_recipe_makes_any_more_leaves_the_lock(
    recipes: dict[str, Recipe], committed: Path
) -> None:
    del recipes[TWO]
    program.main(["lock"])
    assert sorted(lock.read(committed).items) == sorted([DEBS, HOST, ONE])


@pytest.mark.parametrize("name", ["manifest.json", "oci-layout", "blobs"])
def test_a_bundle_that_was_damaged_is_whole_after_the_next_build(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    program.main(["build"])
    directory = Path(capsys.readouterr().out.splitlines()[-1])
    file = directory / name if name != "blobs" else next((directory / "blobs/sha256").iterdir())
    file.write_bytes(b"damaged")
    assert program.main(["verify", str(directory)]) == 1
    assert str(file) in capsys.readouterr().out
    assert program.main(["build"]) == 0
    assert "building it anew" in capsys.readouterr().err
    assert program.main(["verify", str(directory)]) == 0


def test_a_fault_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "items").write_text('["absent:1"]')
    capsys.readouterr()
    assert program.main(["build", "--items", str(tmp_path / "items")]) == 1
    assert capsys.readouterr().err == (
        "error: no recipe makes absent:1; see python -m bundle list.\n"
    )


def test_the_list_is_of_the_recipes(
    capsys: pytest.CaptureFixture[str], recipes: dict[str, Recipe]
) -> None:
    recipes["registry.test/new:1"] = Image()
    capsys.readouterr()
    program.main(["list"])
    assert capsys.readouterr().out.splitlines() == list(recipes)
