"""The root directory that every host is a copy of, made once and kept in the cache.

Owns what is in it: a fresh server as its administrator finds it, and nothing that this project installs. Does not own
what makes a copy one host and no other (rootfs.py), nor how a Debian root is made (bundle/debian.py).
"""

import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bundle import cache, debian
from lab.hosts import files
from lab.hosts.process import run

KIND = "lab-template"
PACKAGES = (
    "systemd",
    "systemd-sysv",
    "dbus",
    "openssh-server",
    "iproute2",
    "procps",
    "kmod",
    "curl",
    "ca-certificates",
)
"""On top of a minimal root; each is on every Debian server. No Python, and nothing of Kubernetes."""

ENABLED = {"sysinit.target": ("lab-host.service",), "multi-user.target": ("ssh.service",)}
MASKED = (
    # They would hold dpkg's lock at a time of their own, and there is nothing they could reach.
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    # A login nobody can use, on a console that is a log file.
    "console-getty.service",
    "container-getty@.service",
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """All that goes into a template: its packages, and files by path with text and mode."""

    release: str
    packages: tuple[str, ...]
    files: dict[str, tuple[str, int]]

    @property
    def key(self) -> str:
        """Another recipe, another key."""
        return cache.digest(
            self.release,
            *self.packages,
            *(f"{path}\0{text}\0{mode}" for path, (text, mode) in sorted(self.files.items())),
            *(f"{target}\0{unit}" for target, units in ENABLED.items() for unit in units),
            *MASKED,
        )


RECIPE = Recipe(release=debian.RELEASE, packages=PACKAGES, files=files.TEMPLATE)


def root(say: Callable[[str], None]) -> Path:
    """The template's directory, made now if it is not there (half a minute). Not to be changed by anyone."""
    return cache.entry(KIND, RECIPE.key, lambda part: _build(part, say))


def _build(part: Path, say: Callable[[str], None]) -> None:
    log = cache.cache_dir() / "logs" / "lab-template.log"
    say(f"making the template of all hosts, once (log: {log})")
    # In a process namespace that ends with us: a build that is killed leaves no process that still writes.
    isolated = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
    run(*isolated, sys.executable, "-m", "lab.hosts.template", part, log)


def build(part: Path, log: Path) -> None:
    """Make a template in an empty directory."""
    debian.root(part, RECIPE.packages, log)
    for path, (text, mode) in RECIPE.files.items():
        target = part / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)
    for key in (part / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    # Makes the journal outlive a boot, as on a server: a host that died can be asked why.
    (part / "var/log/journal").mkdir(parents=True, exist_ok=True)
    _units(part / "etc/systemd/system")
    part.chmod(stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)


def _units(directory: Path) -> None:
    for target, units in ENABLED.items():
        wants = directory / f"{target}.wants"
        wants.mkdir(parents=True, exist_ok=True)
        for unit in units:
            link = wants / unit
            link.unlink(missing_ok=True)
            home = "/etc/systemd/system" if unit.startswith("lab-") else "/lib/systemd/system"
            link.symlink_to(f"{home}/{unit}")
    for unit in MASKED:
        link = directory / unit
        link.unlink(missing_ok=True)
        link.symlink_to(os.devnull)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
