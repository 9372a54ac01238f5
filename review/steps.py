"""What the engine says in a preview of a living stack, as changes.

Owns reading the engine's event log. Does not own the operation, nor the comparison: the engine and the plugins made it,
with the state and the cluster at hand. The log tells secrets as `[secret]`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from operate.layers import layer
from review.change import Change, Field, Operation, line
from review.difference import OTHER
from review.graph import STACK

OPERATIONS: Final[Mapping[str, Operation]] = {
    "create": "create",
    "update": "update",
    "replace": "replace",
    "delete": "delete",
    "import": "create",
    "discard-replaced": "delete",
    "remove-pending-replace": "delete",
}
"""The steps that are told; a replacement comes as three of which one is enough."""


def changes(lines: Iterable[str]) -> tuple[Change, ...]:
    """The changes that the log announces, each resource once."""
    found: dict[str, Change] = {}
    for metadata in _announced(lines):
        operation = OPERATIONS.get(metadata["op"])
        urn = metadata["urn"]
        types = urn.split("::")[2]
        if operation is None or types == STACK or "appliance:" in types.rpartition("$")[2]:
            continue
        if urn in found and found[urn].operation == "replace":
            continue
        found[urn] = Change(
            operation=operation,
            urn=urn,
            layer=layer(urn) or OTHER,
            fields=tuple(_fields(metadata)),
            protected=bool((metadata.get("old") or {}).get("protect")),
        )
    return tuple(found[urn] for urn in sorted(found))


def _announced(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for text in lines:
        try:
            event = json.loads(text)
        except ValueError:
            # The engine was killed while it wrote.
            continue
        metadata = event.get("resourcePreEvent", {}).get("metadata")
        if metadata:
            yield metadata


def _fields(metadata: Mapping[str, Any]) -> Iterator[Field]:
    """What differs, as the plugin told it."""
    old = (metadata.get("old") or {}).get("inputs") or {}
    new = (metadata.get("new") or {}).get("inputs") or {}
    detailed = metadata.get("detailedDiff") or {}
    keys = {*(metadata.get("diffs") or ()), *(metadata.get("keys") or ())}
    for path in sorted(detailed or keys):
        kind = (detailed.get(path) or {}).get("diffKind", "")
        yield Field(
            path=path,
            old=line(_at(old, path)),
            new=line(_at(new, path)),
            replaces="replace" in kind or path in (metadata.get("keys") or ()),
        )


def _at(properties: object, path: str) -> object:
    """What stands at a path such as `spec.ports[0].port`."""
    found = properties
    for step in path.replace("[", ".").replace("]", "").split("."):
        key = step.strip('"')
        if isinstance(found, Mapping):
            found = found.get(key)
        elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            return None
    return found
