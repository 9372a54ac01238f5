import dataclasses
import shutil
from pathlib import Path

import pytest

from bundle import go_toolchain, gomodule
from bundle.gomodule import BuildError, GoModule, Patch, build


@pytest.fixture
def module(tmp_path: Path) -> GoModule:
    directory = tmp_path / "module"
    directory.mkdir()
    (directory / "go.mod").write_text("module example.test/hello\n\ngo 1.26\n")
    (directory / "go.sum").write_text("")
    (directory / "main.go").write_text(
        'package main\n\nvar version = "none"\n\nfunc main() { print(version) }\n'
    )
    return GoModule(name="hello", directory=directory, binaries={"hello": "."})


def test_the_key_changes_with_everything_that_goes_in(
    module: GoModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch = Patch(module="m", edits={"a.go": (("x", "y", 1),)})
    others = [
        dataclasses.replace(module, ldflags="-X main.version=1"),
        dataclasses.replace(module, binaries={"other": "."}),
        dataclasses.replace(module, cgo=True),
        dataclasses.replace(module, copies={"a": "m//a"}),
        dataclasses.replace(module, patch=patch),
    ]
    keys = {module.key(), *(other.key() for other in others)}
    for name in ("go.mod", "go.sum", "main.go"):
        file = module.directory / name
        file.write_text(file.read_text() + "\n")
        keys.add(module.key())
    monkeypatch.setattr(go_toolchain, "VERSION", "go1.0")
    keys.add(module.key())
    assert len(keys) == 1 + len(others) + 3 + 1


def test_an_embedded_page_counts_and_a_test_does_not(module: GoModule) -> None:
    before = module.key()
    (module.directory / "main_test.go").write_text("package main\n")
    assert module.key() == before
    (module.directory / "page.html").write_text("<p>")
    assert module.key() != before


def test_the_c_compiler_counts_for_modules_that_use_it(
    module: GoModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    pure, mixed = module.key(), dataclasses.replace(module, cgo=True).key()
    monkeypatch.setattr(gomodule, "c_compiler", lambda: "gcc 99")
    assert module.key() == pure
    assert dataclasses.replace(module, cgo=True).key() != mixed


def test_where_the_checkout_lies_is_not_in_the_key(module: GoModule, tmp_path: Path) -> None:
    shutil.copytree(module.directory, tmp_path / "elsewhere")
    moved = dataclasses.replace(module, directory=tmp_path / "elsewhere")
    assert moved.key() == module.key()


@pytest.mark.parametrize(("old", "times"), [("absent", 1), ("twice", 1)])
def test_an_edit_that_does_not_fit_exactly_builds_nothing(
    tmp_path: Path, old: str, times: int
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.go").write_text("twice twice")
    patch = Patch(module="example.test/m", edits={"a.go": ((old, "new", times),)})
    with pytest.raises(BuildError, match=rf"example.test/m/a.go holds '{old}' \d times, not 1"):
        gomodule._apply(patch, tmp_path / "source", tmp_path / "target")


def test_edits_are_made_in_a_copy(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.go").write_text("one two two")
    (source / "a.go").chmod(0o444)  # as in the module cache
    patch = Patch(module="example.test/m", edits={"a.go": (("two", "three", 2),)})
    gomodule._apply(patch, source, tmp_path / "target")
    assert (tmp_path / "target" / "a.go").read_text() == "one three three"
    assert (tmp_path / "target" / "go.mod").read_text() == "module example.test/m\n"
    assert (source / "a.go").read_text() == "one two two"


def test_checksums_are_waived_for_the_named_modules_only(
    module: GoModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        go_toolchain, "environment", lambda: {"GONOSUMDB": "*", "GOFLAGS": "-mod=mod"}
    )
    some = dataclasses.replace(module, nosumdb=("example.test/a", "example.test/b"))
    assert gomodule._environment(module)["GONOSUMDB"] == ""
    assert gomodule._environment(some)["GONOSUMDB"] == "example.test/a,example.test/b"
    assert gomodule._environment(some)["GOFLAGS"] == "-mod=readonly"


def test_the_compiler_may_use_memory_unless_the_user_says_otherwise(
    module: GoModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(go_toolchain, "environment", lambda: {"GOGC": "50"})
    found = gomodule._environment(module)
    assert (found["GOGC"], found["GOMEMLIMIT"]) == ("50", "3GiB")


def test_pruning_drops_the_compiler_s_cache_and_keeps_the_programs(cache: Path) -> None:
    for name in ("go-build/00/a", "go-binaries/hello-1/hello"):
        (cache / name).parent.mkdir(parents=True)
        (cache / name).write_bytes(b"12345")
    assert gomodule.prune() == 5
    assert not (cache / "go-build").exists()
    assert (cache / "go-binaries/hello-1/hello").exists()


def test_what_the_compiler_keeps_stays_while_something_compiles(cache: Path) -> None:
    (cache / "go-build").mkdir(parents=True)
    (cache / "go-build" / "object").write_bytes(b"12345")
    with gomodule.compiling(), gomodule.compiling() as kept:
        assert gomodule.prune() == 0
        assert (kept / "object").exists()
    assert gomodule.prune() == 5


@pytest.mark.toolchain
@pytest.mark.usefixtures("cache")
def test_programs_are_found_by_their_names_whatever_their_packages_are_called(
    module: GoModule,
) -> None:
    for name in ("one", "two"):
        (module.directory / name).mkdir()
        (module.directory / name / "main.go").write_text("package main\n\nfunc main() {}\n")
    binaries = {"one": "./one", "zwei": "./two"}
    made = build(dataclasses.replace(module, binaries=binaries))
    assert sorted(made) == ["one", "zwei"]
    assert all(program.stat().st_mode & 0o111 for program in made.values())


@pytest.mark.toolchain
def test_equal_modules_give_equal_programs_in_different_caches(
    module: GoModule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = []
    for name in ("one", "two"):
        monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / name))
        programs.append(build(module)["hello"].read_bytes())
    assert programs[0] == programs[1]


@pytest.mark.toolchain
def test_a_program_that_does_not_compile_is_told_with_its_log(
    module: GoModule, cache: Path, tmp_path: Path
) -> None:
    (module.directory / "main.go").write_text("package main\n\nfunc main() { undefined() }\n")
    with pytest.raises(BuildError, match=rf"go build of hello failed; see {tmp_path}/hello.log"):
        build(module, tmp_path)
    assert "undefined: undefined" in (tmp_path / "hello.log").read_text()
    assert not module.is_built()
    assert cache.is_dir()
