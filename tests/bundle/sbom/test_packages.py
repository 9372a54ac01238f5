from pathlib import Path

from bundle.sbom import packages
from tests.bundle.sbom.made import COPYRIGHT, STATUS, deb


def test_only_installed_packages_of_a_root_count_with_the_source_they_were_built_from() -> None:
    bash, tool = packages.installed(STATUS)
    assert (bash.name, bash.version, bash.architecture) == ("bash", "5.2.15-2+b13", "amd64")
    assert (bash.source, bash.source_version) == ("bash", "5.2.15-2")
    assert (tool.source, tool.source_version) == ("tool", "1:2.0-1")
    assert tool.maintainer == "Someone <someone@example.test>"
    assert tool.sha256 == ""


def test_an_archive_is_read_with_the_licences_of_its_copyright_file(tmp_path: Path) -> None:
    package = packages.archive(deb(tmp_path), "00ff")
    assert (package.name, package.version) == ("tool", "1:2.0-1")
    assert package.sha256 == "00ff"
    assert package.licences == ("GPL-2+", "MIT")


def test_without_a_machine_readable_copyright_file_no_licence_is_claimed(tmp_path: Path) -> None:
    free_text = deb(tmp_path, "text", "This is free software, see GPL-2.\n")
    assert packages.archive(free_text, "").licences == ()
    assert packages.archive(deb(tmp_path, "none", None), "").licences == ()
    assert packages.licences(COPYRIGHT.replace("License: ", "License:")) == ("GPL-2+", "MIT")
