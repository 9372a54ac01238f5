"""The registries on the control planes, which images and host packages come from, as their own hosts see them."""

from collections.abc import Iterator
from typing import Final

from components.registry.registry import PORT
from operate.status.facts import Facts, Host, Node
from operate.status.section import Line, Section, bad, note, ok

GOOD: Final = "200"
SILENT: Final = "000"


def judge(facts: Facts) -> Iterator[Line]:
    """A line for each node with a registry: the control planes of a stack with a bundle."""
    for node in facts.state.nodes:
        if node.registry:
            yield _registry(node, facts.hosts[node.name])


def _registry(node: Node, host: Host) -> Line:
    if host.fault:
        return note(node.name, "not known: its host cannot be looked at")
    if host.registry == GOOD:
        return ok(node.name, f"answers on {node.address}:{PORT}")
    said = "does not answer" if host.registry in ("", SILENT) else f"answers {host.registry}"
    return bad(
        node.name, f"{said} on {node.address}:{PORT}", "journalctl -u appliance-registry says why"
    )


SECTION: Final = Section(title="registry", judge=judge)
