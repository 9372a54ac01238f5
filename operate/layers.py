"""How long each layer of the appliance took in an operation, out of the engine's own event log.

Owns which layer a resource belongs to, and the arithmetic. Does not own the operation (engine.py), nor how its time is
shown (phases.py).

A layer lasts from the beginning of the first of its resources that changed to the end of the last one, in the log's
whole seconds. Layers overlap: workers' packages are installed while the control plane comes up. The log tells secrets
as `[secret]`; it stands in the stack's private directory and is removed after it was read.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from operate.phases import Phases

OPTION: Final = "--event-log"
ALLOWED: Final = {"PULUMI_DEBUG_COMMANDS": "true"}
"""The engine knows the option only with this variable."""
BEGINS: Final = "resourcePreEvent"
ENDS: Final = ("resOutputsEvent", "resOpFailedEvent")
UNCHANGED: Final = ("same", "read", "refresh")
"""Steps that make nothing."""

OWN: Final = "appliance:"
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


@dataclass(frozen=True, kw_only=True)
class Step:
    """A line of the log that says when a resource began or ended to change; `at` in seconds."""

    at: int
    layer: str
    begins: bool


def layer(urn: str) -> str | None:
    """The layer of a resource; None for components themselves and what is outside of all.

    A URN's third part has the types of all components around a resource, the outermost first, and its own type last.
    """
    outermost, _, inner = urn.split("::")[2].partition("$")
    if not outermost.startswith(OWN) or inner.rpartition("$")[2].startswith(OWN) or not inner:
        return None
    group, _, name = outermost.removeprefix(OWN).partition(":")
    return LAYERS.get(f"{group}:{name}") or LAYERS.get(group)


def took(lines: Iterable[str]) -> list[tuple[str, float]]:
    """The layers that changed, in their order, each with its seconds; empty where nothing changed."""
    began: dict[str, int] = {}
    ended: dict[str, int] = {}
    for step in _steps(lines):
        if step.begins:
            began[step.layer] = min(step.at, began.get(step.layer, step.at))
        # One that never ended lasted as long as anything is known of it.
        ended[step.layer] = max(step.at, ended.get(step.layer, step.at))
    order = dict.fromkeys(LAYERS.values())
    return [(name, float(ended[name] - began[name])) for name in order if name in began]


def _steps(lines: Iterable[str]) -> Iterator[Step]:
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            # The engine was killed while it wrote.
            continue
        for kind in (BEGINS, *ENDS):
            metadata: Mapping[str, Any] = event.get(kind, {}).get("metadata", {})
            changed = metadata.get("op", "same") not in UNCHANGED
            if changed and (found := layer(metadata["urn"])) is not None:
                yield Step(at=event["timestamp"], layer=found, begins=kind == BEGINS)


@contextmanager
def timed(phases: Phases, name: str, directory: Path) -> Iterator[tuple[str, str]]:
    """A phase that is an operation of the engine, which must be given these options and the variables of ALLOWED.

    When it ended, well or not, the phase is divided into its layers. `directory` is private to the operator.
    """
    log = directory / "events.log"
    log.unlink(missing_ok=True)
    try:
        with phases.phase(name):
            yield OPTION, str(log)
    finally:
        if log.exists():
            with log.open(encoding="utf-8") as lines:
                phases.divide(name, took(lines))
            log.unlink()
