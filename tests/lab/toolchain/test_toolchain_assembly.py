"""Laying the tools out as the engine expects them."""

import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from lab.toolchain import assembly
from lab.toolchain.tool import Origin, Tool


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))


def tool(tmp_path: Path, *, name: str = "one", identity: str = "i", fails: bool = False) -> Tool:
    """A tool with an executable and a script that lacks its bit, as files of a Go module do."""
    program, script = tmp_path / f"{name}.bin", tmp_path / f"{name}.script"
    program.write_text("program")
    program.chmod(0o755)
    script.write_text("script")
    script.chmod(0o444)

    def files() -> Mapping[str, Path]:
        if fails:
            raise OSError("no space")
        return {f"bin/{name}": program, f"bin/{name}-exec": script}

    return Tool(name=name, version="1.0", origin=Origin.BUILT, identity=identity, files=files)


def test_every_file_is_in_place_and_can_be_executed(tmp_path: Path) -> None:
    made = assembly.assemble([tool(tmp_path)])
    for name in ("one", "one-exec"):
        assert stat.S_IMODE((made / "bin" / name).stat().st_mode) & 0o111


def test_a_program_is_not_stored_twice(tmp_path: Path) -> None:
    made = assembly.assemble([tool(tmp_path)])
    assert (made / "bin" / "one").samefile(tmp_path / "one.bin")


def test_the_same_tools_are_the_same_directory_and_others_another(tmp_path: Path) -> None:
    first = assembly.assemble([tool(tmp_path)])
    assert assembly.assemble([tool(tmp_path)]) == first
    assert assembly.assemble([tool(tmp_path, identity="changed")]) != first


def test_a_failed_build_leaves_no_directory_that_looks_whole(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no space"):
        assembly.assemble([tool(tmp_path), tool(tmp_path, name="two", fails=True)])
    assert [file for file in (tmp_path / "cache" / "toolchain").iterdir() if file.is_dir()] == []


def test_the_table_says_where_each_tool_comes_from(tmp_path: Path) -> None:
    made = assembly.assemble([tool(tmp_path), tool(tmp_path, name="two")])
    assert [line.split() for line in assembly.table(made).splitlines()] == [
        ["one", "1.0", "built", "here"],
        ["two", "1.0", "built", "here"],
    ]


def test_progress_names_the_step_of_all_steps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assembly.assemble([tool(tmp_path), tool(tmp_path, name="two")])
    lines = capsys.readouterr().err.splitlines()
    assert lines[1].startswith("[2/2] two 1.0 (built here) done in ")
