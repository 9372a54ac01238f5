"""On which nodes Ceph's daemons run.

Owns the placements of a CephCluster. Does not own which nodes have the role storage.
"""

from collections.abc import Iterable
from typing import Any, Final

from components.machines.machine import STORAGE_LABEL

_STORAGE: Final = {
    "matchExpressions": [{"key": STORAGE_LABEL, "operator": "In", "values": ["true"]}]
}
_CONTROL_PLANE: Final = {
    "matchExpressions": [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}]
}

# Rook would keep mons apart by anti-affinity. It tries places out with pods that have it too; once one is gone the
# scheduler looks at the waiting mon only after five minutes; a spread does not count pods that are on their way out.
_APART: Final = {
    "maxSkew": 1,
    "topologyKey": "kubernetes.io/hostname",
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": {"matchLabels": {"app": "rook-ceph-mon"}},
}


def placements(taints: Iterable[str], *, alone: bool) -> dict[str, Any]:
    """Daemons run on the storage nodes, whatever `taints` keep other pods away from there; `alone`: there is one mon.

    That one prefers a control plane: Ceph then stops with a host whose loss stops the cluster too, and with no other.
    """
    nodes: dict[str, Any] = {
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [_STORAGE]}
    }
    tolerations = [toleration(taint) for taint in taints]
    everywhere = {"nodeAffinity": nodes, "tolerations": tolerations}
    found = {"all": everywhere, "mon": {**everywhere, "topologySpreadConstraints": [_APART]}}
    if alone:
        preferred = [{"weight": 100, "preference": _CONTROL_PLANE}]
        # Rook takes a daemon's own affinity in place of that of all.
        nodes = {**nodes, "preferredDuringSchedulingIgnoredDuringExecution": preferred}
        found["mon"] = {"nodeAffinity": nodes, "tolerations": tolerations}
    return found


def toleration(taint: str) -> dict[str, str]:
    """What tolerates KEY=VALUE:EFFECT or KEY:EFFECT."""
    left, _, effect = taint.rpartition(":")
    key, equals, value = left.partition("=")
    if not equals:
        return {"key": key, "operator": "Exists", "effect": effect}
    return {"key": key, "operator": "Equal", "value": value, "effect": effect}
