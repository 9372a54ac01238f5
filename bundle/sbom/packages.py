"""Debian packages: those that a root says are installed, and archives (.deb files).

Owns reading both by python-debian. Does not own where they lie in a bundle (inventory.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from debian.copyright import Copyright, Error, MachineReadableFormatError
from debian.deb822 import Deb822
from debian.debfile import DebFile

from bundle.debian import RELEASE


@dataclass(frozen=True, kw_only=True)
class Package:
    """A Debian package. `source` and `source_version` name the source package that it was built from.

    `sha256` is the archive's, known only where the bundle holds that. `licences` are the names that the package's
    copyright file uses, if that is machine-readable. `release` is the Debian that it is of.
    """

    name: str
    version: str
    architecture: str
    source: str
    source_version: str
    maintainer: str = ""
    sha256: str = ""
    licences: tuple[str, ...] = ()
    release: str = RELEASE


def installed(status: str) -> tuple[Package, ...]:
    """The packages that are installed in a root, from the text of dpkg's status file."""
    paragraphs = Deb822.iter_paragraphs(status, use_apt_pkg=False)
    return tuple(
        _package(paragraph)
        for paragraph in paragraphs
        if paragraph["Status"].split()[-1] == "installed"
    )


def archive(file: Path, sha256: str) -> Package:
    """The package of a .deb file."""
    with DebFile(str(file)) as deb:
        package = _package(deb.debcontrol())
        # A package may keep its documents in another's directory, by a link.
        path = f"usr/share/doc/{package.name}/copyright"
        text = deb.data.get_content(path, encoding="utf-8") if deb.data.has_file(path) else None
    return replace(package, sha256=sha256, licences=licences(str(text or "")))


def licences(copyright_file: str) -> tuple[str, ...]:
    """The names of all licences in a machine-readable copyright file (DEP 5); none of any other text."""
    try:
        parsed = Copyright(copyright_file.splitlines(), strict=False)
    except (Error, MachineReadableFormatError, ValueError):
        return ()
    paragraphs = list(parsed.all_files_paragraphs())
    # A field that the library's types do not see through.
    found = {one.license.synopsis for one in paragraphs if one.license}  # type: ignore[attr-defined]
    return tuple(sorted(found - {""}))


def _package(paragraph: Mapping[str, str]) -> Package:
    name, version = paragraph["Package"], paragraph["Version"]
    # "Source: util-linux (2.38.1-5)"; absent where it has the package's own name, the version where it is the same.
    source, _, rest = paragraph.get("Source", name).partition(" ")
    return Package(
        name=name,
        version=version,
        architecture=paragraph["Architecture"],
        source=source,
        source_version=rest.strip("()") or version,
        maintainer=paragraph.get("Maintainer", ""),
    )
