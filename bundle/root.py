"""What lies below the files of an image: a Debian root of a suite, whole or only unpacked, with users of its own.

Owns what such a root is, and making one that is more than packages of the usual release. Does not own apt's sources nor
mmdebstrap (debian.py).
"""

import shlex
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bundle import debian

ARCHIVES = "var/cache/apt/archives"
STATUS = "var/lib/dpkg/status"
# What mmdebstrap puts into a root beside the packages' files; a container gets its own of each.
SCAFFOLD = ("dev/*", "etc/apt", "etc/dpkg", "etc/fstab", "var/cache", "var/lib/apt", "var/log")


@dataclass(frozen=True, kw_only=True)
class User:
    """A user with a group of the same name and number; it cannot log in."""

    name: str
    number: int
    home: str

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """File → line, of the two files that say who there is."""
        return (
            (
                "etc/passwd",
                f"{self.name}:x:{self.number}:{self.number}::{self.home}:/usr/sbin/nologin",
            ),
            ("etc/group", f"{self.name}:x:{self.number}:"),
        )


@dataclass(frozen=True, kw_only=True)
class Root:
    """Packages of one suite and what they depend on.

    Of `unpacked` ones only the files are there: nothing is set up, and there is not even a shell that no package
    brings. `users` are there before the packages are set up, which keep their numbers. `without` are patterns of paths
    that the image does without, beside the documentation that none has.
    """

    packages: tuple[str, ...]
    suite: str = debian.RELEASE
    unpacked: bool = False
    users: tuple[User, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it is nothing but packages of the usual release."""
        return self == Root(packages=self.packages)


def install(target: Path, root: Root, log: Path) -> dict[str, str]:
    """Makes the root in `target`; gives every package in it and its version. Raises DebianError."""
    if root.unpacked:
        _unpack(target, root, log)
    elif root.plain:
        return debian.root(target, root.packages, log)
    else:
        hooks = tuple(_user_hooks(root.users))
        debian.mmdebstrap(target, root.packages, log, hooks, root.suite)
    installed = debian.versions(target)
    debian.clean(target, (*debian.LITTER, *root.without))
    return installed


def _user_hooks(users: Iterable[User]) -> Iterable[str]:
    """Lines of text, since no program that adds users is there before the packages are."""
    for user in users:
        for file, line in user.lines:
            yield f'--essential-hook=printf "%s\\n" {shlex.quote(line)} >> "$1/{file}"'


def _unpack(target: Path, root: Root, log: Path) -> None:
    with tempfile.TemporaryDirectory() as work:
        keep = f'--extract-hook=cp "$1"/{ARCHIVES}/*.deb {work}'
        options = ("--variant=extract", keep)
        debian.mmdebstrap(target, root.packages, log, options, root.suite)
        # Unpacking tells dpkg nothing; whoever reads the image should know what is in it.
        paragraphs = [_paragraph(file) for file in sorted(Path(work).glob("*.deb"))]
    debian.clean(target, SCAFFOLD)
    (target / STATUS).write_text("\n".join(paragraphs))


def _paragraph(archive: Path) -> str:
    """The package's own description, as dpkg has it of one that is installed."""
    done = subprocess.run(
        ["dpkg-deb", "--field", str(archive)], capture_output=True, text=True, check=True
    )
    first, rest = done.stdout.split("\n", 1)
    return f"{first}\nStatus: install ok installed\n{rest}"
