"""The pod network: which one, whether traffic between hosts is encrypted, and whether all routers have each other.

Owns what the objects and the routers say of it. Does not own its pods (workloads.py).
"""

import re
from collections.abc import Iterator
from typing import Final

from components.network import weave
from operate.status.facts import Facts, Object
from operate.status.objects import full_name
from operate.status.section import Line, Section, bad, ok

PASSWORD: Final = "WEAVE_PASSWORD"  # noqa: S105 - the variable's name
# "-> 10.0.0.2:6783 established encrypted sleeve 5a:…(n2)"; "<-" for one that the other side opened.
PEER: Final = re.compile(r"(?P<way>->|<-) (?P<address>[0-9.]+):\d+ +(?P<state>\w+) *(?P<rest>.*)")
ESTABLISHED: Final = "established"
ITSELF: Final = "cannot connect to ourself"


def judge(facts: Facts) -> Iterator[Line]:
    """What the configuration promised against what runs; for Weave its connections too."""
    state = facts.state
    promised = "encrypted" if state.encrypted else "in clear"
    if state.network != "weave":
        yield ok(state.network, f"traffic between hosts is {promised}, as the state has it")
        return
    runs = "encrypted" if _has_password(facts) else "in clear"
    if runs != promised:
        yield bad(
            state.network,
            f"traffic between hosts is {runs}, and {promised} in the stack's state",
            f"somebody changed {weave.NAMESPACE}/{weave.NAME}; make refresh and make up put it right",
        )
    elif faults := (*_connections(facts), *_lonely(facts)):
        yield bad(
            state.network, f"traffic between hosts is {promised}; connections are missing", *faults
        )
    else:
        yield ok(
            state.network,
            f"traffic between hosts is {promised}; routers are connected{_unasked(facts)}",
        )


def _has_password(facts: Facts) -> bool:
    wanted = f"{weave.NAMESPACE}/{weave.NAME}"
    found = (one for one in facts.of("DaemonSet") if full_name(one) == wanted)
    return any(PASSWORD in _variables(one) for one in found)


def _variables(daemon_set: Object) -> frozenset[str]:
    containers = daemon_set["spec"]["template"]["spec"]["containers"]
    return frozenset(one["name"] for container in containers for one in container.get("env") or ())


def _unasked(facts: Facts) -> str:
    names = [node.name for node in facts.state.nodes if facts.hosts[node.name].fault]
    return f" ({', '.join(names)} could not be asked)" if names else ""


def _peers(facts: Facts) -> Iterator[tuple[str, str, str, str]]:
    """Every connection as a router sees it: its node, the other node, the state, and the words after that."""
    names = {node.address: node.name for node in facts.state.nodes}
    for node in facts.state.nodes:
        for line in facts.hosts[node.name].peers:
            found = PEER.match(line)
            if found and ITSELF not in line and found["address"] in names:
                yield node.name, names[found["address"]], found["state"], found["rest"]


def _connections(facts: Facts) -> Iterator[str]:
    """A sentence for each connection that does not come about, or is in clear and should not be."""
    for name, other, state, rest in _peers(facts):
        if state != ESTABLISHED:
            yield f"{name} → {other}: {state} {rest}".strip()
        elif facts.state.encrypted and not rest.startswith("encrypted"):
            yield f"{name} → {other}: in clear"


def _lonely(facts: Facts) -> Iterator[str]:
    """A sentence for each router that none of the others has: a router forgets one that it has lost."""
    answered = [node.name for node in facts.state.nodes if not facts.hosts[node.name].fault]
    connected = {
        name
        for one, other, state, _ in _peers(facts)
        if state == ESTABLISHED
        for name in (one, other)
    }
    if len(answered) > 1:
        yield from (
            f"{name}: no other router has a connection with it"
            for name in answered
            if name not in connected
        )


SECTION: Final = Section(title="network", judge=judge, kinds=("daemonsets",), needs_api=True)
