"""A machine's disk: a file with one file system, filled from the image and made this machine's own.

Owns the disk and the kernel beside it. Does not own what runs from them.
"""

from dataclasses import dataclass
from pathlib import Path

from lab.hosts import rootfs, state
from lab.hosts.addresses import Subnet
from lab.hosts.names import HostId
from lab.hosts.process import run
from lab.machines import files
from lab.machines.image import Image


@dataclass(frozen=True, kw_only=True)
class Disk:
    """Where a machine's files are."""

    machine: HostId

    @property
    def file(self) -> Path:
        """The disk itself, there only when it is whole."""
        return self.machine.directory / "disk.img"

    @property
    def kernel(self) -> Path:
        """Beside the disk, since its modules are on it: the image may change meanwhile."""
        return self.machine.directory / "vmlinuz"

    @property
    def initrd(self) -> Path:
        """The kernel's first file system."""
        return self.machine.directory / "initrd"


def make(machine: HostId, record: state.Record, image: Image, authorized_key: str, gib: int) -> str:
    """Make the disk anew; returns the machine's public SSH key as "type base64"."""
    disk = Disk(machine=machine)
    rootfs.remove(machine.root)
    for abandoned in (disk.file, disk.file.with_suffix(".part")):
        abandoned.unlink(missing_ok=True)
    copy("--archive", image.root, machine.root)
    _identify(machine, record, authorized_key)
    key = rootfs.host_key(machine.root)
    copy(image.kernel, disk.kernel)
    copy(image.initrd, disk.initrd)
    part = disk.file.with_suffix(".part")
    # Written from a directory, nothing needs to be mounted. What the file does not use takes no room.
    run("mkfs.ext4", "-q", "-L", "root", "-d", machine.root, part, f"{gib}G")
    rootfs.remove(machine.root)
    part.rename(disk.file)
    return key


def copy(*words: str | Path) -> None:
    """A copy that shares its blocks with the original where the file system can."""
    run("cp", "--reflink=auto", "--no-target-directory", *words)


def _identify(machine: HostId, record: state.Record, authorized_key: str) -> None:
    etc = machine.root / "etc"
    subnet = Subnet.parse(record.subnet)
    state.write(etc / "hostname", f"{machine.name}\n")
    state.write(etc / "hosts", files.hosts(machine.name))
    network = files.network(record.address, subnet, machine.mac)
    state.write(etc / "systemd/network/lan.network", network)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", machine.root / rootfs.KEY)
    home = f"/home/{files.USER}/.ssh"
    owned = ("--owner", files.USER, "--group", files.USER)
    run("chroot", machine.root, "install", "-d", "-m", "0700", *owned, home)
    state.write(machine.root / home[1:] / "authorized_keys", f"{authorized_key.strip()}\n")
