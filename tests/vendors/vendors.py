"""What the vendors offer, made here: the packages of Kubernetes and containerd, a distribution, a registry's images.

Owns what is in them: the same names, versions, files and traps as the vendors', and programs that work. Does not own
the way to them (internet.py).
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bundle import gomodule
from bundle.gomodule import GoModule
from tests.vendors.debs import Package, Signer, flat, suite

VERSION = "1.35.4"
CONTAINERD_VERSION = "2.2.0"
CONTAINERD = GoModule(
    name="test-containerd",
    directory=Path(__file__).parent / "modules" / "containerd",
    binaries={
        name: f"github.com/containerd/containerd/v2/cmd/{name}"
        for name in ("containerd", "containerd-shim-runc-v2", "ctr")
    },
    ldflags=f"-X github.com/containerd/containerd/v2/version.Version={CONTAINERD_VERSION}",
)
# As the vendor's kubeadm package has it: it takes the unit's command over.
DROP_IN = """[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf \\
  --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
"""
KUBELET_UNIT = """[Unit]
Description=kubelet of the package
[Service]
ExecStart=/usr/bin/kubelet
Restart=always
RestartSec=10
[Install]
WantedBy=multi-user.target
"""
CONTAINERD_UNIT = """[Unit]
Description=containerd of the package
After=network.target
[Service]
ExecStart=/usr/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
LimitNOFILE=infinity
TasksMax=infinity
[Install]
WantedBy=multi-user.target
"""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """The bundle of the stack's version: where the programs, packages and images come from."""

    directory: Path

    @classmethod
    def of(cls, items: tuple[str, ...]) -> "Bundle":
        done = subprocess.run(
            [sys.executable, "-m", "bundle", "build", "--items", "-"],
            input=json.dumps(items),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return cls(directory=Path(done.stdout.strip()))

    def files(self, item: str) -> dict[str, Path]:
        """The files of an artifact by title."""
        manifest = json.loads((self.directory / "manifest.json").read_text())
        (found,) = (each for each in manifest["items"] if each["name"] == item)
        blobs = self.directory / "blobs" / "sha256"
        return {title: blobs / file["sha256"] for title, file in found["files"].items()}


def kubernetes(directory: Path, bundle: Bundle, signer: Signer) -> None:
    """The flat repository of pkgs.k8s.io: the version asked for, and a newer one that must not be taken."""
    programs = bundle.files(f"host/kubernetes:v{VERSION}")
    more: dict[str, dict[str, str]] = {
        "kubelet": {"lib/systemd/system/kubelet.service": KUBELET_UNIT},
        "kubeadm": {"usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": DROP_IN},
        "kubectl": {},
    }
    for name, texts in more.items():
        control = {"Depends": "iptables, kubernetes-cni"} if name == "kubelet" else {}
        files: dict[str, Path | str] = {f"usr/bin/{name}": programs[name], **texts}
        Package(name=name, version=f"{VERSION}-1.1", files=files, control=control).write(directory)
        Package(name=name, version="1.35.40-1.1").write(directory)
    plugins = bundle.files("host/cni-plugins:v1.9.1")
    Package(
        name="kubernetes-cni",
        version="1.8.0-1.1",
        files={f"opt/cni/bin/{name}": file for name, file in plugins.items()},
    ).write(directory)
    flat(directory, signer)


def containerd(directory: Path, bundle: Bundle, signer: Signer, work: Path) -> None:
    """Docker's repository for bookworm: containerd.io with its own runc, which conflicts with Debian's packages."""
    programs = gomodule.build(CONTAINERD)
    files: dict[str, Path | str] = {f"usr/bin/{name}": file for name, file in programs.items()}
    files["usr/bin/runc"] = _runc(bundle, work)
    files["lib/systemd/system/containerd.service"] = CONTAINERD_UNIT
    # The vendor's default, with which kubelet cannot talk to it.
    files["etc/containerd/config.toml"] = 'disabled_plugins = ["cri"]\n'
    Package(
        name="containerd.io",
        version=f"{CONTAINERD_VERSION}-1~debian.12~bookworm",
        files=files,
        control=dict.fromkeys(("Conflicts", "Provides", "Replaces"), "containerd, runc"),
        after="systemctl daemon-reload\nsystemctl enable --now containerd",
    ).write(directory / "pool")
    old = Package(name="containerd.io", version="1.7.29-1~debian.12~bookworm")
    old.write(directory / "pool")
    suite(directory, "bookworm", "stable", signer)


def distribution(directory: Path, bundle: Bundle, signer: Signer) -> None:
    """Debian's packages that the bundle has, as a repository of the distribution."""
    pool = directory / "pool"
    pool.mkdir(parents=True)
    for title, blob in bundle.files("host/debian-bookworm:1").items():
        shutil.copyfile(blob, pool / title)
    suite(directory, "bookworm", "main", signer)


def _runc(bundle: Bundle, work: Path) -> Path:
    debs = bundle.files("host/debian-bookworm:1")
    (deb,) = (file for title, file in debs.items() if title.startswith("runc_"))
    subprocess.run(["dpkg-deb", "--extract", str(deb), str(work / "runc")], check=True)
    return work / "runc" / "usr/sbin/runc"
