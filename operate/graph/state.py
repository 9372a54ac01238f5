"""The resources of a stack, out of the state as Pulumi exports it.

Owns which parts of the state are read: names, types and who waits for whom. What resources are made of is left where it
is, so that no secret and no other value can come onto the page. Does not own asking Pulumi.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from review.graph import STACK, Graph, Resource


def read(exported: str, stack: str) -> Graph:
    """The graph in an export, without inputs and outputs; empty where nothing is deployed."""
    latest = json.loads(exported).get("deployment") or {}
    # What was replaced and still has to go stands beside its successor under the same name.
    living = [each for each in latest.get("resources") or () if not each.get("delete")]
    return Graph(stack=stack, resources={each["urn"]: _resource(each) for each in living})


def _resource(entry: Mapping[str, Any]) -> Resource:
    urn: str = entry["urn"]
    parent: str = entry.get("parent") or ""
    return Resource(
        urn=urn,
        type=entry["type"],
        name=urn.split("::", 3)[3],
        custom=bool(entry.get("custom")),
        parent="" if parent.split("::")[2:3] == [STACK] else parent,
        # A provider's reference has its id at the end.
        provider=(entry.get("provider") or "").rpartition("::")[0],
        waits=tuple(sorted(set(_waits(entry)))),
    )


def _waits(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from entry.get("dependencies") or ()
    for urns in (entry.get("propertyDependencies") or {}).values():
        yield from urns or ()
