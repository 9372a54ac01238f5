"""What the console's page is told of the appliance, which no API server knows.

Owns the document. Does not own its content: the layers above say what they are.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

FILE = "appliance.json"


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A Deployment, StatefulSet or DaemonSet by name; without one, all of the namespace."""

    namespace: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer: what it is called, one clause that says what it does, and what carries it."""

    name: str
    summary: str
    workloads: tuple[Workload, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The stack as a whole. Of nodes it names none: one more worker changes nothing here."""

    stack: str
    kubernetes: str
    layers: tuple[Layer, ...]


def document(overview: Overview, registry: str, fallback: Sequence[str]) -> str:
    """The page's file; `registry` and `fallback` are HOST:PORT."""
    found = {**asdict(overview), "registry": registry, "fallback": list(fallback)}
    return json.dumps(found, indent=2, sort_keys=True) + "\n"
