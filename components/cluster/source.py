"""Where a host gets its packages, programs and images: the bundle's registries, or the vendors' own repositories.

Owns the two alternatives as parameters of the node script. Does not own what is installed with them: both ways end in
the same host.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from bundle.lock import Lock
from components.cluster.images import (
    BINARIES,
    CNI_BINARIES,
    CNI_PLUGINS,
    DEBIAN_PACKAGES,
    kubernetes_binaries,
)
from components.cluster.repositories import VENDORS, Repository, lines


@dataclass(frozen=True, kw_only=True)
class FromBundle:
    """Everything by digest from the appliance's registries.

    `registries` are HOST:PORT of the registries, `upstreams` the host names whose images they hold.
    """

    lock: Lock
    registries: pulumi.Output[list[str]]
    upstreams: tuple[str, ...]

    def parameters(self, version: str) -> Mapping[str, str]:
        """What `prepare` of every node is told, for Kubernetes of this version; the registries come besides."""
        return {
            "UPSTREAMS": " ".join(self.upstreams),
            "PACKAGES": package_lines(self.lock),
            "FILES": file_lines(self.lock, version),
        }


@dataclass(frozen=True, kw_only=True)
class FromVendors:
    """Packages from signed repositories, images from their registries.

    `containerd` is a version or the beginning of one ("2", "2.1", "2.1.5"). `mirrors` maps a registry's host name to
    what is asked instead of it, HOST[:PORT][/PATH].
    """

    repositories: Mapping[tuple[str, str], Repository] = field(default_factory=lambda: VENDORS)
    containerd: str = "2"
    mirrors: Mapping[str, str] = field(default_factory=dict)

    def parameters(self, version: str) -> Mapping[str, str]:
        """What `prepare` of every node is told, for Kubernetes of this version."""
        return {
            "REPOSITORIES": lines(self.repositories, version),
            "CONTAINERD_VERSION": self.containerd,
            "MIRRORS": "\n".join(
                f"{upstream} {mirror}" for upstream, mirror in sorted(self.mirrors.items())
            ),
        }


Source = FromBundle | FromVendors


def turned(registries: Sequence[str], node: str) -> list[str]:
    """The registries in an order of the node's own, so that not all nodes ask the first one first."""
    start = zlib.crc32(node.encode()) % len(registries) if registries else 0
    return [*registries[start:], *registries[:start]]


def repository(item: str) -> str:
    """The registry's repository of a bundle item: its name without the tag."""
    return item.rpartition(":")[0]


def package_lines(lock: Lock) -> str:
    """REPOSITORY and SHA256 of the artifact with the Debian packages; its manifest lists them."""
    return f"{repository(DEBIAN_PACKAGES)} {manifest(lock, DEBIAN_PACKAGES)}"


def file_lines(lock: Lock, version: str) -> str:
    """One line "REPOSITORY SHA256 DIRECTORY" for each artifact of programs."""
    places = ((kubernetes_binaries(version), BINARIES), (CNI_PLUGINS, CNI_BINARIES))
    return "\n".join(
        f"{repository(item)} {manifest(lock, item)} {directory}" for item, directory in places
    )


def manifest(lock: Lock, item: str) -> str:
    """The SHA-256 of an artifact's manifest, without the algorithm's name."""
    return lock.artifact(item).digest.removeprefix("sha256:")
