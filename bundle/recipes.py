"""What the items of a bundle are made of. One line of this table is one name that a stack may ask for.

Owns names, versions and contents. Does not own which items a stack needs (components say that), nor digests (the lock).
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bundle.gomodule import GoModule, Patch
from bundle.image import Command
from bundle.recipe import Artifact, CSource, Image, ModuleFile, PackageSet, Program, Recipe, Text

MODULES = Path(__file__).parent / "modules"

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


def kubernetes_module(version: str) -> GoModule:
    """Kubernetes' own programs of one version, such as "1.35.4"."""
    minor = ".".join(version.split(".")[:2])
    stamp = {
        "gitVersion": f"v{version}",
        "gitMajor": "1",
        "gitMinor": minor.partition(".")[2],
        "gitTreeState": "clean",
    }
    names = (
        "kubelet",
        "kubeadm",
        "kubectl",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
    )
    return GoModule(
        name=f"kubernetes-{version}",
        directory=MODULES / ("kubernetes" if minor == "1.35" else f"kubernetes-{minor}"),
        binaries={name: f"k8s.io/kubernetes/cmd/{name}" for name in (*names, "kube-proxy")},
        ldflags=" ".join(
            f"-X k8s.io/component-base/version.{key}={value}" for key, value in stamp.items()
        ),
    )


def _etcd_module(name: str) -> GoModule:
    # The server's package is the program etcd; its two tools come in the same image, as upstream's does.
    packages = {"etcd": "server", "etcdctl": "etcdctl", "etcdutl": "etcdutl"}
    binaries = {program: f"go.etcd.io/etcd/{part}/v3" for program, part in packages.items()}
    return GoModule(name=name, directory=MODULES / name, binaries=binaries)


def _coredns_module(name: str) -> GoModule:
    binaries = {"coredns": "github.com/coredns/coredns"}
    return GoModule(name=name, directory=MODULES / name, binaries=binaries)


KUBERNETES, KUBERNETES_1_34 = kubernetes_module("1.35.4"), kubernetes_module("1.34.2")
ETCD, ETCD_3_6_5 = _etcd_module("etcd"), _etcd_module("etcd-3.6.5")
COREDNS, COREDNS_1_12 = _coredns_module("coredns"), _coredns_module("coredns-1.12.1")
REGISTRY = GoModule(
    name="registry",
    directory=MODULES / "registry",
    binaries={"registry": "github.com/distribution/distribution/v3/cmd/registry"},
    ldflags="-X github.com/distribution/distribution/v3/version.version=v3.1.2",
)
CRANE = GoModule(
    name="crane",
    directory=MODULES / "crane",
    binaries={"crane": "github.com/google/go-containerregistry/cmd/crane"},
)
_CNI = "github.com/containernetworking/plugins/plugins"
CNI_PLUGINS = GoModule(
    name="cni-plugins",
    directory=MODULES / "cni-plugins",
    binaries={
        "loopback": f"{_CNI}/main/loopback",
        "portmap": f"{_CNI}/meta/portmap",
        "host-local": f"{_CNI}/ipam/host-local",
        "bridge": f"{_CNI}/main/bridge",
    },
)
_WEAVE = "github.com/weaveworks/weave"
WEAVE = GoModule(
    name="weave",
    directory=MODULES / "weave",
    binaries={
        name: f"{_WEAVE}/prog/{name}" for name in ("weaver", "weave-npc", "kube-utils", "weaveutil")
    },
    ldflags="-X main.version=2.6.5",
    cgo=True,
    patch=Patch(
        module=_WEAVE,
        edits={
            # Names that the client library and the metrics library have changed since.
            "prog/weave-npc/main.go": (("client.Core()", "client.CoreV1()", 2),),
            "prog/weaver/metrics.go": (
                (
                    'NewProcessCollector(os.Getpid(), "")',
                    "NewProcessCollector(prometheus.ProcessCollectorOpts{})",
                    1,
                ),
                ('\t"os"\n', "", 1),
            ),
            # A short-lived link of any kind will do here, and not every kernel has the dummy driver.
            "net/bridge.go": (("netlink.Dummy{", "netlink.Ifb{", 1),),
        },
    ),
)

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


def _static(module: GoModule, binary: str, path: str, version: str) -> Image:
    """An image of one static program and nothing else."""
    origin = f"built from the Go module of {module.name} {version}"
    return Image(
        files={path: Program(module=module, binary=binary)},
        command=Command(entrypoint=(f"/{path}",), labels=_labels(version, origin)),
        origin=origin,
    )


def _etcd(module: GoModule, version: str) -> Image:
    """The server and its tools, which membership and snapshots are handled with."""
    image = _static(module, "etcd", "usr/local/bin/etcd", version)
    programs = {
        f"usr/local/bin/{name}": Program(module=module, binary=name) for name in module.binaries
    }
    return replace(image, files=programs)


def _labels(version: str, origin: str) -> Mapping[str, str]:
    return {
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.description": origin,
    }


def _kubernetes(module: GoModule, version: str) -> dict[str, Recipe]:
    """Images and host programs of one Kubernetes version."""
    registry = "registry.k8s.io"
    control = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    items: dict[str, Recipe] = {
        f"{registry}/{name}:v{version}": _static(module, name, f"usr/local/bin/{name}", version)
        for name in control
    }
    origin = f"built from the Go module of kubernetes {version}; iptables of Debian, nft mode"
    items[f"{registry}/kube-proxy:v{version}"] = Image(
        files={"usr/local/bin/kube-proxy": Program(module=module, binary="kube-proxy")},
        packages=(*NETFILTER, "nftables"),
        command=Command(entrypoint=("/usr/local/bin/kube-proxy",), labels=_labels(version, origin)),
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
        module=_WEAVE,
        path="weave",
        edits=(('SCRIPT_VERSION="unreleased"', 'SCRIPT_VERSION="2.6.5"'),),
    )
    return {
        "docker.io/weaveworks/weave-kube:2.6.5": Image(
            files={
                "home/weave/launch.sh": ModuleFile(
                    of=WEAVE, module=_WEAVE, path="prog/weave-kube/launch.sh"
                ),
                "home/weave/weave": script,
                "home/weave/weaver": Program(module=WEAVE, binary="weaver"),
                "home/weave/kube-utils": Program(module=WEAVE, binary="kube-utils"),
                "usr/bin/weaveutil": Program(module=WEAVE, binary="weaveutil"),
            },
            packages=WEAVE_PACKAGES,
            command=Command(entrypoint=("/home/weave/launch.sh",), labels=_labels("2.6.5", origin)),
            origin=origin,
        ),
        "docker.io/weaveworks/weave-npc:2.6.5": Image(
            files={
                "usr/bin/launch.sh": ModuleFile(
                    of=WEAVE, module=_WEAVE, path="prog/weave-npc/launch.sh"
                ),
                "usr/bin/weave-npc": Program(module=WEAVE, binary="weave-npc"),
                "etc/ulogd.conf": ModuleFile(
                    of=WEAVE, module=_WEAVE, path="prog/weave-npc/ulogd.conf"
                ),
            },
            packages=WEAVE_PACKAGES,
            # Where the configuration looks for plugins, and where Debian has them.
            links={"usr/lib/ulogd": "x86_64-linux-gnu/ulogd"},
            pipes=("var/log/ulogd.pcap",),
            command=Command(entrypoint=("/usr/bin/launch.sh",), labels=_labels("2.6.5", origin)),
            origin=origin,
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
        command=Command(labels=_labels("1", origin)),
        origin=origin,
    )


RECIPES: Mapping[str, Recipe] = {
    **_kubernetes(KUBERNETES, "1.35.4"),
    "registry.k8s.io/etcd:3.6.6-0": _etcd(ETCD, "3.6.6"),
    "registry.k8s.io/coredns/coredns:v1.13.1": _static(COREDNS, "coredns", "coredns", "1.13.1"),
    **_kubernetes(KUBERNETES_1_34, "1.34.2"),
    "registry.k8s.io/etcd:3.6.5-0": _etcd(ETCD_3_6_5, "3.6.5"),
    "registry.k8s.io/coredns/coredns:v1.12.1": _static(
        COREDNS_1_12, "coredns", "coredns", "1.12.1"
    ),
    "registry.k8s.io/pause:3.10.1": Image(
        files={"pause": CSource(text=PAUSE)},
        command=Command(entrypoint=("/pause",), labels=_labels("3.10.1", "built from our own C")),
        origin="built from our own C",
    ),
    **_weave(),
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
