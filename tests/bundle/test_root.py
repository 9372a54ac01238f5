import subprocess
from pathlib import Path
from typing import Any

import pytest

from bundle import debian, image
from bundle.recipe import Image
from bundle.root import Root, User, install

CEPH = User(name="ceph", number=167, home="/var/lib/ceph")
FIELDS = "Package: busybox-static\nVersion: 1:1.35\nArchitecture: amd64\nMaintainer: A <a@b>\nDescription: x\n"


@pytest.fixture
def mmdebstrap(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The calls of mmdebstrap, which here unpacks one package; its hook gets the archive."""
    calls: list[list[str]] = []

    def run(command: list[str], **options: Any) -> object:
        if "mmdebstrap" not in command:
            return type("Done", (), {"returncode": 0, "stdout": FIELDS})
        calls.append([*command, options["input"]])
        target = Path(command[-2])
        for name in ("bin/busybox", "etc/apt/sources.list", "dev/null", "var/lib/dpkg/status"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_text("")
        for option in command:
            if option.startswith("--extract-hook=cp "):
                (Path(option.rpartition(" ")[2]) / "busybox-static_1.35_amd64.deb").touch()
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(
        debian, "sources", lambda suite=debian.RELEASE: f"deb http://mirror.test {suite} main\n"
    )
    monkeypatch.setattr(debian, "versions", lambda _: {"busybox-static": "1:1.35"})
    return calls


def test_another_suite_is_installed_from_that_suite_s_sources(
    tmp_path: Path, mmdebstrap: list[list[str]]
) -> None:
    install(tmp_path / "root", Root(packages=("curl",), suite="trixie"), tmp_path / "log")
    assert mmdebstrap[0][-4:] == [
        "trixie",
        str(tmp_path / "root"),
        "-",
        "deb http://mirror.test trixie main\n",
    ]


def test_users_are_there_before_the_packages_that_would_number_them(
    tmp_path: Path, mmdebstrap: list[list[str]]
) -> None:
    install(tmp_path / "root", Root(packages=("ceph-osd",), users=(CEPH,)), tmp_path / "log")
    hooks = [word for word in mmdebstrap[0] if word.startswith("--essential-hook=")]
    (tmp_path / "etc").mkdir()
    shell = subprocess.Popen(
        ["sh", "-c", "\n".join(hook.partition("=")[2] for hook in hooks), "hook", str(tmp_path)]
    )
    assert shell.wait() == 0
    assert (tmp_path / "etc/passwd").read_text() == (
        "ceph:x:167:167::/var/lib/ceph:/usr/sbin/nologin\n"
    )
    assert (tmp_path / "etc/group").read_text() == "ceph:x:167:\n"


def test_an_unpacked_root_has_the_packages_files_and_says_which_packages_these_are(
    tmp_path: Path, mmdebstrap: list[list[str]]
) -> None:
    root = tmp_path / "root"
    install(root, Root(packages=("busybox-static",), unpacked=True), tmp_path / "log")
    assert "--variant=extract" in mmdebstrap[0]
    left = {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()}
    assert left == {"bin/busybox", "var/lib/dpkg/status"}
    assert (root / "var/lib/dpkg/status").read_text().splitlines()[:2] == [
        "Package: busybox-static",
        "Status: install ok installed",
    ]


@pytest.mark.usefixtures("mmdebstrap")
def test_what_an_image_does_without_is_left_out(tmp_path: Path) -> None:
    install(tmp_path / "root", Root(packages=("a",), without=("bin/busy*",)), tmp_path / "log")
    assert not (tmp_path / "root/bin/busybox").exists()


def test_packages_alone_are_a_plain_root_of_the_usual_release() -> None:
    assert Image().root is None
    plain = Image(packages=("curl",)).root
    assert plain == Root(packages=("curl",), suite="bookworm")
    assert plain.plain
    other = Root(packages=("curl",), suite="trixie")
    assert Image(packages=other).root == other
    assert not other.plain


@pytest.mark.toolchain
def test_two_unpacked_roots_are_equal_to_the_byte_and_hold_one_program(tmp_path: Path) -> None:
    wanted = Root(packages=("busybox-static",), unpacked=True)
    tars = []
    for name in ("one", "two"):
        versions = install(tmp_path / name, wanted, tmp_path / "log")
        assert list(versions) == ["busybox-static"]
        tars.append(image.root_tar(tmp_path / name))
    assert tars[0] == tars[1]
    printed = subprocess.run(
        [tmp_path / "one/bin/busybox", "echo", "works"], capture_output=True, text=True, check=True
    )
    assert printed.stdout == "works\n"
    assert not (tmp_path / "one/bin/sh").exists()
