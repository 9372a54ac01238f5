"""Official binaries from their makers' own release hosts, for a user who asks for that with APPLIANCE_DOWNLOAD=1.

Owns where they are published and checking them against the published sums. Plugins are installed by pulumi itself. Does
not own finding what is on the machine already: that is `official.py`.
"""

import hashlib
import os
import subprocess
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bundle.cache import entry

ASKED: Final = "APPLIANCE_DOWNLOAD"
ENGINE: Final = "https://get.pulumi.com/releases/sdk/pulumi-v{version}-linux-x64.tar.gz"
ENGINE_SUMS: Final = "https://get.pulumi.com/releases/sdk/pulumi-{version}-checksums.txt"
KUBECTL: Final = "https://dl.k8s.io/release/v{version}/bin/linux/amd64/kubectl"
PATIENCE: Final = 120
"""Seconds without a byte until a download is given up."""


class DownloadError(Exception):
    """A download failed or is not what was published; the message names the address."""


def asked(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the user asked for downloads."""
    return environment.get(ASKED) == "1"


def pulumi(version: str) -> Path:
    """The pulumi program of the official release, with its language hosts beside it. Raises DownloadError."""

    def build(directory: Path) -> None:
        address = ENGINE.format(version=version)
        archive = directory / address.rpartition("/")[2]
        archive.write_bytes(fetch(address))
        sums = fetch(ENGINE_SUMS.format(version=version)).decode()
        check(archive, published(sums, archive.name), address)
        subprocess.run(["tar", "-xzf", archive, "-C", directory], check=True)
        archive.unlink()

    return entry("official", f"pulumi-{version}", build) / "pulumi" / "pulumi"


def kubectl(version: str) -> Path:
    """The official kubectl. Raises DownloadError."""

    def build(directory: Path) -> None:
        address = KUBECTL.format(version=version)
        program = directory / "kubectl"
        program.write_bytes(fetch(address))
        check(program, fetch(f"{address}.sha256").decode().strip(), address)
        program.chmod(0o755)

    return entry("official", f"kubectl-{version}", build) / "kubectl"


def provider(name: str, version: str, program: Path) -> Path:
    """A provider plugin, installed by this pulumi program into a directory of its own. Raises DownloadError."""

    def build(directory: Path) -> None:
        done = subprocess.run(
            [program, "plugin", "install", "resource", name, version],
            check=False,
            env={**os.environ, "PULUMI_HOME": str(directory)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise DownloadError(
                f"pulumi could not install the {name} plugin: {done.stderr.strip()}"
            )

    home = entry("official", f"{name}-{version}", build)
    return home / "plugins" / f"resource-{name}-v{version}" / f"pulumi-resource-{name}"


def fetch(address: str) -> bytes:
    """The bytes at an address. Raises DownloadError."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - addresses stand above
            return bytes(answer.read())
    except OSError as fault:
        raise DownloadError(f"{address} could not be fetched: {fault}") from None


def published(sums: str, name: str) -> str:
    """A file's sum in a published list of sums. Raises DownloadError if it is not in it."""
    for line in sums.splitlines():
        match line.split():
            case [digest, file] if file.removeprefix("*") == name:
                return digest
    raise DownloadError(f"the published sums do not name {name}")


def check(file: Path, expected: str, address: str) -> None:
    """Raises DownloadError if a file is not what was published."""
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != expected:
        raise DownloadError(f"{address} has the SHA-256 {found} and not the published {expected}")
