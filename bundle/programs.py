"""The Go programs that items of a bundle are made of.

Owns their wrapper modules, versions and patches. Does not own how they are built (gomodule.py) nor which item holds
them (recipes.py).
"""

from pathlib import Path

from bundle.gomodule import GoModule, Patch

MODULES = Path(__file__).parent / "modules"


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
REPLICATED_VERSION = "stable-2.56.0"
REPLICATED = GoModule(
    name="replicated",
    directory=MODULES / "replicated",
    binaries={"replicated": "."},
    ldflags=f"-X main.Version={REPLICATED_VERSION}",
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
WEAVE_PATH = "github.com/weaveworks/weave"
WEAVE = GoModule(
    name="weave",
    directory=MODULES / "weave",
    binaries={
        name: f"{WEAVE_PATH}/prog/{name}"
        for name in ("weaver", "weave-npc", "kube-utils", "weaveutil")
    },
    ldflags="-X main.version=2.6.5",
    cgo=True,
    patch=Patch(
        module=WEAVE_PATH,
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

_FLANNEL = "github.com/flannel-io/flannel"
FLANNEL = GoModule(
    name="flannel",
    directory=MODULES / "flannel",
    binaries={"flanneld": _FLANNEL},
    ldflags=f"-X {_FLANNEL}/pkg/version.Version=v0.28.4",
    cgo=True,
    patch=Patch(
        module=_FLANNEL,
        edits={
            # A backend for one cloud, whose modules no proxy serves.
            "main.go": ((f'\t_ "{_FLANNEL}/pkg/backend/tencentvpc"\n', "", 1),),
            "go.mod": (
                (
                    "\tgithub.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common v1.3.79\n",
                    "",
                    1,
                ),
                ("\tgithub.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc v1.3.75\n", "", 1),
            ),
        },
    ),
)
# Flannel's own CNI plugin is in no module proxy; this is what it was split off from.
FLANNEL_CNI = GoModule(
    name="flannel-cni",
    directory=MODULES / "flannel-cni",
    binaries={"flannel": f"{_CNI}/meta/flannel"},
    ldflags="-X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=v0.9.1",
)

# The layers above the pod network: ingress and storage.
CONTOUR_PATH = "github.com/projectcontour/contour"
CONTOUR = GoModule(
    name="contour",
    directory=MODULES / "contour",
    binaries={"contour": f"{CONTOUR_PATH}/cmd/contour"},
    ldflags=f"-X {CONTOUR_PATH}/internal/build.Version=v1.33.8",
)
ROOK_PATH = "github.com/rook/rook"
ROOK = GoModule(
    name="rook",
    directory=MODULES / "rook",
    binaries={"rook": f"{ROOK_PATH}/cmd/rook"},
    ldflags=f"-X {ROOK_PATH}/pkg/version.Version=v1.12.11",
)
# What production runs: manifests come out of the module, images from their registries; nothing is compiled.
ROOK_1_19 = GoModule(name="rook", directory=MODULES / "rook-1.19", binaries={})
RESTIC = GoModule(
    name="restic",
    directory=MODULES / "restic",
    binaries={"restic": "github.com/restic/restic/cmd/restic"},
)
LOCAL_PATH = GoModule(
    name="local-path-provisioner",
    directory=MODULES / "local-path-provisioner",
    binaries={"local-path-provisioner": "github.com/rancher/local-path-provisioner"},
    ldflags="-X main.VERSION=v0.0.30",
)
