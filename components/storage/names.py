"""What storage is called in the cluster: fixed, since claims, applications and people rely on it.

Owns the names. Does not own what bears them.
"""

from typing import Final

SYSTEM: Final = "rook-ceph-system"
"""The operator's namespace; its name begins those of the CSI drivers."""
CEPH: Final = "rook-ceph"
"""The namespace of Ceph's daemons, and the name of the cluster in it."""
API: Final = "ceph.rook.io/v1"
BLOCK_POOL: Final = "replicapool"
FILESYSTEM: Final = "rook-shared-fs"
OBJECT_STORE: Final = "replicated"
OBJECT_USER: Final = "replicated"
OPERATOR: Final = "rook-ceph-operator"
