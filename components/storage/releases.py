"""Which versions of Rook, Ceph, CSI and Kubernetes go together.

Owns the table of tested combinations and their images. Does not own the choice (`storage.rook.version`), nor who builds
the images: the bundle, or their makers.

Sources: Rook's `deploy/examples/images.txt` and `Documentation/Getting-Started/Prerequisites/prerequisites.md` at each
tag; Ceph's minimum and majors in `pkg/operator/ceph/version/version.go`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Csi:
    """The images that mount Ceph's volumes: Rook's own settings' keys → images."""

    operator: str
    plugin: str
    registrar: str
    provisioner: str
    snapshotter: str
    attacher: str
    resizer: str

    @property
    def settings(self) -> Mapping[str, str]:
        """Keys of Rook's operator settings → images."""
        return {
            "ROOK_CSI_CEPH_IMAGE": self.plugin,
            "ROOK_CSI_REGISTRAR_IMAGE": self.registrar,
            "ROOK_CSI_PROVISIONER_IMAGE": self.provisioner,
            "ROOK_CSI_SNAPSHOTTER_IMAGE": self.snapshotter,
            "ROOK_CSI_ATTACHER_IMAGE": self.attacher,
            "ROOK_CSI_RESIZER_IMAGE": self.resizer,
        }

    @property
    def images(self) -> tuple[str, ...]:
        """All of them."""
        return (self.operator, *self.settings.values())


@dataclass(frozen=True, kw_only=True)
class Release:
    """One combination; it runs on Kubernetes from the minor `oldest` to `newest`. Without `csi` it mounts nothing."""

    version: str
    ceph_version: str
    oldest: tuple[int, int]
    newest: tuple[int, int]
    maintained: bool
    csi: Csi | None

    @property
    def operator(self) -> str:
        """The image of Rook's operator."""
        return f"docker.io/rook/ceph:v{self.version}"

    @property
    def ceph(self) -> str:
        """The image of Ceph's daemons."""
        return f"quay.io/ceph/ceph:v{self.ceph_version}"

    @property
    def manifest(self) -> str:
        """The bundle's item with Rook's own manifests."""
        return f"manifest/rook:v{self.version}"

    @property
    def files(self) -> tuple[str, ...]:
        """Those of Rook's manifests that are applied, in this order."""
        return ("crds.yaml", "common.yaml", *(("csi-operator.yaml",) if self.csi else ()))

    @property
    def images(self) -> tuple[str, ...]:
        """Every image that runs, by its maker's name."""
        return (self.operator, self.ceph, *(self.csi.images if self.csi else ()))

    @property
    def kubernetes(self) -> str:
        """The range as a sentence says it."""
        return f"{'.'.join(map(str, self.oldest))} to {'.'.join(map(str, self.newest))}"

    def fits(self, kubernetes: str) -> bool:
        """Whether it runs on a version of Kubernetes such as 1.35.4."""
        major, minor, *_ = (int(part) for part in kubernetes.split("."))
        return self.oldest <= (major, minor) <= self.newest


_SIG: Final = "registry.k8s.io/sig-storage"

RELEASES: Final[Mapping[str, Release]] = {
    release.version: release
    for release in (
        # What can be built without the makers' registries. Its makers name 1.22 as the oldest Kubernetes and no newest;
        # here it runs on 1.35. Its CSI plugin cannot be built, hence none.
        Release(
            version="1.12.11",
            ceph_version="18.2.7",
            oldest=(1, 22),
            newest=(1, 35),
            maintained=False,
            csi=None,
        ),
        Release(
            version="1.19.4",
            ceph_version="19.2.3",
            oldest=(1, 30),
            newest=(1, 35),
            maintained=True,
            csi=Csi(
                operator="quay.io/cephcsi/ceph-csi-operator:v0.6.0",
                plugin="quay.io/cephcsi/cephcsi:v3.16.2",
                registrar=f"{_SIG}/csi-node-driver-registrar:v2.16.0",
                provisioner=f"{_SIG}/csi-provisioner:v6.1.1",
                snapshotter=f"{_SIG}/csi-snapshotter:v8.5.0",
                attacher=f"{_SIG}/csi-attacher:v4.11.0",
                resizer=f"{_SIG}/csi-resizer:v2.1.0",
            ),
        ),
    )
}

KNOWN: Final = ", ".join(RELEASES)


def by_version(version: str) -> Release:
    """The release of a version that the table has."""
    return RELEASES[version]
