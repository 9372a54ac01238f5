"""Hosts that reach what is outside only through a proxy, and what they find there.

Owns the stage of the online tests: the host made beforehand, its distribution's sources, the servers. Does not own the
servers themselves (tests/vendors).
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundle import debian
from components.cluster.images import images as cluster_images
from components.network.weave import images as weave_images
from stacks.config import load
from stacks.needs import needs
from tests.e2e.operator import CONFIGURATION, STACK, SUBNET, Operator
from tests.vendors import internet, vendors
from tests.vendors.debs import Signer
from tests.vendors.internet import FILES, IMAGES, PROXY_PORT, Proxy
from tests.vendors.vendors import VERSION, Bundle

MACHINE = SUBNET.replace(".0/24", ".1")
PROXY = f"http://{MACHINE}:{PROXY_PORT}"
DISTRIBUTION = "distribution.example.com"
MIRROR = "mirror.example.com"
VENDORS = ("pkgs.k8s.io", "download.docker.com", "registry.k8s.io", "registry-1.docker.io")
DEBIAN = (
    f"deb [signed-by=/etc/apt/keyrings/distribution.asc] http://{DISTRIBUTION}/debian bookworm main"
)
NAMES = {
    "pkgs.k8s.io": FILES,
    "download.docker.com": FILES,
    DISTRIBUTION: FILES,
    MIRROR: IMAGES,
    # The same registry under a name that no mirror is configured for.
    "images.example.com": IMAGES,
}


@dataclass(frozen=True, kw_only=True)
class Outside:
    """The servers are up, the host is made and knows the proxy from its system's own settings."""

    work: Path
    proxy: Proxy
    kubernetes: Signer
    containerd: Signer

    def configuration(self, **groups: Any) -> dict[str, Any]:
        """The stack's configuration; `groups` replace those of the same name."""
        registries = ("docker.io", "registry.k8s.io")
        given = {
            "trust": {"caFile": str(self.work / "authority.pem")},
            "online": {
                "kubernetes": {"deb": {"fingerprint": self.kubernetes.fingerprint}},
                "containerd": {"deb": {"fingerprint": self.containerd.fingerprint}},
                "registries": {name: f"{MIRROR}/{name}" for name in registries},
            },
        }
        return without_bundle(**{**given, **groups})


def without_bundle(**groups: Any) -> dict[str, Any]:
    """A stack of one host without a bundle, behind the proxy."""
    kept = {name: values for name, values in CONFIGURATION.items() if name != "airgap"}
    kept["hosts"] = {**kept["hosts"], "nodes": CONFIGURATION["hosts"]["nodes"][:1]}
    return {**kept, "proxy": {"http": PROXY, "https": PROXY}, **groups}


@contextmanager
def outside(operator: Operator, work: Path) -> Iterator[Outside]:
    """Everything, for as long as the block lasts."""
    with ExitStack() as stack:
        signers = {
            name: stack.enter_context(Signer.made(work / name))
            for name in ("kubernetes", "containerd", "distribution")
        }
        fill(work, signers)
        made = Outside(
            work=work,
            proxy=Proxy(url=PROXY, log=work / "tinyproxy.log"),
            kubernetes=signers["kubernetes"],
            containerd=signers["containerd"],
        )
        operator.configure(made.configuration())
        operator.run("init")
        make_host(operator, DEBIAN, signers["distribution"].public)
        certificate = internet.certificate(work, "server", internet.company(work), list(NAMES))
        stack.enter_context(internet.files(work / "secure", certificate))
        stack.enter_context(internet.files(work / "clear", None))
        images = Bundle.of((*cluster_images(VERSION), *weave_images())).directory
        stack.enter_context(internet.registry(work, images, certificate))
        stack.enter_context(internet.proxy(work, MACHINE, NAMES))
        yield made


def fill(work: Path, signers: dict[str, Signer]) -> None:
    """The servers' files."""
    bundle = Bundle.of(needs(load(CONFIGURATION, stack=STACK, file="Pulumi.e2e.yaml")))
    minor = ".".join(VERSION.split(".")[:2])
    packages = work / "secure" / "pkgs.k8s.io" / "core:" / "stable:" / f"v{minor}" / "deb"
    docker = work / "secure" / "download.docker.com" / "linux" / "debian"
    vendors.kubernetes(packages, bundle, signers["kubernetes"])
    vendors.containerd(docker, bundle, signers["containerd"], work)
    (packages / "Release.key").write_text(signers["kubernetes"].public)
    (docker / "gpg").write_text(signers["containerd"].public)
    vendors.distribution(work / "clear" / DISTRIBUTION / "debian", bundle, signers["distribution"])


def make_host(operator: Operator, sources: str, key: str) -> None:
    """Makes n1 as an administrator would hand it over: apt has sources, every login and every unit has a proxy."""
    public = operator.shell("ssh-add -L").strip()
    options = ("--lab", STACK, "--name", "n1", "--subnet", SUBNET, "--authorized-key", public)
    operator.hosts("create", *options)
    # Whatever of the cluster would take the proxy from there shows in the proxy's log.
    login = "\n".join(f"{name}={PROXY}" for name in ("http_proxy", "https_proxy", "HTTPS_PROXY"))
    units = f"[Manager]\nDefaultEnvironment=HTTPS_PROXY={PROXY} https_proxy={PROXY}"
    operator.ssh(
        "n1",
        "set -e; mkdir -p /etc/apt/keyrings /etc/systemd/system.conf.d\n"
        f"cat >/etc/apt/keyrings/distribution.asc <<'EOF'\n{key}\nEOF\n"
        f"cat >/etc/apt/sources.list <<'EOF'\n{sources}\nEOF\n"
        f"cat >>/etc/environment <<'EOF'\n{login}\nEOF\n"
        f"cat >/etc/systemd/system.conf.d/proxy.conf <<'EOF'\n{units}\nEOF\n"
        "systemctl daemon-reexec",
    )


def unreachable() -> list[str]:
    """Those of the vendors' names that this machine cannot reach."""
    return [name for name in VENDORS if not connects(name)]


def connects(name: str) -> bool:
    """Whether a server of this name answers over TLS."""
    try:
        with socket.create_connection((name, 443), timeout=5) as connection:
            ssl.create_default_context().wrap_socket(connection, server_hostname=name).close()
    except OSError:
        return False
    return True


@contextmanager
def vendors_themselves(operator: Operator, work: Path) -> Iterator[None]:
    """The same host behind the same proxy, which leads to the real places."""
    operator.configure(without_bundle())
    operator.run("init")
    make_host(operator, debian.sources(), "")
    with internet.proxy(work, MACHINE, {}):
        yield
