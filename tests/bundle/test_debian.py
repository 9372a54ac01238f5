import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bundle import debian, image
from bundle.debian import DebianError


def apt(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return directory


PARAGRAPHS = """
Types: deb
# an older snapshot
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main
"""


def test_paragraphs_are_read_for_the_release_s_own_suites(tmp_path: Path) -> None:
    key = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    assert debian.sources(apt(tmp_path, {"sources.list.d/debian.sources": PARAGRAPHS})) == (
        f"deb {key} http://mirror.test/debian bookworm main\n"
        f"deb {key} http://mirror.test/debian bookworm-updates main\n"
        "deb http://mirror.test/debian-security bookworm-security main\n"
    )


def test_lines_are_read_with_their_options(tmp_path: Path) -> None:
    lines = (
        "deb [arch=amd64 trusted=no] http://mirror.test/debian bookworm main non-free # ours\n"
        "deb-src http://mirror.test/debian bookworm main\n"
        "# deb http://old.test/debian bookworm main\n"
        "deb http://mirror.test/debian bookworm contrib\n"
    )
    assert debian.sources(apt(tmp_path, {"sources.list": lines})) == (
        "deb [arch=amd64 trusted=no] http://mirror.test/debian bookworm main\n"
    )


def test_another_suite_is_asked_for_at_the_same_places(tmp_path: Path) -> None:
    directory = apt(tmp_path, {"sources.list.d/debian.sources": PARAGRAPHS})
    suites = [line.split()[-2] for line in debian.sources(directory, "trixie").splitlines()]
    assert suites == ["trixie", "trixie-updates", "trixie-security"]


def test_other_vendors_and_disabled_sources_are_left_out(tmp_path: Path) -> None:
    other = "deb https://vendor.test/apt vendor-bookworm main\n"
    disabled = PARAGRAPHS.replace("Types: deb", "Enabled: no\nTypes: deb")
    files = {"sources.list.d/vendor.list": other, "sources.list.d/debian.sources": disabled}
    with pytest.raises(DebianError, match=r"names no source of Debian bookworm main"):
        debian.sources(apt(tmp_path, files))


def test_litter_goes_and_the_list_of_packages_stays(tmp_path: Path) -> None:
    files = (
        "etc/machine-id",
        "var/log/dpkg.log",
        "var/cache/ldconfig/aux-cache",
        "usr/lib/python3/__pycache__/a.pyc",
        "usr/share/doc/curl/copyright",
        "var/lib/dpkg/status",
        "usr/bin/curl",
    )
    apt(tmp_path, dict.fromkeys(files, ""))
    debian.clean(tmp_path)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"var/lib/dpkg/status", "usr/bin/curl"}


def test_a_failed_installation_names_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        debian, "sources", lambda **_: "deb http://nowhere.invalid/debian bookworm main\n"
    )
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: type("Done", (), {"returncode": 1}))
    with pytest.raises(DebianError, match=rf"see {tmp_path}/log"):
        debian.root(tmp_path / "root", (), tmp_path / "log")


@pytest.mark.toolchain
def test_two_roots_of_equal_packages_are_equal_to_the_byte(tmp_path: Path) -> None:
    def tar(name: str) -> bytes:
        versions = debian.root(tmp_path / name, ("ipset",), tmp_path / f"{name}.log")
        assert "ipset" in versions
        return image.root_tar(tmp_path / name)

    with ThreadPoolExecutor() as pool:
        one, two = pool.map(tar, ("one", "two"))
    assert one == two


@pytest.mark.toolchain
def test_a_package_set_has_what_the_base_lacks_and_nothing_that_it_has(tmp_path: Path) -> None:
    target = tmp_path / "debs"
    target.mkdir()
    found = debian.package_set(target, ("curl",), ("curl", "conntrack"), tmp_path / "log")
    assert {"conntrack", "libnetfilter-conntrack3"} <= set(found)
    assert not {"curl", "libc6"} & set(found)
    assert found["conntrack"].startswith("1:")
    assert {file.name.split("_")[0] for file in target.iterdir()} == set(found)
