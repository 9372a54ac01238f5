"""Which versions of AWS's controller and of its driver for volumes go with which Kubernetes.

Owns the table, by Kubernetes' minor, and the images' names. Does not own what runs of them (aws_controller.py,
components/storage/ebs.py).

Sources: the controller is released for each minor and supports that one alone ("Compatibility with Kubernetes" in
docs/README.md of cloud-provider-aws); the driver supports every Kubernetes that is itself supported (README.md of
aws-ebs-csi-driver), and the containers beside it have the versions that its own chart names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_SIG: Final = "registry.k8s.io/sig-storage"


@dataclass(frozen=True, kw_only=True)
class Release:
    """What runs on one minor of Kubernetes; all are versions without a v."""

    controller_version: str
    driver_version: str
    provisioner_version: str
    attacher_version: str
    resizer_version: str
    registrar_version: str
    probe_version: str

    @property
    def controller(self) -> str:
        """AWS's cloud-controller-manager."""
        return f"registry.k8s.io/provider-aws/cloud-controller-manager:v{self.controller_version}"

    @property
    def driver(self) -> str:
        """The driver of EBS, on control planes and on nodes."""
        return f"public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v{self.driver_version}"

    @property
    def provisioner(self) -> str:
        """Beside the driver: claims become volumes."""
        return f"{_SIG}/csi-provisioner:v{self.provisioner_version}"

    @property
    def attacher(self) -> str:
        """Beside the driver: volumes come to the machines of their pods."""
        return f"{_SIG}/csi-attacher:v{self.attacher_version}"

    @property
    def resizer(self) -> str:
        """Beside the driver: volumes grow with their claims."""
        return f"{_SIG}/csi-resizer:v{self.resizer_version}"

    @property
    def registrar(self) -> str:
        """Beside the driver on a node: kubelet learns of it."""
        return f"{_SIG}/csi-node-driver-registrar:v{self.registrar_version}"

    @property
    def probe(self) -> str:
        """Beside the driver: whether it lives."""
        return f"{_SIG}/livenessprobe:v{self.probe_version}"

    @property
    def volume_images(self) -> tuple[str, ...]:
        """All that volumes need."""
        beside = (self.provisioner, self.attacher, self.resizer, self.registrar, self.probe)
        return (self.driver, *beside)


RELEASES: Final[Mapping[str, Release]] = {
    minor: Release(
        controller_version=controller,
        driver_version="1.59.0",
        provisioner_version="6.2.0",
        attacher_version="4.11.0",
        resizer_version="2.1.0",
        registrar_version="2.16.0",
        probe_version="2.18.0",
    )
    for minor, controller in (("1.34", "1.34.3"), ("1.35", "1.35.0"))
}

KNOWN: Final = " and ".join(RELEASES)


def release(kubernetes: str) -> Release | None:
    """What runs on a version of Kubernetes such as 1.35.4; None where AWS has nothing that this program knows."""
    return RELEASES.get(kubernetes.rpartition(".")[0])
