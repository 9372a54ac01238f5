"""The systemd-nspawn command that boots a host, and what it leaves on this machine.

Owns its arguments and its traces in /run. Does not own when it is started or ended.
"""

from pathlib import Path

from lab.hosts.names import HostId
from lab.hosts.rootfs import remove

RUN = Path("/run/systemd/nspawn")

ENVIRONMENT = {
    # With the filter, keyctl is refused, and runc does not start anything without it.
    "SYSTEMD_SECCOMP": "0",
    # kubelet and kube-proxy write to /proc/sys and /sys.
    "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "yes",
    "SYSTEMD_NSPAWN_USE_CGNS": "1",
    # A server has /tmp on its disk; a tenth of the memory is too small for an unpacked bundle.
    "SYSTEMD_NSPAWN_TMPFS_TMP": "0",
}


def command(host: HostId) -> list[str]:
    """Boots the host in the foreground; ends when it is powered off. SIGTERM to it is the power button."""
    return [
        "systemd-nspawn",
        f"--directory={host.root}",
        f"--machine={host.machine}",
        f"--hostname={host.name}",
        "--boot",
        "--quiet",
        # It is in the host's cgroup already, and machined would have a say in a host's life.
        "--register=no",
        "--keep-unit",
        f"--network-namespace-path=/run/netns/{host.namespace}",
        "--capability=all",
        "--console=pipe",
        "--resolv-conf=off",
        "--timezone=off",
        "--link-journal=no",
    ]


def forget(host: HostId) -> None:
    """Remove what a killed systemd-nspawn leaves: its locks, and the directory it takes new mounts from."""
    if host.root.is_dir():
        root = host.root.stat()
        # It names a lock by device and inode, which a later directory may get.
        (RUN / "locks" / f"inode-{root.st_dev}:{root.st_ino}").unlink(missing_ok=True)
    (host.directory / f".#{host.root.name}.lck").unlink(missing_ok=True)
    remove(RUN / "propagate" / host.machine)
