"""What kubeadm's cluster is made of: images and host files of one Kubernetes version.

Owns the table of what kubeadm itself pulls and of what a node needs on disk. Does not own digests: the lock has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

DEBIAN_PACKAGES = "host/debian-bookworm:1"
CNI_PLUGINS = "host/cni-plugins:v1.9.1"
REGISTRY = "host/registry:v3.1.2"
CNI_BINARIES = "/opt/cni/bin"
BINARIES = "/usr/local/bin"


@dataclass(frozen=True, kw_only=True)
class Release:
    """The tags that a kubeadm release pulls beside its own (cmd/kubeadm/app/constants of that release)."""

    etcd: str
    coredns: str
    pause: str


RELEASES: Mapping[str, Release] = {
    "1.34": Release(etcd="3.6.5-0", coredns="v1.12.1", pause="3.10.1"),
    "1.35": Release(etcd="3.6.6-0", coredns="v1.13.1", pause="3.10.1"),
}


def release(version: str) -> Release:
    """The table's row for a version such as "1.35.4". Raises KeyError for a minor that is not in the table."""
    return RELEASES[".".join(version.split(".")[:2])]


def pause(version: str) -> str:
    """The sandbox image; containerd must be told, since no manifest names it."""
    return f"registry.k8s.io/pause:{release(version).pause}"


def images(version: str) -> tuple[str, ...]:
    """Every image of the cluster itself, by the names that kubeadm writes into its manifests."""
    row = release(version)
    own = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
    return (
        *(f"registry.k8s.io/{component}:v{version}" for component in own),
        f"registry.k8s.io/etcd:{row.etcd}",
        f"registry.k8s.io/coredns/coredns:{row.coredns}",
        pause(version),
    )


def host_artifacts(version: str) -> tuple[str, ...]:
    """What a node needs on disk, by the names of the bundle's items."""
    return (kubernetes_binaries(version), CNI_PLUGINS, REGISTRY, DEBIAN_PACKAGES)


def kubernetes_binaries(version: str) -> str:
    """The item that holds kubelet, kubeadm and kubectl."""
    return f"host/kubernetes:v{version}"
