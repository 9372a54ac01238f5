"""StorageClasses: how claims find whoever makes their volumes.

Owns what all of them have in common. Does not own any provisioner.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.storage.names import CEPH, SYSTEM

_DEFAULT = "storageclass.kubernetes.io/is-default-class"


@dataclass(frozen=True, kw_only=True)
class ClassName:
    """What a StorageClass is called, and whether claims that name none get it."""

    name: str
    default: bool = False

    @property
    def metadata(self) -> kubernetes.meta.v1.ObjectMetaArgsDict:
        """The object's metadata; said also when it is not the default, so that it stops being one."""
        return {"name": self.name, "annotations": {_DEFAULT: str(self.default).lower()}}


def ceph_class(
    name: str,
    class_name: ClassName,
    kind: str,
    parameters: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> kubernetes.storage.v1.StorageClass:
    """The StorageClass of a CSI driver of Ceph's; `kind` is rbd or cephfs. Volumes grow, and go with their claims."""
    secrets = {
        "provisioner": f"rook-csi-{kind}-provisioner",
        "controller-expand": f"rook-csi-{kind}-provisioner",
        "node-stage": f"rook-csi-{kind}-node",
    }
    told = {
        f"csi.storage.k8s.io/{step}-secret-{key}": value
        for step, secret in secrets.items()
        for key, value in (("name", secret), ("namespace", CEPH))
    }
    return kubernetes.storage.v1.StorageClass(
        name,
        metadata=class_name.metadata,
        # Rook calls its drivers after the operator's namespace.
        provisioner=f"{SYSTEM}.{kind}.csi.ceph.com",
        parameters={"clusterID": CEPH, **parameters, **told},
        allow_volume_expansion=True,
        reclaim_policy="Delete",
        opts=opts,
    )
