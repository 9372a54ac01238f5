import gzip
import hashlib
from pathlib import Path

import pytest

from bundle import image, layout
from bundle.sbom import inventory, packages
from tests.bundle.sbom.made import DEBS, GO, HOST, PLAIN, PROGRAM, ROOT, STATUS


@pytest.fixture
def found(small: Path) -> dict[str, inventory.Contents]:
    return dict(inventory.read(small, layout.read(small)[0]))


def test_a_root_is_its_packages_and_a_layer_above_it_its_files(
    found: dict[str, inventory.Contents],
) -> None:
    assert [package.name for package in found[PLAIN].packages] == ["bash", "tool"]
    (script,) = found[PLAIN].files
    assert (script.path, script.program) == ("launch.sh", None)
    (program,) = found[ROOT].files
    assert (program.path, program.program) == ("usr/bin/tool", PROGRAM)
    assert program.sha256 == hashlib.sha256(GO).hexdigest()


def test_packages_are_of_the_debian_that_their_root_is() -> None:
    files = {inventory.STATUS: STATUS, inventory.SYSTEM: "ID=debian\nVERSION_CODENAME=trixie\n"}

    def releases(*names: str) -> set[str]:
        tar = image.files_tar({name: (files[name].encode(), 0o644) for name in names})
        return {package.release for package in inventory._layer(tar).packages}

    assert releases(inventory.STATUS, inventory.SYSTEM) == {"trixie"}
    assert releases(inventory.STATUS) == {"bookworm"}


def test_an_artifact_s_archives_are_packages_with_a_digest_and_its_other_files_are_programs(
    found: dict[str, inventory.Contents],
) -> None:
    (package,) = found[DEBS].packages
    assert package.name == "tool"
    assert len(package.sha256) == 64
    assert found[DEBS].files == ()
    (program,) = found[HOST].files
    assert (program.path, program.program) == ("tool", PROGRAM)


def test_a_layer_that_images_share_is_read_once(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    real = packages.installed

    def installed(status: str) -> tuple[packages.Package, ...]:
        read.append(status)
        return real(status)

    monkeypatch.setattr(packages, "installed", installed)
    inventory.read(small, layout.read(small)[0])
    assert len(read) == 1


def test_layers_of_other_makers_are_read_too() -> None:
    data = b"bytes of a layer"
    packed = gzip.compress(data)
    assert inventory._unpacked(packed, "application/vnd.oci.image.layer.v1.tar+gzip") == data
    assert inventory._unpacked(data, "application/vnd.oci.image.layer.v1.tar") == data
