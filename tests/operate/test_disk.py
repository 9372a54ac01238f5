"""Room on the disks."""

from pathlib import Path

import pytest

from operate import disk
from operate.failure import OperateError


def need(directory: Path, count: int, what: str) -> disk.Need:
    return disk.Need(directory=directory, bytes=count * disk.GB, what=what)


def test_needs_on_one_disk_are_added_up_and_named(tmp_path: Path) -> None:
    needs = [need(tmp_path / "cache" / "deep", 6, "the bundle"), need(tmp_path, 3, "1 hosts")]
    with pytest.raises(OperateError, match=r"has 8\.0 GB free and 9\.0 GB are needed") as fault:
        disk.check(needs, free=lambda _: 8 * disk.GB)
    assert "the bundle 6.0 GB, 1 hosts 3.0 GB" in str(fault.value)
    assert "APPLIANCE_CACHE" in str(fault.value)


def test_enough_room_is_no_fault(tmp_path: Path) -> None:
    disk.check([need(tmp_path, 9, "all")], free=lambda _: 9 * disk.GB)


def test_a_directory_that_is_not_there_yet_is_judged_by_the_one_above(tmp_path: Path) -> None:
    assert disk.existing(tmp_path / "a" / "b") == tmp_path


@pytest.mark.parametrize(
    ("free", "frugal", "kept"), [(50, False, True), (5, False, False), (50, True, False)]
)
def test_the_compilers_cache_goes_where_room_is_short_or_it_is_needed_once(
    free: int,
    frugal: bool,  # noqa: FBT001
    kept: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path))
    monkeypatch.setattr(disk, "free_bytes", lambda _: free * disk.GB)
    (tmp_path / "go-build").mkdir()
    (tmp_path / "go-build" / "object").write_text("x")
    disk.drop_compiler_cache(tmp_path, frugal=frugal)
    assert (tmp_path / "go-build").exists() is kept


def test_what_is_given_back_is_not_told_on_the_standard_output_of_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path))
    (tmp_path / "go-build").mkdir()
    (tmp_path / "go-build" / "object").write_text("x")
    disk.drop_compiler_cache(tmp_path, frugal=True)
    said = capsys.readouterr()
    assert said.out == ""
    assert "dropped the compiler's cache" in said.err
