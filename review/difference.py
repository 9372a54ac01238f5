"""What changes from one graph of a stack to another, without an engine.

Owns the comparison. Does not own which properties cannot change in place (immutable.py), nor the words of the report.
"""

import itertools
import json
from collections.abc import Iterator, Mapping

from operate.layers import layer
from review.change import SECRET, Change, Field, Operation, line
from review.graph import STACK, Graph, Resource
from review.immutable import replaces

LONG = 80
"""Characters of a text of which only a part is shown."""
OTHER = "other"
"""The layer of what belongs to none: providers, and patches of what kubeadm made."""


def differences(old: Graph | None, new: Graph) -> tuple[Change, ...]:
    """Every custom resource that differs, in the order of layers and names; all are new where there is no old graph."""
    before: Mapping[str, Resource] = old.resources if old else {}
    urns = sorted({*before, *new.resources})
    return tuple(
        change
        for urn in urns
        if (change := _change(before.get(urn), new.resources.get(urn))) is not None
    )


def _change(old: Resource | None, new: Resource | None) -> Change | None:
    """A component is nothing by itself, and the stack is always there."""
    either = new or old
    if either is None or not either.custom or either.type == STACK:
        return None
    fields = tuple(_fields(old, new)) if old and new else ()
    if old and new and not fields:
        return None
    return Change(
        operation=_operation(old, new, fields),
        urn=either.urn,
        layer=layer(either.urn) or OTHER,
        fields=fields,
        # Who removes a resource must first lift its protection, in the version that is there.
        protected=(old or either).protected,
    )


def _operation(old: Resource | None, new: Resource | None, fields: tuple[Field, ...]) -> Operation:
    if old is None:
        return "create"
    if new is None:
        return "delete"
    return "replace" if any(each.replaces for each in fields) else "update"


def _fields(old: Resource, new: Resource) -> Iterator[Field]:
    for key in sorted({*old.inputs, *new.inputs}):
        if key in new.ignored:
            continue
        hidden = key in {*old.secret, *new.secret}
        for path, before, after in _unequal(key, old.inputs.get(key), new.inputs.get(key)):
            yield Field(
                path=path,
                old=SECRET if hidden else line(before),
                new=SECRET if hidden else line(after),
                replaces=replaces(new.type, path),
            )


def _unequal(path: str, old: object, new: object) -> Iterator[tuple[str, object, object]]:
    """Every leaf that differs, as path, old and new; None for what is not there."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _unequal(f"{path}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index, (left, right) in enumerate(itertools.zip_longest(old, new)):
            yield from _unequal(f"{path}[{index}]", left, right)
    elif old != new and (parts := _documents(old, new)) is not None:
        yield from _unequal(path, *parts)
    elif old != new:
        yield path, *excerpts(old, new)


def _documents(old: object, new: object) -> tuple[object, object] | None:
    """Both as what they are the JSON of, if both are the JSON of something that has parts."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return None
    try:
        both = json.loads(old), json.loads(new)
    except ValueError:
        return None
    return both if all(isinstance(each, dict | list) for each in both) else None


def excerpts(old: object, new: object) -> tuple[object, object]:
    """Of two long texts the first line that differs; all else as it is."""
    if not (isinstance(old, str) and isinstance(new, str)) or max(len(old), len(new)) < LONG:
        return old, new
    lines = itertools.zip_longest(old.splitlines(), new.splitlines(), fillvalue="")
    return next((pair for pair in lines if pair[0] != pair[1]), (old, new))
