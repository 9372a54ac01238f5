"""The filesystem for volumes that many pods write to, and their StorageClass.

Owns `rook-shared-fs` and its class. Does not own the CSI driver: Rook runs it.
"""

from dataclasses import dataclass
from typing import Any

import pulumi

from components.storage.names import FILESYSTEM
from components.storage.replication import Replication
from components.storage.rook_resource import rook_resource
from components.storage.storage_class import ClassName, ceph_class

_DATA = "replicated"


@dataclass(frozen=True, kw_only=True)
class SharedFilesystemArgs:
    """`class_name` is None where nothing mounts volumes. `after`: the Ceph that it is in."""

    replication: Replication
    nodes: int
    class_name: ClassName | None
    after: tuple[pulumi.Resource, ...]
    protect: bool = False


class SharedFilesystem(pulumi.ComponentResource):
    """`{name}-filesystem` and, if something mounts it, `{name}-class`."""

    ready: tuple[pulumi.Resource, ...]

    def __init__(
        self, name: str, args: SharedFilesystemArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:SharedFilesystem", name, None, opts)
        filesystem = rook_resource(
            f"{name}-filesystem",
            "CephFilesystem",
            FILESYSTEM,
            filesystem_spec(args),
            pulumi.ResourceOptions(
                parent=self,
                # Rook makes nothing before the cluster is there, and takes the cluster away only after it.
                depends_on=[*args.after],
                protect=args.protect,
            ),
        )
        self.ready = (filesystem,)
        if args.class_name is not None:
            # A claim must not find the class before the filesystem.
            behind = pulumi.ResourceOptions(parent=self, depends_on=[filesystem])
            parameters = {"fsName": FILESYSTEM, "pool": f"{FILESYSTEM}-{_DATA}"}
            made = ceph_class(f"{name}-class", args.class_name, "cephfs", parameters, behind)
            self.ready = (filesystem, made)
        self.register_outputs({})


def filesystem_spec(args: SharedFilesystemArgs) -> dict[str, Any]:
    """One active metadata server; with a second node, one that follows it."""
    pool = args.replication.pool
    spread = {
        "weight": 100,
        "podAffinityTerm": {
            "labelSelector": {"matchLabels": {"app": "rook-ceph-mds"}},
            "topologyKey": "kubernetes.io/hostname",
        },
    }
    return {
        "metadataPool": pool,
        "dataPools": [{"name": _DATA, **pool}],
        "preserveFilesystemOnDelete": False,
        "metadataServer": {
            "activeCount": 1,
            "activeStandby": args.nodes > 1,
            # No startupProbe: Rook gives these servers none of its own, and falls over one that it is to change (its
            # GetProbeWithDefaults reads what is not there, in 1.12 and in 1.19).
            "priorityClassName": "system-cluster-critical",
            "placement": {
                "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [spread]}
            },
            "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}},
        },
    }
