"""A stack's resources as they would be registered, without an engine.

Owns the record and its form as JSON, by which one version of this repository hands its graph to another. Does not own
how it is made (recording.py) nor compared (difference.py).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

FORMAT: Final = 1
"""Raised when the JSON changes its meaning: a graph of another format is not compared."""
STACK: Final = "pulumi:pulumi:Stack"


class GraphError(Exception):
    """A graph cannot be had or read; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource; `waits` are the URNs that it waits for, `secret` the inputs that are encrypted in the state.

    `inputs` are in the form of the wire (camelCase). With dummy secrets they hold nothing that is worth hiding.
    """

    urn: str
    type: str
    name: str
    custom: bool
    parent: str = ""
    provider: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    protected: bool = False
    retained: bool = False
    ignored: tuple[str, ...] = ()
    """Inputs of which a change does nothing."""

    @property
    def kind(self) -> str:
        """The last part of the type: Deployment, Command, CephCluster."""
        return self.type.rpartition(":")[2]

    def at(self, *path: str) -> object:
        """What stands at a path of the inputs; None if nothing does."""
        found: object = self.inputs
        for step in path:
            found = found.get(step) if isinstance(found, Mapping) else None
        return found


@dataclass(frozen=True, kw_only=True)
class Graph:
    """All resources of a stack by URN, and the outputs that it shows (known ones alone)."""

    stack: str
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Any] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources.values())

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types."""
        return (each for each in self if each.type in types)

    def children(self, urn: str) -> Iterator[Resource]:
        """The resources right below one."""
        return (each for each in self if each.parent == urn)


def dump(graph: Graph) -> str:
    """The graph as JSON."""
    document = {
        "format": FORMAT,
        "stack": graph.stack,
        "resources": [asdict(each) for each in graph],
        "outputs": graph.outputs,
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


def read(text: str) -> Graph:
    """The graph in a text that `dump` made. Raises GraphError."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise GraphError(f"a graph is no JSON: {error}") from None
    if document.get("format") != FORMAT:
        raise GraphError(
            f"a graph has the format {document.get('format')}, and this version reads {FORMAT}"
        )
    resources = (
        Resource(
            **{
                **each,
                "secret": tuple(each["secret"]),
                "waits": tuple(each["waits"]),
                "ignored": tuple(each["ignored"]),
            }
        )
        for each in document["resources"]
    )
    return Graph(
        stack=document["stack"],
        resources={each.urn: each for each in resources},
        outputs=document["outputs"],
    )
