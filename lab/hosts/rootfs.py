"""A host's root directory: a copy of the template, and what makes it this host and no other.

Owns files on disk. Does not own the template, nor anything that runs.
"""

import fcntl
import os
import re
import secrets
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path

from lab.hosts import files, state
from lab.hosts.addresses import Subnet
from lab.hosts.failure import LabError
from lab.hosts.names import HostId
from lab.hosts.process import run

_PUBLIC_KEY = re.compile(r"(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( [^\n]*)?")
PARTS = "root.*.part"
"""Copies that were not finished."""

FS_IOC_GETFLAGS, FS_IOC_SETFLAGS = 0x80086601, 0x40086602
TOP_DIRECTORY = 0x20000
KEY = "etc/ssh/ssh_host_ed25519_key"


def make(host: HostId, record: state.Record, template: Path) -> str:
    """Make the root directory or what is missing of it; returns the host's public SSH key as "type base64"."""
    if not host.root.is_dir():
        for abandoned in host.directory.glob(PARTS):
            remove(abandoned)
        _spread(host.directory)
        part = host.directory / f"root.{secrets.token_hex(4)}.part"
        # Shares the blocks with the template where the file system can, else copies them.
        run("cp", "--archive", "--reflink=auto", template, part)
        part.rename(host.root)
    identify(host.root)
    _network_files(host, record)
    return host_key(host.root)


def _spread(directory: Path) -> None:
    """Let the copy lie in a part of the disk that its random name chooses.

    ext4 does not reuse inodes deleted in the last minutes and looks at each of them for every file it makes: a host
    made soon after another was deleted, in the same part of the disk, took 7 s instead of 1. Other file systems do not
    care.
    """
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        with suppress(OSError):
            flags = fcntl.ioctl(descriptor, FS_IOC_GETFLAGS, bytes(8))
            raised = int.from_bytes(flags, sys.byteorder) | TOP_DIRECTORY
            fcntl.ioctl(descriptor, FS_IOC_SETFLAGS, raised.to_bytes(8, sys.byteorder))
    finally:
        os.close(descriptor)


def identify(root: Path) -> None:
    """Give the host an identity, unless it has one: machine-id, product UUID, SSH host key."""
    machine_id = root / "etc/machine-id"
    if not machine_id.exists() or not machine_id.read_text().strip():
        state.write(machine_id, f"{uuid.uuid4().hex}\n", 0o444)
    # dbus keeps a copy where it finds no link; a copy would be the template's.
    link = root / "var/lib/dbus/machine-id"
    if not link.is_symlink():
        link.unlink(missing_ok=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to("/etc/machine-id")
    identity = uuid.UUID(machine_id.read_text().strip())
    product = root / files.PRODUCT_UUID
    product.parent.mkdir(parents=True, exist_ok=True)
    product.write_text(f"{identity}\n")
    if not (root / f"{KEY}.pub").exists():
        (root / KEY).unlink(missing_ok=True)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", root / KEY)


def host_key(root: Path) -> str:
    """The host's public key as "type base64"."""
    kind, encoded = (root / f"{KEY}.pub").read_text().split()[:2]
    return f"{kind} {encoded}"


def refuse_key(key: str) -> None:
    """LabError if this is not one line of authorized_keys; never quoted: it may be the wrong half of a key."""
    if not _PUBLIC_KEY.fullmatch(key.strip()):
        raise LabError(
            "the authorized key is no SSH public key; give one line such as the one in ~/.ssh/id_ed25519.pub"
        )


def authorize(root: Path, key: str) -> None:
    """Let this key, and no other, log in as root."""
    directory = root / "root/.ssh"
    directory.mkdir(mode=0o700, exist_ok=True)
    state.write(directory / "authorized_keys", f"{key.strip()}\n", 0o600)


def _network_files(host: HostId, record: state.Record) -> None:
    etc = host.root / "etc"
    gateway = Subnet.parse(record.subnet).gateway
    state.write(etc / "hostname", f"{host.name}\n")
    state.write(etc / "hosts", files.hosts(host.name, record.address))
    state.write(etc / "resolv.conf", files.resolv_conf(gateway))


def remove(directory: Path) -> None:
    """Remove a directory with all in it, but nothing that is mounted below it."""
    if directory.is_symlink() or not directory.is_dir():
        directory.unlink(missing_ok=True)
        return
    run("rm", "--recursive", "--force", "--one-file-system", "--", directory)


def size(directory: Path) -> int:
    """Bytes on disk below a directory, as far as they can be counted while it changes; zero if there is none."""
    command = ["du", "--summarize", "--block-size=1", "--one-file-system", str(directory)]
    counted = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return int(counted[0]) if counted else 0
