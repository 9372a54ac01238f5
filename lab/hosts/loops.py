"""Loop devices that a host attached: they belong to the kernel and would outlive it.

Owns finding and detaching those whose file lies in a host. Does not own attaching: that is the host's own affair.
"""

import fcntl
import os
import struct
from contextlib import suppress
from pathlib import Path

LOOP_CLR_FD = 0x4C01
LOOP_GET_STATUS64 = 0x4C05
STATUS_BYTES = 232
SYS_BLOCK = Path("/sys/block")


def attached(root: Path) -> list[Path]:
    """The loop devices that are attached to files below this root directory."""
    found = []
    for state in SYS_BLOCK.glob("loop*/loop/backing_file"):
        with suppress(OSError):
            # The path is as the host sees it, so another host's file may have the same: the inode decides.
            file = (root / state.read_text().strip().lstrip("/")).stat()
            device = Path("/dev") / state.parent.parent.name
            if _inode(device) == (file.st_dev, file.st_ino):
                found.append(device)
    return found


def detach(root: Path) -> None:
    """Detach them, as a loss of power does."""
    for device in attached(root):
        descriptor = os.open(device, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, LOOP_CLR_FD)
        finally:
            os.close(descriptor)


def _inode(device: Path) -> tuple[int, int]:
    """Device and inode numbers of the file behind a loop device."""
    descriptor = os.open(device, os.O_RDONLY)
    try:
        status = fcntl.ioctl(descriptor, LOOP_GET_STATUS64, bytes(STATUS_BYTES))
    finally:
        os.close(descriptor)
    encoded, inode = struct.unpack_from("=QQ", status)
    return _device(encoded), inode


def _device(encoded: int) -> int:
    """A device number from the kernel's long form, as os.stat has it."""
    minor = (encoded & 0xFF) | ((encoded >> 12) & 0xFFF00)
    return os.makedev((encoded >> 8) & 0xFFF, minor)
