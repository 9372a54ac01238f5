"""Asking API servers for what the stack made: as it is, and as it would be if it were applied now.

Owns the two questions and how many objects go into one. The second is a server-side apply as a dry run, which stores
nothing (Kubernetes' documents, "API concepts", dry-run): the server itself fills in defaults, brings quantities to one
form and merges lists, so that what is left of a difference is one. Does not own what a difference means.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from operate.drift.facts import Declared, Looked
from operate.status.cluster import Cluster, KubectlError
from operate.status.facts import Object

MANAGER: Final = "appliance-drift"
"""Whose fields they would be: nobody's that exists, so that fields of others, Pulumi's too, are not taken for gone."""

PATIENT: Final = 30
"""Seconds for an answer about what would be."""

READ: Final = ("get", "--ignore-not-found", "-o", "json", "-f", "-")
APPLY: Final = (
    "apply",
    "--server-side",
    "--dry-run=server",
    # The definition of a large kind takes a busy server seconds.
    f"--request-timeout={PATIENT}s",
    "--force-conflicts",
    f"--field-manager={MANAGER}",
    "--validate=ignore",
    "-o",
    "json",
    "-f",
    "-",
)
UNKNOWN_KIND: Final = ("no matches for kind", "ensure CRDs are installed first")
SILENT: Final = ("no answer within", "Unable to connect", "was refused")
"""Of what kubectl says when no server answers."""

EACH: Final = 0.5
"""Seconds that each object of a call adds to its limit."""

Key = tuple[str, str, str, str]
"""API version, kind, namespace and name."""


def look(cluster: Cluster, declared: Sequence[Declared], address: str | None) -> tuple[Looked, ...]:
    """Each of the objects, in their order. Raises KubectlError where no server answers."""
    first = _look(cluster, declared, address)
    # Between the two questions somebody may have written: what is of two versions is asked for once more.
    moved = [one.declared for one in first if _version(one.found) != _version(one.applied)]
    again = {key(one.declared.body): one for one in _look(cluster, moved, address)}
    return tuple(again.get(key(one.declared.body), one) for one in first)


def named(
    cluster: Cluster, wanted: Iterable[Mapping[str, Any]], address: str | None
) -> Mapping[Key, Object]:
    """Those of the objects that are there; one whose kind no server knows is not. Raises KubectlError."""
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in wanted:
        groups[one["apiVersion"]].append(one)
    calls = [cluster.pool.submit(_read, cluster, group, address) for group in groups.values()]
    return {key(one): one for call in calls for one in call.result()}


def key(body: Mapping[str, Any]) -> Key:
    """What tells an object from all others."""
    metadata = body["metadata"]
    return body["apiVersion"], body["kind"], metadata.get("namespace") or "", metadata["name"]


def _look(
    cluster: Cluster, declared: Sequence[Declared], address: str | None
) -> tuple[Looked, ...]:
    bodies = {key(one.body): one.body for one in declared}
    there = named(cluster, bodies.values(), address)
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for known in there:
        groups[known[0]].append(bodies[known])
    calls = [cluster.pool.submit(_applied, cluster, group, address) for group in groups.values()]
    applied: dict[Key, Object | str] = {}
    for call in calls:
        applied |= call.result()
    return tuple(
        _looked(one, there.get(key(one.body)), applied.get(key(one.body))) for one in declared
    )


def _looked(declared: Declared, found: Object | None, answer: Object | str | None) -> Looked:
    if isinstance(answer, str):
        return Looked(declared=declared, found=found, refused=answer)
    return Looked(declared=declared, found=found, applied=answer)


def _version(thing: Object | None) -> str:
    """What changes with every write to an object; the same for one that is absent, or was refused."""
    return str(thing["metadata"]["resourceVersion"]) if thing else ""


def _read(
    cluster: Cluster, bodies: Sequence[Mapping[str, Any]], address: str | None
) -> list[Object]:
    try:
        return _called(cluster, READ, bodies, address)
    except KubectlError as fault:
        if not any(words in str(fault) for words in UNKNOWN_KIND):
            raise
    kinds: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in bodies:
        kinds[one["kind"]].append(one)
    if len(kinds) == 1:
        return []
    return [one for group in kinds.values() for one in _read(cluster, group, address)]


def _applied(
    cluster: Cluster, bodies: Sequence[Mapping[str, Any]], address: str | None
) -> dict[Key, Object | str]:
    """What each would be, or the server's words. kubectl shows none of a call that had one refused: hence halves."""
    try:
        return {key(one): one for one in _called(cluster, APPLY, bodies, address)}
    except KubectlError as fault:
        if any(words in str(fault) for words in SILENT):
            raise
        if len(bodies) == 1:
            return {key(bodies[0]): str(fault)}
    middle = len(bodies) // 2
    return {
        **_applied(cluster, bodies[:middle], address),
        **_applied(cluster, bodies[middle:], address),
    }


def _called(
    cluster: Cluster, words: Sequence[str], bodies: Sequence[Mapping[str, Any]], address: str | None
) -> list[Object]:
    given = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(bodies)})
    limit = PATIENT + EACH * len(bodies)
    printed = cluster.kubectl(*words, server=address, stdin=given, limit=limit)
    # Nothing for none, and no list for one.
    answer = json.loads(printed) if printed.strip() else {"items": []}
    return list(answer["items"]) if "items" in answer else [answer]
