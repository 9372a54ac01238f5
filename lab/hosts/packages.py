"""The programs that this machine needs for lab hosts, and the Debian packages they come from.

Owns the list and installing what is missing. Does not own what is in a host: that is template.py.
"""

import os
import shutil
from collections.abc import Callable, Mapping

from lab.hosts import state
from lab.hosts.failure import LabError
from lab.hosts.names import home
from lab.hosts.process import run

NEEDED = {
    "systemd-nspawn": "systemd-container",
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "ssh-keygen": "openssh-client",
    "setpriv": "util-linux",
    "unshare": "util-linux",
}
"""Program → package of Debian 12."""


def missing(
    which: Callable[[str], str | None] = shutil.which, needed: Mapping[str, str] = NEEDED
) -> list[str]:
    """The packages that are needed and not here."""
    return sorted({package for program, package in needed.items() if which(program) is None})


def install(needed: Mapping[str, str] = NEEDED) -> list[str]:
    """Install what is missing and return its names; LabError where that cannot be."""
    packages = missing(needed=needed)
    if not packages:
        return []
    cure = f"apt-get install {' '.join(packages)}"
    if shutil.which("apt-get") is None:
        raise LabError(f"this machine has no apt-get and lacks {', '.join(packages)}; install them")
    if os.geteuid() != 0:
        raise LabError(f"packages are missing; as root, run: {cure}")
    options = ["-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *options]
    try:
        # Hosts are made several at a time, and apt's own lock on package lists does not wait.
        with state.locked(home() / ".locks" / "packages.lock", "this machine's packages"):
            if missing(needed=needed):
                run(*command, "update")
                run(*command, "install", "-y", "--no-install-recommends", *packages)
    except LabError as error:
        raise LabError(
            f"{error}; check this machine's package sources, then run: {cure}"
        ) from error
    return packages
