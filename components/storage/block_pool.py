"""The pool that volumes of single pods lie in, and their StorageClass.

Owns `replicapool` and its class. Does not own the CSI driver: Rook runs it.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.storage.awaited import CHANGEABLE, LONG, awaited
from components.storage.names import API, BLOCK_POOL, CEPH
from components.storage.replication import Replication
from components.storage.storage_class import ClassName, ceph_class


@dataclass(frozen=True, kw_only=True)
class BlockPoolArgs:
    """`class_name` is None where nothing mounts volumes. `after`: the Ceph that it is in."""

    replication: Replication
    class_name: ClassName | None
    after: tuple[pulumi.Resource, ...]
    protect: bool = False


class BlockPool(pulumi.ComponentResource):
    """`{name}-pool` and, if something mounts its volumes, `{name}-class`."""

    ready: tuple[pulumi.Resource, ...]

    def __init__(
        self, name: str, args: BlockPoolArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:BlockPool", name, None, opts)
        pool = kubernetes.apiextensions.CustomResource(
            f"{name}-pool",
            api_version=API,
            kind="CephBlockPool",
            # Nobody waits for a pool that nothing mounts.
            metadata={
                "name": BLOCK_POOL,
                "namespace": CEPH,
                "annotations": awaited() if args.class_name else CHANGEABLE,
            },
            spec=args.replication.pool,
            opts=pulumi.ResourceOptions(
                parent=self,
                # Rook makes no pool before the cluster is there; on destroy the cluster waits for its pools' end.
                depends_on=[*args.after],
                protect=args.protect,
                custom_timeouts=LONG,
            ),
        )
        self.ready = (pool,)
        if args.class_name is not None:
            # A claim must not find the class before the pool.
            behind = pulumi.ResourceOptions(parent=self, depends_on=[pool])
            parameters = {
                "pool": BLOCK_POOL,
                "imageFormat": "2",
                "imageFeatures": "layering",
                "csi.storage.k8s.io/fstype": "ext4",
            }
            made = ceph_class(f"{name}-class", args.class_name, "rbd", parameters, behind)
            self.ready = (pool, made)
        self.register_outputs({})
