"""What the items of the storage are made of: Rook and Ceph, and volumes in directories of a host.

Owns their names, versions and contents. Does not own what a stack makes of them (components/storage).
"""

from collections.abc import Mapping
from pathlib import Path

from bundle.image import Command
from bundle.programs import LOCAL_PATH, ROOK, ROOK_1_19, ROOK_PATH
from bundle.recipe import (
    Content,
    Image,
    ModuleFile,
    Program,
    Recipe,
    Text,
    labels,
    manifests,
    static,
)
from bundle.root import Root, User

OWN = Path(__file__).parent / "ceph"
"""Two files of ours that stand before ones of Debian; each says why."""

CEPH_ROOT = Root(
    suite="trixie",
    packages=(
        *("ceph-mon", "ceph-mgr", "ceph-mgr-modules-core", "ceph-osd", "ceph-mds", "radosgw"),
        *("ceph-common", "ceph-volume", "libsqlite3-mod-ceph"),
        # What Rook and ceph-volume call on a node's disks, in probes and in the log collector.
        *("lvm2", "udev", "gdisk", "parted", "util-linux", "util-linux-extra", "kmod"),
        *("cryptsetup-bin", "iproute2", "curl", "jq", "procps", "logrotate", "ca-certificates"),
        *("python3-prettytable", "python3-yaml", "python3-bcrypt"),
    ),
    # The numbers that Rook's pods run under; Debian would take another for ceph.
    users=(
        User(name="ceph", number=167, home="/var/lib/ceph"),
        User(name="rook", number=2016, home="/home/rook"),
    ),
    without=(
        *("usr/lib/udev/hwdb.d", "usr/lib/udev/hwdb.bin", "usr/share/bash-completion"),
        # Identities of the machine that made it.
        *("etc/nvme/hostid", "etc/nvme/hostnqn"),
        # Profilers, an example, and what the gateway does by itself.
        *("usr/bin/*gprofng*", "usr/lib/x86_64-linux-gnu/libgprofng*", "usr/bin/ceph-syn"),
        *("usr/bin/radosgw-es", "usr/bin/radosgw-object-expirer"),
    ),
)
CEPH_ORIGIN = (
    "Ceph 18.2.7 of Debian 13 and Rook 1.12.11 built from its Go module: one content for the operator and the "
    "daemons, without ceph-exporter, dashboard and s5cmd"
)

BUSYBOX_ORIGIN = "busybox-static of Debian 12"
APPLETS = (
    *("ash", "awk", "base64", "basename", "cat", "chgrp", "chmod", "chown", "cmp", "cp", "cut"),
    *("date", "dd", "df", "diff", "dirname", "du", "echo", "env", "expr", "false", "find", "free"),
    *("grep", "gunzip", "gzip", "head", "hostname", "httpd", "id", "ip", "kill", "ln", "ls"),
    *("md5sum", "mkdir", "mkfifo", "mktemp", "mount", "mv", "nc", "nproc", "nslookup", "od"),
    *("ping", "printf", "ps", "pwd", "readlink", "realpath", "rm", "rmdir", "sed", "seq", "sh"),
    *("sha256sum", "sleep", "sort", "stat", "sync", "tail", "tar", "tee", "telnet", "test", "time"),
    *("timeout", "top", "touch", "tr", "true", "truncate", "umount", "uname", "uniq", "vi", "wc"),
    *("wget", "which", "whoami", "xargs", "yes", "["),
)


def _upstream(path: str) -> ModuleFile:
    return ModuleFile(of=ROOK, module=ROOK_PATH, path=path)


def _ceph() -> Image:
    """One image under both names: Rook's operator and Ceph's daemons are in one content, which nodes keep once."""
    files: dict[str, Content] = {
        "usr/local/bin/rook": Program(module=ROOK, binary="rook"),
        "usr/local/bin/toolbox.sh": _upstream("images/ceph/toolbox.sh"),
        "usr/local/bin/set-ceph-debug-level": _upstream("images/ceph/set-ceph-debug-level"),
        "usr/local/sbin/dmsetup": Text(text=(OWN / "dmsetup").read_text()),
        "usr/local/lib/python3.13/dist-packages/bcrypt.py": Text(
            text=(OWN / "bcrypt.py").read_text()
        ),
        # Rook makes these objects itself where its monitoring is on.
        **{
            f"etc/ceph-monitoring/{name}": _upstream(f"deploy/examples/monitoring/{name}")
            for name in ("service-monitor.yaml", "exporter-service-monitor.yaml")
        },
    }
    version = "18.2.7 (Ceph), 1.12.11 (Rook)"
    return Image(
        files=files,
        packages=CEPH_ROOT,
        # Where Rook's log collector looks, and where Debian has it.
        links={"etc/logrotate.d/ceph": "ceph-common"},
        # Users come with the pods: Rook's own runs as 2016, the daemons begin as root.
        command=Command(entrypoint=("/usr/local/bin/rook",), labels=labels(version, CEPH_ORIGIN)),
        origin=CEPH_ORIGIN,
    )


def _busybox() -> Image:
    """The program and its names; no other file is there."""
    return Image(
        packages=Root(
            packages=("busybox-static",), unpacked=True, without=("usr/share/initramfs-tools",)
        ),
        links={f"bin/{name}": "busybox" for name in APPLETS},
        command=Command(entrypoint=(), labels=labels("1.35.0", BUSYBOX_ORIGIN)),
        origin=BUSYBOX_ORIGIN,
    )


RECIPES: Mapping[str, Recipe] = {
    "docker.io/rook/ceph:v1.12.11": _ceph(),
    "quay.io/ceph/ceph:v18.2.7": _ceph(),
    "docker.io/rancher/local-path-provisioner:v0.0.30": static(
        LOCAL_PATH, "local-path-provisioner", "usr/bin/local-path-provisioner", "0.0.30"
    ),
    "docker.io/library/busybox:1.35.0": _busybox(),
    "manifest/rook:v1.12.11": manifests(
        ROOK, ROOK_PATH, "1.12.11", "deploy/examples", ("crds.yaml", "common.yaml")
    ),
    # For Kubernetes 1.30 to 1.35 and Ceph 19.2 or 20.2, with the operator that runs the CSI drivers since 1.18.
    "manifest/rook:v1.19.4": manifests(
        ROOK_1_19,
        ROOK_PATH,
        "1.19.4",
        "deploy/examples",
        ("crds.yaml", "common.yaml", "csi-operator.yaml"),
    ),
}
