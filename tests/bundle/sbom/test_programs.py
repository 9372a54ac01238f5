import subprocess
from pathlib import Path

import pytest

from bundle.gomodule import GoModule, build, sources
from bundle.sbom import programs
from bundle.sbom.licences import MATCHER
from bundle.sbom.programs import Module, UnreadableProgramError

ANSWER = {
    "GoVersion": "go1.26.8",
    "Path": "one.test/tool/cmd/tool",
    "Main": {
        "Path": "one.test/tool",
        "Version": "v1.0.0",
        "Replace": {"Path": "./patched", "Version": "(devel)"},
    },
    "Deps": [
        {"Path": "two.test/plain", "Version": "v0.1.0", "Sum": "h1:abc="},
        {
            "Path": "three.test/staging",
            "Version": "v0.0.0",
            "Replace": {"Path": "three.test/staging", "Version": "v0.35.4", "Sum": "h1:def="},
        },
    ],
}


def test_a_replaced_module_counts_as_what_it_was_replaced_by() -> None:
    assert programs.parse(ANSWER).modules == (
        Module(path="two.test/plain", version="v0.1.0", sum="h1:abc="),
        Module(path="three.test/staging", version="v0.35.4", sum="h1:def="),
    )


def test_a_module_that_was_built_from_a_patched_copy_keeps_its_name_and_is_marked() -> None:
    main = programs.parse(ANSWER).main
    assert main == Module(path="one.test/tool", version="v1.0.0", patched=True)


def test_a_file_that_is_no_program_needs_no_go_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert programs.read(b"#!/bin/sh\n") is None


@pytest.mark.toolchain
def test_a_compiled_program_names_its_modules_and_one_of_c_has_none(tmp_path: Path) -> None:
    compiled = build(MATCHER)["licences"].read_bytes()
    program = programs.read(compiled)
    assert program is not None
    assert [module.key for module in program.modules] == ["github.com/google/licensecheck@v0.3.1"]
    assert program.modules[0].sum.startswith("h1:")
    source = tmp_path / "main.c"
    source.write_text("int main(void) { return 0; }\n")
    subprocess.run(["gcc", "-o", str(tmp_path / "main"), str(source)], check=True)
    assert programs.read((tmp_path / "main").read_bytes()) is None
    with pytest.raises(UnreadableProgramError):
        programs.read(b"\x7fELF and then nothing of a program")


@pytest.mark.toolchain
def test_the_sources_of_a_wrapper_are_the_modules_that_its_program_names(
    tmp_path: Path,
) -> None:
    program = programs.read(build(MATCHER)["licences"].read_bytes())
    assert program is not None
    found = sources(MATCHER)
    assert set(found) == {module.key for module in program.modules}
    assert all((directory / "go.mod").is_file() for directory in found.values())
    broken = GoModule(name="broken", directory=tmp_path, binaries={"broken": "."})
    with pytest.raises(Exception, match="go list of broken failed; see"):
        sources(broken)
