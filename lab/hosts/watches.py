"""inotify instances: every host's systemd, containerd and kubelet hold some, and all hosts share root's allowance.

Owns raising the machine's limit, which is only ever raised: whoever else needed it higher keeps that.
"""

from pathlib import Path
from typing import Final

LIMIT: Final = Path("/proc/sys/fs/inotify/max_user_instances")
ENOUGH: Final = 2048
"""A node holds about 15, so the kernel's 128 end with the ninth: its kubelet dies of `too many open files`."""


def allowed(limit: Path = LIMIT) -> int:
    """How many instances a user may have."""
    return int(limit.read_text())


def allow(limit: Path = LIMIT) -> None:
    """Raise the limit if it is too low. Raises OSError if this machine does not let us."""
    if allowed(limit) < ENOUGH:
        limit.write_text(f"{ENOUGH}\n")
