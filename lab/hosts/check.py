"""What this machine must have to run lab hosts, looked at without changing anything.

Owns the facts and their cures. Does not own curing: only packages are installed by `create` itself.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bundle import debian
from lab.hosts import cgroup, packages, watches
from lab.hosts.failure import LabError
from lab.hosts.names import home
from lab.hosts.process import PROC, run

ROOM = 5 * 2**30
"""Bytes free for one more host: its root, the packages of a node and its images."""

DISKS = ("ext4", "xfs", "btrfs")
"""File systems that a host's root may lie on: containerd puts overlays on it."""

CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_SYS_ADMIN": 21, "CAP_MKNOD": 27}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that a lab host needs: what was seen, and what to do if that is not enough."""

    name: str
    seen: str
    ok: bool
    cure: str = ""


def facts(place: Path | None = None) -> list[Fact]:
    """All facts, in the order in which they matter."""
    return [*needs(place or home()), programs(), _sources()]


def needs(place: Path) -> list[Fact]:
    """What `create` cannot install."""
    return [
        root(),
        capabilities(),
        cgroups(),
        links(),
        overlay(),
        inotify(),
        disk(place),
        room(place),
    ]


def require(place: Path) -> None:
    """LabError with the first thing that is missing."""
    for fact in needs(place):
        if not fact.ok:
            raise LabError(
                f"this machine cannot run lab hosts: {fact.name} is {fact.seen}; {fact.cure} "
                "(see `python -m lab.hosts check`)"
            )


def root() -> Fact:
    """Only root boots hosts."""
    user = os.geteuid()
    return Fact(name="user", seen=f"uid {user}", ok=user == 0, cure="run as root, with sudo -E")


def capabilities(status: Callable[[], str] = (PROC / "self/status").read_text) -> Fact:
    """A root that may not make namespaces, links and devices is none."""
    line = next(line for line in status().splitlines() if line.startswith("CapEff:"))
    held = int(line.split()[1], 16)
    lacking = [name for name, bit in CAPABILITIES.items() if not held >> bit & 1]
    return Fact(
        name="capabilities",
        seen=f"without {', '.join(lacking)}" if lacking else "all that are needed",
        ok=not lacking,
        cure="run on a machine, virtual or not, or in a privileged container",
    )


def cgroups(
    mountinfo: Callable[[], str] = cgroup.MOUNTINFO.read_text,
    systemd: Callable[[], bool] = cgroup.init_is_systemd,
) -> Fact:
    """Version 1 is driven directly; on version 2 systemd must give a part away."""
    cure = "boot with systemd as PID 1, or mount the version 1 hierarchies below /sys/fs/cgroup"
    try:
        hierarchies = cgroup.Hierarchies.of(mountinfo())
    except LabError:
        return Fact(name="cgroups", seen="not mounted", ok=False, cure=cure)
    if not hierarchies.unified:
        names = {mount.name for mount in hierarchies.mounts}
        lacking = sorted(
            {"cpu", "cpuset", "memory", "pids", "systemd"}
            - set().union(*(n.split(",") for n in names))
        )
        seen = f"version 1 without {', '.join(lacking)}" if lacking else "version 1"
        return Fact(name="cgroups", seen=seen, ok=not lacking, cure=cure)
    if systemd():
        return Fact(name="cgroups", seen="version 2 with systemd", ok=True)
    return Fact(name="cgroups", seen="version 2 without systemd as PID 1", ok=False, cure=cure)


def links() -> Fact:
    """Tried in a namespace that goes at once."""
    if shutil.which("ip") is None:
        return Fact(name="links", seen="not tried, iproute2 is missing", ok=True)
    trial = "ip link add lab0 type veth peer lab1; ip link add lab2 type bridge; ip link set lab0 master lab2"
    try:
        run("unshare", "--net", "sh", "-ceu", trial)
    except LabError as error:
        cure = "use a kernel with veth and bridge (modprobe veth bridge)"
        return Fact(name="links", seen=f"refused: {error}", ok=False, cure=cure)
    return Fact(name="links", seen="veth and bridge", ok=True)


def overlay(filesystems: Callable[[], str] = (PROC / "filesystems").read_text) -> Fact:
    """What containerd mounts in a host."""
    ok = "overlay" in filesystems().split()
    cure = "load the kernel's overlay (modprobe overlay)"
    return Fact(name="overlay", seen="there" if ok else "missing", ok=ok, cure=cure)


def inotify(
    limit: Path = watches.LIMIT, may_write: Callable[[Path, int], bool] = os.access
) -> Fact:
    """Hosts watch files; `create` raises the machine's limit where it may."""
    return Fact(
        name="inotify instances",
        seen=f"{watches.allowed(limit)} a user",
        ok=watches.allowed(limit) >= watches.ENOUGH or may_write(limit, os.W_OK),
        cure=f"run sysctl fs.inotify.max_user_instances={watches.ENOUGH} on the machine",
    )


def disk(place: Path, mountinfo: Callable[[], str] = cgroup.MOUNTINFO.read_text) -> Fact:
    """An overlay cannot lie on an overlay, nor on most network file systems."""
    kind = filesystem(_existing(place), mountinfo())
    cure = f"set APPLIANCE_STATE to a directory on {', '.join(DISKS)}"
    return Fact(name="disk", seen=f"{kind} at {place}", ok=kind in DISKS, cure=cure)


def room(place: Path) -> Fact:
    """Room for one more host."""
    free = shutil.disk_usage(_existing(place)).free
    seen = f"{free / 2**30:.1f} GiB free at {place}"
    cure = f"free disk until {ROOM // 2**30} GiB are free for each further host (`make clean` gives the caches back)"
    return Fact(name="free disk", seen=seen, ok=free >= ROOM, cure=cure)


def programs(
    missing: Callable[[], list[str]] = packages.missing,
    apt: Callable[[], bool] = lambda: shutil.which("apt-get") is not None,
) -> Fact:
    """Packages can be missing where they can be installed: `create` does it."""
    lacking = missing()
    if not lacking:
        return Fact(name="packages", seen="all there", ok=True)
    names = ", ".join(lacking)
    seen = f"{names} will be installed" if apt() else f"missing: {names}"
    return Fact(name="packages", seen=seen, ok=apt(), cure="install them; there is no apt-get here")


def _sources() -> Fact:
    try:
        count = len(debian.sources().splitlines())
    except debian.DebianError as error:
        return Fact(name="package sources", seen="none", ok=False, cure=str(error))
    return Fact(name="package sources", seen=f"{count} of Debian {debian.RELEASE}", ok=True)


def filesystem(path: Path, mountinfo: str) -> str:
    """The type of the file system that holds a path."""
    best, kind = Path("/"), "unknown"
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        point = Path(left.split()[4])
        # A later line of the same mount point lies on top.
        if path.is_relative_to(point) and point.is_relative_to(best):
            best, kind = point, right.split()[0]
    return kind


def _existing(path: Path) -> Path:
    path = path.resolve()
    return path if path.exists() else _existing(path.parent)


def table(found: Iterable[Fact]) -> str:
    """The facts, a line each, with the cure below what is not enough."""
    lines = []
    for fact in found:
        lines.append(f"{'ok ' if fact.ok else 'NO '} {fact.name:16} {fact.seen}")
        if not fact.ok:
            lines.append(f"{'':20} {fact.cure}")
    return "\n".join(lines)
