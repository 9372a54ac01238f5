"""Which layer of the appliance a resource belongs to, and how long each layer took in an operation.

Owns the names of the layers, and the arithmetic. Does not own the operation (engine.py), its log (event_log.py), nor
how its time is shown (phases.py).

A layer lasts from the beginning of the first of its resources that changed to the end of the last one, in the log's
whole seconds. Layers overlap: workers' packages are installed while the control plane comes up.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from operate.event_log import Work

OWN: Final = "appliance:"
STACK: Final = "pulumi:pulumi:Stack"
LAYERS: Final[Mapping[str, str]] = {
    "machines": "machines",
    "registry": "registry",
    "cluster:ControlPlane": "control plane",
    "network": "network",
    # On its own, a manifest is the network that an operator brings; Rook's is inside of the storage.
    "manifest": "network",
    "cloud": "cloud",
    "cluster:Worker": "workers",
    "storage": "storage",
    "ingress": "ingress",
    # On its own, a namespace's walls are those that the daemon stands behind.
    "isolation": "replicated",
    "replicated": "replicated",
    "application": "application",
}
"""The layer of the outermost component around a resource, by the component's group or by group and name."""


def layer(urn: str) -> str | None:
    """The layer of a resource; None for components themselves and what is outside of all."""
    return None if component(urn) else home(urn)


def home(urn: str) -> str | None:
    """The layer that a resource stands in, components too; None for what is outside of all.

    A URN's third part has the types of all components around a resource, the outermost first, and its own type last.
    """
    outermost, _, _ = urn.split("::")[2].partition("$")
    if not outermost.startswith(OWN):
        return None
    group, _, name = outermost.removeprefix(OWN).partition(":")
    return LAYERS.get(f"{group}:{name}") or LAYERS.get(group)


def component(urn: str) -> bool:
    """Whether a resource is a component of the appliance, or the stack: these are nothing but their parts."""
    own = urn.split("::")[2].rpartition("$")[2]
    return own.startswith(OWN) or own == STACK


def took(works: Iterable[Work]) -> list[tuple[str, float]]:
    """The layers that changed, in their order, each with its seconds; empty where nothing changed."""
    began: dict[str, int] = {}
    ended: dict[str, int] = {}
    for work in works:
        if (name := layer(work.urn)) is not None:
            began[name] = min(work.began, began.get(name, work.began))
            ended[name] = max(work.ended, ended.get(name, work.ended))
    order = dict.fromkeys(LAYERS.values())
    return [(name, float(ended[name] - began[name])) for name in order if name in began]
