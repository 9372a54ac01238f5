"""The nodes as Kubernetes sees them, held against those of the state."""

from collections.abc import Iterator
from typing import Final

from operate.status.facts import Facts, Node, Object
from operate.status.objects import condition, is_true, name
from operate.status.section import Line, Section, bad, note, ok

PRESSURES: Final = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")
ROLE: Final = "node-role.kubernetes.io/"


def judge(facts: Facts) -> Iterator[Line]:
    """A line for each node of the state, then for each that only the cluster has."""
    found = {name(node): node for node in facts.of("Node")}
    for node in facts.state.nodes:
        yield _node(facts, node, found.get(node.name))
    for extra in sorted(found.keys() - {node.name for node in facts.state.nodes}):
        yield note(extra, "is in the cluster and not in the stack's state: somebody else joined it")


def _node(facts: Facts, node: Node, found: Object | None) -> Line:
    if found is None:
        return bad(
            node.name,
            "is in the stack's state and not in the cluster",
            f"to join it again: in make shell, pulumi destroy --target '**{node.name}-member'; then make up",
        )
    about = _about(found)
    if faults := tuple(_faults(facts, node, found)):
        return bad(node.name, about, *faults)
    if found["spec"].get("unschedulable"):
        return note(node.name, f"{about}; cordoned: no new pods come here")
    return ok(node.name, about)


def _about(found: Object) -> str:
    roles = sorted(
        key.removeprefix(ROLE) for key in found["metadata"]["labels"] if key.startswith(ROLE)
    )
    addresses = [
        one["address"] for one in found["status"]["addresses"] if one["type"] == "InternalIP"
    ]
    ready = "Ready" if is_true(found, "Ready") else "not Ready"
    version = found["status"]["nodeInfo"]["kubeletVersion"]
    return f"{ready}; {', '.join(roles)}; {version}; {', '.join(addresses)}"


def _faults(facts: Facts, node: Node, found: Object) -> Iterator[str]:
    ready = condition(found, "Ready")
    if ready.get("status") != "True":
        since = ready.get("lastTransitionTime", "the start")
        yield f"{ready.get('message', 'kubelet has not reported yet')} (since {since})"
        if facts.hosts[node.name].fault:
            yield "its host cannot be looked at either"
    for pressure in PRESSURES:
        if is_true(found, pressure):
            yield f"{pressure}: {condition(found, pressure).get('message', '')}"
    runs = found["status"]["nodeInfo"]["kubeletVersion"].removeprefix("v")
    if runs != facts.state.kubernetes:
        yield f"kubelet is {runs}, the state says {facts.state.kubernetes}"
    addresses = {one["address"] for one in found["status"]["addresses"]}
    if node.address not in addresses:
        yield f"its address is {node.address} in the state"


SECTION: Final = Section(title="nodes", judge=judge, kinds=("nodes",), needs_api=True)
