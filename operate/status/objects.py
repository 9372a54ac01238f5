"""Reading Kubernetes objects: the few questions that several sections ask of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from operate.status.facts import Object


def name(thing: Object) -> str:
    """Its name without the namespace."""
    return str(thing["metadata"]["name"])


def full_name(thing: Object) -> str:
    """NAMESPACE/NAME."""
    return f"{thing['metadata']['namespace']}/{name(thing)}"


def status(thing: Object) -> Mapping[str, Any]:
    """Its status; empty for one that nobody has looked at yet."""
    return thing.get("status") or {}


def condition(thing: Object, kind: str) -> Mapping[str, Any]:
    """One of its conditions; empty if it has none of that type."""
    conditions: Iterable[Mapping[str, Any]] = status(thing).get("conditions") or ()
    return next((one for one in conditions if one["type"] == kind), {})


def is_true(thing: Object, kind: str) -> bool:
    """Whether a condition holds."""
    return condition(thing, kind).get("status") == "True"


def owners(thing: Object) -> frozenset[str]:
    """The unique identifiers of what made it."""
    references = thing["metadata"].get("ownerReferences") or ()
    return frozenset(reference["uid"] for reference in references)
