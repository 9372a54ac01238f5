"""What every machine's disk is filled from: a Debian root directory with a kernel, made once and kept in the cache.

Owns what is in it: what the image of a cloud has, and nothing that this project installs. Does not own what makes a
disk one machine's and no other's (disk.py).
"""

import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bundle import cache, debian
from lab.hosts.process import run
from lab.machines import files

KIND = "machine-image"
PACKAGES = (
    "linux-image-cloud-amd64",
    "initramfs-tools",
    "zstd",
    "systemd",
    "systemd-sysv",
    "systemd-resolved",
    "systemd-timesyncd",
    "udev",
    "dbus",
    "apparmor",
    "openssh-server",
    "sudo",
    "curl",
    "ca-certificates",
    "iproute2",
    "iputils-ping",
    "procps",
    "kmod",
)
"""On top of a minimal root. Without Python and cloud-init, which clouds have: the appliance must not need them."""

ENABLED = ("systemd-networkd", "systemd-resolved", "systemd-timesyncd", "ssh")
MASKED = ("apt-daily.timer", "apt-daily-upgrade.timer")
"""They would hold dpkg's lock at a time of their own, and there is nothing they could reach."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """A root directory, and the kernel and first file system that boot it."""

    root: Path

    @property
    def kernel(self) -> Path:
        """The newest one that is installed."""
        return max((self.root / "boot").glob("vmlinuz-*"))

    @property
    def initrd(self) -> Path:
        """The kernel's own."""
        return self.root / "boot" / self.kernel.name.replace("vmlinuz", "initrd.img")


def key() -> str:
    """Another recipe, another key."""
    texts = (f"{path}\0{text}\0{mode}" for path, (text, mode) in sorted(files.IMAGE.items()))
    return cache.digest(debian.RELEASE, *PACKAGES, *texts, *ENABLED, *MASKED, files.USER)


def image(say: Callable[[str], None]) -> Image:
    """The image, made now if it is not there (some minutes). Not to be changed by anyone."""
    return Image(root=cache.entry(KIND, key(), lambda part: _build(part, say)))


def _build(part: Path, say: Callable[[str], None]) -> None:
    log = cache.cache_dir() / "logs" / "machine-image.log"
    say(f"making the image of all machines, once (log: {log})")
    # In a process namespace that ends with us: a build that is killed leaves no process that still writes.
    isolated = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
    run(*isolated, sys.executable, "-m", "lab.machines.image", part, log)


def build(part: Path, log: Path) -> None:
    """Make an image in an empty directory."""
    debian.root(part, PACKAGES, log)
    run("chroot", part, "useradd", "--create-home", "--shell", "/bin/bash", files.USER)
    for path, (text, mode) in files.IMAGE.items():
        target = part / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)
    for file in (part / "etc/ssh").glob("ssh_host_*"):
        file.unlink()
    # Empty, so that the first boot makes one.
    (part / "etc/machine-id").write_text("")
    (part / "var/log/journal").mkdir(parents=True, exist_ok=True)
    run("systemctl", f"--root={part}", "enable", *ENABLED)
    run("systemctl", f"--root={part}", "mask", *MASKED)
    part.chmod(stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
