"""What EBS's driver and the containers beside it may do in the cluster.

Owns the rules, by what they are for, as far as volumes need them: snapshots of volumes, which need definitions of their
own, are not among them. Does not own who has them (ebs.py).

Sources: `deploy/kubernetes/rbac.yaml` of csi-provisioner, csi-attacher and csi-resizer, and the driver's own
`deploy/kubernetes/base`, at the versions of components/cloud/releases.py.
"""

from collections.abc import Iterable
from typing import Final

import pulumi_kubernetes as kubernetes

Rule = kubernetes.rbac.v1.PolicyRuleArgsDict

_READ: Final = ("get", "list", "watch")
_STORAGE: Final = "storage.k8s.io"


def _rule(group: str, resources: Iterable[str], verbs: Iterable[str]) -> Rule:
    return {"api_groups": [group], "resources": [*resources], "verbs": [*verbs]}


CONTROLLER: Final[tuple[Rule, ...]] = (
    # Volumes are made for claims, and deleted after them; attacher and resizer write what they did.
    _rule("", ["persistentvolumes"], (*_READ, "create", "patch", "delete")),
    _rule("", ["persistentvolumeclaims"], (*_READ, "update")),
    _rule("", ["persistentvolumeclaims/status"], ["patch"]),
    _rule("", ["events"], [*_READ, "create", "patch", "update"]),
    # Where a pod's node is, and what its driver said of it.
    _rule("", ["nodes"], _READ),
    _rule(_STORAGE, ["csinodes"], _READ),
    _rule(_STORAGE, ["storageclasses", "volumeattributesclasses"], _READ),
    _rule(_STORAGE, ["volumeattachments"], (*_READ, "patch")),
    _rule(_STORAGE, ["volumeattachments/status"], ["patch"]),
)
"""In the whole cluster, of the pods that make volumes."""

LEADER: Final[tuple[Rule, ...]] = (
    _rule("coordination.k8s.io", ["leases"], (*_READ, "create", "update", "patch", "delete")),
)
"""In their own namespace: which of two is at work. Nothing else keeps leases there."""

NODE: Final[tuple[Rule, ...]] = (
    # Which machine it is on, by the node's identifier and labels. It changes nothing of the node (ebs_node.py).
    _rule("", ["nodes"], ["get"]),
    # Whether volumes are still there when the node goes.
    _rule(_STORAGE, ["volumeattachments"], _READ),
    _rule(_STORAGE, ["csinodes"], ["get"]),
)
"""In the whole cluster, of the pods that mount volumes."""
