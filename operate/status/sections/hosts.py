"""The hosts by themselves: whether they can be reached, and whether the services run that a node stands on."""

from collections.abc import Iterator
from typing import Final

from operate.status.facts import Facts, Host, Node
from operate.status.reasons import shortened
from operate.status.section import Line, Section, bad, ok

UNITS: Final = ("containerd", "haproxy", "kubelet")
REGISTRY: Final = "appliance-registry"
ACTIVE: Final = "active"


def judge(facts: Facts) -> Iterator[Line]:
    """A line for each host."""
    for node in facts.state.nodes:
        yield _host(node, facts.hosts[node.name])


def units(node: Node) -> tuple[str, ...]:
    """The services that must run there."""
    return (*UNITS, REGISTRY) if node.registry else UNITS


def stopped(node: Node, host: Host) -> tuple[str, ...]:
    """A sentence for each service that does not run."""
    states = {unit: host.units.get(unit, "not there") for unit in units(node)}
    return tuple(
        shortened(": ".join(filter(None, (f"{unit} is {state}", host.said.get(unit)))))
        for unit, state in states.items()
        if state != ACTIVE
    )


def _host(node: Node, host: Host) -> Line:
    if host.fault:
        return bad(node.name, f"cannot be looked at over SSH ({node.address})", host.fault)
    if sentences := stopped(node, host):
        return bad(node.name, "answers on SSH, and not all of its services run", *sentences)
    return ok(node.name, f"{node.address}: SSH answers; {', '.join(units(node))} run")


SECTION: Final = Section(title="hosts", judge=judge)
