"""The pods that a graph's objects make.

Owns finding them among resources. Does not own where they stand in an object (components/manifest/templates.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.manifest.templates import CONTAINERS, pod_of
from review.graph import Graph, Resource

KUBERNETES: Final = "kubernetes:"
APPLICATION: Final = "appliance:application:"


@dataclass(frozen=True, kw_only=True)
class Pods:
    """A resource that makes pods, and their specification."""

    resource: Resource
    spec: Mapping[str, Any]

    @property
    def of_vendor(self) -> bool:
        """Whether they are of the vendor's application, and not of the appliance."""
        return APPLICATION in self.resource.urn.split("::")[2]

    @property
    def containers(self) -> Iterator[Mapping[str, Any]]:
        """All of them, those that come first included."""
        for key in CONTAINERS:
            yield from (each for each in self.spec.get(key) or () if isinstance(each, dict))


def pods(graph: Graph) -> Iterator[Pods]:
    """Every resource that makes pods by itself; what a controller makes of a custom resource is its own."""
    for resource in graph:
        found = pod_of(dict(body(resource)))
        if found is not None:
            yield Pods(resource=resource, spec=found[1])


def body(resource: Resource) -> Mapping[str, Any]:
    """The object that a resource of Kubernetes is; {} for every other resource."""
    if not resource.custom or not resource.type.startswith(KUBERNETES):
        return {}
    version, _, kind = resource.type.removeprefix(KUBERNETES).partition(":")
    return {"apiVersion": version.removeprefix("core/"), "kind": kind, **resource.inputs}
