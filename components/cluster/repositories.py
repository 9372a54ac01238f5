"""The vendors' package repositories: where hosts get kubelet, kubeadm, kubectl and containerd when there is no bundle.

Owns where they are and whose signature counts. Does not own their use on a host: that is in the node script.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

KUBERNETES: Final = "kubernetes"
CONTAINERD: Final = "containerd"


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A signed repository of one package format.

    `source` is what apt's sources.list has after the options (URI, suite, components), or dnf's baseurl. The host puts
    in what it is: {distribution}, {codename} and {release} of its os-release. `{minor}` is that of Kubernetes. `key` is
    a URL that is not trusted: only signatures of the key with this `fingerprint` count, whatever else it may hold.
    """

    source: str
    key: str
    fingerprint: str


_PACKAGES: Final = "https://pkgs.k8s.io/core:/stable:/v{minor}"
_DOCKER: Final = "https://download.docker.com/linux"
# The project "isv:kubernetes" of the Open Build Service signs every minor version.
_KUBERNETES_KEY: Final = "DE15B14486CD377B9E876E1A234654DA9A296436"

VENDORS: Final[Mapping[tuple[str, str], Repository]] = {
    (KUBERNETES, "deb"): Repository(
        source=f"{_PACKAGES}/deb/ /",
        key=f"{_PACKAGES}/deb/Release.key",
        fingerprint=_KUBERNETES_KEY,
    ),
    (KUBERNETES, "rpm"): Repository(
        source=f"{_PACKAGES}/rpm/",
        key=f"{_PACKAGES}/rpm/repodata/repomd.xml.key",
        fingerprint=_KUBERNETES_KEY,
    ),
    # Distributions have containerd 1.x or none, and Kubernetes drops that; Docker packages 2.x for all of ours.
    (CONTAINERD, "deb"): Repository(
        source=f"{_DOCKER}/{{distribution}} {{codename}} stable",
        key=f"{_DOCKER}/{{distribution}}/gpg",
        fingerprint="9DC858229FC7DD38854AE2D88D81803C0EBFCD88",
    ),
    (CONTAINERD, "rpm"): Repository(
        source=f"{_DOCKER}/centos/{{release}}/$basearch/stable",
        key=f"{_DOCKER}/centos/gpg",
        fingerprint="060A61C51B558A7F742B77AAC52FEB6B621E9F35",
    ),
}
"""By name and package format. The fingerprints are those that the vendors' own instructions name."""


def lines(repositories: Mapping[tuple[str, str], Repository], version: str) -> str:
    """One line "NAME FORMAT FINGERPRINT KEY SOURCE" for each repository, for Kubernetes of this version."""
    minor = ".".join(version.split(".")[:2])
    return "\n".join(
        f"{name} {form} {it.fingerprint} {it.key} {it.source}".replace("{minor}", minor)
        for (name, form), it in sorted(repositories.items())
    )
