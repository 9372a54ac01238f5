"""The pool that volumes of single pods lie in, and their StorageClass.

Owns `replicapool` and its class. Does not own the CSI driver: Rook runs it.
"""

from dataclasses import dataclass

import pulumi

from components.storage.names import BLOCK_POOL
from components.storage.replication import Replication
from components.storage.rook_resource import rook_resource
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
        pool = rook_resource(
            f"{name}-pool",
            "CephBlockPool",
            BLOCK_POOL,
            args.replication.pool,
            pulumi.ResourceOptions(
                parent=self,
                # Rook makes no pool before the cluster is there; on destroy the cluster waits for its pools' end.
                depends_on=[*args.after],
                protect=args.protect,
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
