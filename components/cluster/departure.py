"""Taking a node out of a cluster: on a control plane that stays first, then on the host if that still lives.

Owns the order, and who of the control planes is asked. Does not own the steps: they are verbs of the node script.
"""

import sys
from collections.abc import Sequence

from components.cluster.admission import serving
from components.cluster.side import BRIEF, Side
from components.machines.session import SessionError, UnreachedError

# Set by the operator when the cluster is gone for good: then there is nothing left to be taken out of.
CLUSTER_GONE = "APPLIANCE_CLUSTER_GONE"


def dismiss(node: Side, control_planes: Sequence[Side], *, cluster_gone: bool) -> None:
    """Drains and deletes a node, takes its etcd member out, and cleans the host."""
    others = [side for side in control_planes if side.name != node.name]
    is_control_plane = len(others) < len(control_planes)
    if not cluster_gone and not (is_control_plane and is_last(node, others)):
        staying = serving(others)
        if staying is None:
            names = ", ".join(side.name for side in others)
            raise SessionError(
                f"none of the control planes that stay ({names}) serves, so {node.name} cannot be taken out of the "
                f"cluster; if they are gone for good, run the same again with {CLUSTER_GONE}=1"
            )
        staying.call("expel", node.member)
    clean(node)


def is_last(node: Side, others: Sequence[Side]) -> bool:
    """Whether a control plane is the only one left, as far as it can be known."""
    if not others:
        return True
    try:
        return node.call("alone", attempts=BRIEF) == "alone"
    except UnreachedError:
        return False


def clean(node: Side) -> None:
    """Cleans a host of the cluster that it was in. A host that is dead needs no cleaning and is only reported."""
    try:
        node.call("leave", attempts=BRIEF)
    except SessionError as fault:
        print(f"{fault}; it was not cleaned", file=sys.stderr)
