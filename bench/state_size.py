"""How large a node's part of the state is, and which fields make it so.

Owns measuring an exported state. Does not own how it was made.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

INNER: Final = frozenset({"inputs", "outputs"})
"""Fields that are worth a look inside."""


class Field(BaseModel):
    """One field of one resource in the state, with the bytes of its compact JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resource: str
    name: str
    bytes: int


def of_node(exported: str, node: str) -> Sequence[Mapping[str, Any]]:
    """The resources of one node, from `pulumi stack export`."""
    return [
        resource
        for resource in json.loads(exported)["deployment"]["resources"]
        if (name := resource["urn"].rpartition("::")[2]) == node or name.startswith(f"{node}-")
    ]


def fields(resources: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Every field of these resources; together they are as large as the resources' compact JSON."""
    return tuple(
        Field(resource=resource["urn"].rpartition("::")[2], name=name, bytes=size)
        for resource in resources
        for name, size in split(resource)
    )


def split(resource: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Fields with their sizes; `{}` and commas count to the fields, the resource's own braces to `urn`."""
    for key, value in resource.items():
        own = entry(key, value) + (1 if key == "urn" else 0)
        if key in INNER and isinstance(value, dict) and value:
            for inner, each in value.items():
                yield f"{key}.{inner}", entry(inner, each)
            yield key, own - sum(entry(inner, each) for inner, each in value.items())
        else:
            yield key, own


def entry(key: str, value: object) -> int:
    """Bytes of a key with its value and one comma or brace."""
    return compact({key: value}) - 1


def compact(value: object) -> int:
    """Bytes of a value as JSON without spaces."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
