"""What the items of a bundle are made of. One line of this table is one name that a stack may ask for.

Owns names, versions and contents. Does not own which items a stack needs (components say that), nor digests (the lock).
"""

from collections.abc import Mapping
from dataclasses import replace

from bundle import ingress, replicated, snapshots, storage
from bundle.gomodule import GoModule
from bundle.image import Command
from bundle.programs import (
    CNI_PLUGINS,
    COREDNS,
    COREDNS_1_12,
    ETCD,
    ETCD_3_6_5,
    FLANNEL,
    FLANNEL_CNI,
    KUBERNETES,
    KUBERNETES_1_34,
    REGISTRY,
    WEAVE,
    WEAVE_PATH,
)
from bundle.recipe import (
    Artifact,
    CSource,
    Image,
    ModuleFile,
    PackageSet,
    Program,
    Recipe,
    Text,
    labels,
    static,
)

# Pauses until it is told to end, and reaps what is handed to it when a pod shares one process namespace.
PAUSE = """
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
static void end(int signal) { (void)signal; _exit(0); }
static void reap(int signal) { (void)signal; while (waitpid(-1, 0, WNOHANG) > 0) {} }
int main(void) {
  signal(SIGINT, end);
  signal(SIGTERM, end);
  signal(SIGCHLD, reap);
  for (;;) pause();
}
"""


NETFILTER = ("iptables", "ipset", "conntrack", "kmod")
WEAVE_PACKAGES = (
    *NETFILTER,
    *("curl", "ethtool", "iproute2", "ulogd2", "ulogd2-pcap", "libpcap0.8", "ca-certificates"),
)
HOST_BASE = (
    "systemd",
    "systemd-sysv",
    "dbus",
    "openssh-server",
    "iproute2",
    "curl",
    "ca-certificates",
)
HOST_PACKAGES = (
    *NETFILTER,
    *("containerd", "runc", "socat", "ethtool", "ebtables", "haproxy", "nftables"),
)


def _etcd(module: GoModule, version: str) -> Image:
    """The server and its tools, which membership and snapshots are handled with."""
    image = static(module, "etcd", "usr/local/bin/etcd", version)
    programs = {
        f"usr/local/bin/{name}": Program(module=module, binary=name) for name in module.binaries
    }
    return replace(image, files=programs)


def _kubernetes(module: GoModule, version: str) -> dict[str, Recipe]:
    """Images and host programs of one Kubernetes version."""
    registry = "registry.k8s.io"
    control = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    items: dict[str, Recipe] = {
        f"{registry}/{name}:v{version}": static(module, name, f"usr/local/bin/{name}", version)
        for name in control
    }
    origin = f"built from the Go module of kubernetes {version}; iptables of Debian, nft mode"
    items[f"{registry}/kube-proxy:v{version}"] = Image(
        files={"usr/local/bin/kube-proxy": Program(module=module, binary="kube-proxy")},
        packages=(*NETFILTER, "nftables"),
        command=Command(entrypoint=("/usr/local/bin/kube-proxy",), labels=labels(version, origin)),
        origin=origin,
    )
    items[f"host/kubernetes:v{version}"] = Artifact(
        files={
            name: Program(module=module, binary=name) for name in ("kubelet", "kubeadm", "kubectl")
        },
        origin=f"built from the Go module of kubernetes {version}",
    )
    return items


def _weave() -> dict[str, Recipe]:
    """Both images share one Debian root, so nodes pull and keep it once."""
    origin = "built from the Go module of weave 2.6.5 with five one-line patches, on Debian"
    script = ModuleFile(
        of=WEAVE,
        module=WEAVE_PATH,
        path="weave",
        edits=(('SCRIPT_VERSION="unreleased"', 'SCRIPT_VERSION="2.6.5"'),),
    )
    return {
        "docker.io/weaveworks/weave-kube:2.6.5": Image(
            files={
                "home/weave/launch.sh": ModuleFile(
                    of=WEAVE, module=WEAVE_PATH, path="prog/weave-kube/launch.sh"
                ),
                "home/weave/weave": script,
                "home/weave/weaver": Program(module=WEAVE, binary="weaver"),
                "home/weave/kube-utils": Program(module=WEAVE, binary="kube-utils"),
                "usr/bin/weaveutil": Program(module=WEAVE, binary="weaveutil"),
            },
            packages=WEAVE_PACKAGES,
            command=Command(entrypoint=("/home/weave/launch.sh",), labels=labels("2.6.5", origin)),
            origin=origin,
        ),
        "docker.io/weaveworks/weave-npc:2.6.5": Image(
            files={
                "usr/bin/launch.sh": ModuleFile(
                    of=WEAVE, module=WEAVE_PATH, path="prog/weave-npc/launch.sh"
                ),
                "usr/bin/weave-npc": Program(module=WEAVE, binary="weave-npc"),
                "etc/ulogd.conf": ModuleFile(
                    of=WEAVE, module=WEAVE_PATH, path="prog/weave-npc/ulogd.conf"
                ),
            },
            packages=WEAVE_PACKAGES,
            # Where the configuration looks for plugins, and where Debian has them.
            links={"usr/lib/ulogd": "x86_64-linux-gnu/ulogd"},
            pipes=("var/log/ulogd.pcap",),
            command=Command(entrypoint=("/usr/bin/launch.sh",), labels=labels("2.6.5", origin)),
            origin=origin,
        ),
    }


def _flannel() -> dict[str, Recipe]:
    """Both images stand on the Debian root of kube-proxy, so nodes have most of them already."""
    packages = (*NETFILTER, "nftables")
    daemon = "built from the Go module of flannel 0.28.4 without the tencent-vpc backend, on Debian"
    plugin = (
        "not flannel-io/cni-plugin v1.9.1-flannel1 but its ancestor: plugins/meta/flannel, built from the Go module of "
        "CNI plugins 0.9.1, on Debian; CNI 0.1.0 to 0.4.0"
    )
    return {
        "ghcr.io/flannel-io/flannel:v0.28.4": Image(
            files={"opt/bin/flanneld": Program(module=FLANNEL, binary="flanneld")},
            packages=packages,
            command=Command(entrypoint=("/opt/bin/flanneld",), labels=labels("0.28.4", daemon)),
            origin=daemon,
        ),
        "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel1": Image(
            files={"flannel": Program(module=FLANNEL_CNI, binary="flannel")},
            packages=packages,
            command=Command(labels=labels("0.9.1", plugin)),
            origin=plugin,
        ),
    }


def _toolbox() -> Image:
    """What the end-to-end tests run in pods: clients and a server for the network's usual questions."""
    origin = "Debian packages"
    return Image(
        packages=(
            *("curl", "bind9-dnsutils", "netcat-openbsd", "iproute2", "iputils-ping"),
            *("tcpdump", "socat", "procps"),
        ),
        files={"etc/motd": Text(text="toolbox of the end-to-end tests\n")},
        command=Command(labels=labels("1", origin)),
        origin=origin,
    )


RECIPES: Mapping[str, Recipe] = {
    **_kubernetes(KUBERNETES, "1.35.4"),
    "registry.k8s.io/etcd:3.6.6-0": _etcd(ETCD, "3.6.6"),
    "registry.k8s.io/coredns/coredns:v1.13.1": static(COREDNS, "coredns", "coredns", "1.13.1"),
    **_kubernetes(KUBERNETES_1_34, "1.34.2"),
    "registry.k8s.io/etcd:3.6.5-0": _etcd(ETCD_3_6_5, "3.6.5"),
    "registry.k8s.io/coredns/coredns:v1.12.1": static(COREDNS_1_12, "coredns", "coredns", "1.12.1"),
    "registry.k8s.io/pause:3.10.1": Image(
        files={"pause": CSource(text=PAUSE)},
        command=Command(entrypoint=("/pause",), labels=labels("3.10.1", "built from our own C")),
        origin="built from our own C",
    ),
    **_weave(),
    **_flannel(),
    **ingress.RECIPES,
    **replicated.RECIPES,
    **snapshots.RECIPES,
    **storage.RECIPES,
    "docker.io/library/toolbox:1": _toolbox(),
    "host/cni-plugins:v1.9.1": Artifact(
        files={name: Program(module=CNI_PLUGINS, binary=name) for name in CNI_PLUGINS.binaries},
        origin="built from the Go module of CNI plugins 1.9.1",
    ),
    "host/registry:v3.1.2": Artifact(
        files={"registry": Program(module=REGISTRY, binary="registry")},
        origin="built from the Go module of distribution 3.1.2",
    ),
    "host/debian-bookworm:1": PackageSet(
        base=HOST_BASE, packages=HOST_PACKAGES, origin="Debian 12"
    ),
}
