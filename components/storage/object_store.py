"""The object store: S3 inside the cluster, with one user.

Owns the store `replicated` and its user. Does not own buckets: whoever uses the store makes them.
"""

from dataclasses import dataclass
from typing import Any

import pulumi

from components.storage.names import CEPH, OBJECT_STORE, OBJECT_USER
from components.storage.probes import serving, started
from components.storage.replication import Replication
from components.storage.rook_resource import rook_resource

ENDPOINT = f"http://rook-ceph-rgw-{OBJECT_STORE}.{CEPH}.svc"
"""Where it answers inside the cluster."""
SECRET = f"rook-ceph-object-user-{OBJECT_STORE}-{OBJECT_USER}"
"""The Secret, in Ceph's namespace, with the user's AccessKey and SecretKey."""
_PORT = 80
_GATEWAYS = 2


@dataclass(frozen=True, kw_only=True)
class ObjectStoreArgs:
    """`nodes` is the number of storage nodes, `after` the Ceph that the store is in."""

    replication: Replication
    nodes: int
    after: tuple[pulumi.Resource, ...]
    protect: bool = False


class ObjectStore(pulumi.ComponentResource):
    """`{name}-store` and `{name}-user`."""

    ready: tuple[pulumi.Resource, ...]

    def __init__(
        self, name: str, args: ObjectStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:ObjectStore", name, None, opts)
        store = rook_resource(
            f"{name}-store",
            "CephObjectStore",
            OBJECT_STORE,
            store_spec(args),
            pulumi.ResourceOptions(
                parent=self,
                # Rook makes nothing before the cluster is there, and takes the cluster away only after it.
                depends_on=[*args.after],
                protect=args.protect,
            ),
        )
        user = rook_resource(
            f"{name}-user",
            "CephObjectStoreUser",
            OBJECT_USER,
            {"store": OBJECT_STORE, "displayName": OBJECT_USER},
            # Rook tries again, at longer and longer intervals, as long as no gateway answers; and the store does not go
            # before its users.
            pulumi.ResourceOptions(parent=self, depends_on=[store]),
        )
        self.ready = (store, user)
        self.register_outputs({})


def store_spec(args: ObjectStoreArgs) -> dict[str, Any]:
    """A gateway on each of two nodes, so that the store answers while one of them is away."""
    pool = args.replication.pool
    spread = {
        "weight": 100,
        "podAffinityTerm": {
            "labelSelector": {"matchLabels": {"app": "rook-ceph-rgw"}},
            "topologyKey": "kubernetes.io/hostname",
        },
    }
    return {
        "metadataPool": pool,
        "dataPool": pool,
        "preservePoolsOnDelete": False,
        # Rook asks the gateways for a user before they can answer, and then begins again.
        "healthCheck": {"startupProbe": started(330), "readinessProbe": serving()},
        "gateway": {
            "port": _PORT,
            "instances": min(_GATEWAYS, args.nodes),
            "priorityClassName": "system-cluster-critical",
            "placement": {
                "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [spread]}
            },
            "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}},
        },
    }
