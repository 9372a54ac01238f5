"""What the items of the snapshots are made of: restic, and a shell and a scheduler for it.

Owns their names, versions and contents. Does not own who takes snapshots of what (components/application).
"""

from collections.abc import Mapping

from bundle.image import Command
from bundle.programs import RESTIC
from bundle.recipe import Image, Program, Recipe, Text, WheelFile, labels
from bundle.root import Root
from bundle.storage import APPLETS

ORIGIN = (
    "the Go module of restic 0.18.1, busybox of Debian 12 and the authorities of certifi 2026.10.18"
)
# What public S3 endpoints are known by; Debian's package of them would bring perl and OpenSSL.
AUTHORITIES = WheelFile(
    requirement="certifi==2026.10.18",
    sha256="73191c47aaa79da394e8fee2dbc2ec827432cab56311122c9e47abf79e390f62",
    path="certifi/cacert.pem",
)
# The scheduler starts jobs as a user that it looks up by name.
ROOT_USER = "root:x:0:0::/root:/bin/sh\n"


def _restic() -> Image:
    """The program, a shell for what comes before and after a snapshot, and crond."""
    return Image(
        files={
            "usr/bin/restic": Program(module=RESTIC, binary="restic"),
            "etc/ssl/certs/ca-certificates.crt": AUTHORITIES,
            "etc/passwd": Text(text=ROOT_USER),
            "etc/group": Text(text="root:x:0:\n"),
        },
        packages=Root(
            packages=("busybox-static",), unpacked=True, without=("usr/share/initramfs-tools",)
        ),
        links={f"bin/{name}": "busybox" for name in (*APPLETS, "crond")},
        command=Command(entrypoint=("/usr/bin/restic",), labels=labels("0.18.1", ORIGIN)),
        origin=ORIGIN,
    )


RECIPES: Mapping[str, Recipe] = {"docker.io/restic/restic:0.18.1": _restic()}
