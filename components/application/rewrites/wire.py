"""Properties of Pulumi resources as the object that goes to the API server, and back.

Owns the three ways in which they may be written: groups of keys as YAML spells them, the same as Python spells them,
and typed …Args. Values that are only known after deployment stay what they are, at any depth. Does not own resources.
"""

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args, get_origin

import pulumi
from pulumi import _types

from components.manifest import kinds
from components.manifest.body import Body


def body_of(type_: str, props: Mapping[str, Any]) -> Body:
    """The object that a resource's properties stand for; `type_` is its token: kubernetes:apps/v1:Deployment."""
    _, version, kind = type_.split(":", 2)
    version = version.removeprefix("core/")
    types = _top_level(version, kind)
    body = {
        kinds.camel_case(key): wire(value, types.get(kinds.camel_case(key)))
        for key, value in props.items()
        if value is not None
    }
    # Classes fill these in themselves, but a custom resource may leave them to its token.
    return {"apiVersion": version, "kind": kind, **body}


def props_of(before: Mapping[str, Any], body: Body, was: Body) -> dict[str, Any]:
    """The properties with what changed between two bodies, spelt at the top as they were."""
    spelling = {kinds.camel_case(key): key for key in before}
    after = dict(before)
    for key, value in body.items():
        if value is not was.get(key):
            after[spelling.get(key, key)] = value
    for key in was:
        if key not in body:
            after.pop(spelling.get(key, key), None)
    return after


def wire(value: Any, type_: Any = None) -> Any:  # noqa: ANN401 - whatever Pulumi takes for an input
    """A value as YAML spells it. Keys are translated only where the type says which are in Python's spelling."""
    if isinstance(value, pulumi.Output):
        return value
    if inspect.isawaitable(value):
        return pulumi.Output.from_input(value)
    cls: Any = type(value)
    if _types.is_input_type(cls):
        types = _types_of(cls)
        inside = _types.input_type_to_dict(value)
        return {key: wire(inner, types.get(key)) for key, inner in inside.items()}
    if isinstance(value, Mapping):
        return _group(value, type_)
    if isinstance(value, list | tuple):
        inner_type = _argument(type_, 0)
        return [wire(inner, inner_type) for inner in value]
    return value


def _group(value: Mapping[Any, Any], type_: Any) -> dict[Any, Any]:  # noqa: ANN401
    plain = _plain(type_)
    if plain is not None and _types.is_input_type(plain):
        names, types = _names_of(plain), _types_of(plain)
        named = ((names.get(key, key), inner) for key, inner in value.items())
        return {key: wire(inner, types.get(key)) for key, inner in named}
    inner_type = _argument(type_, 1)
    return {key: wire(inner, inner_type) for key, inner in value.items()}


def _plain(type_: Any) -> Any:  # noqa: ANN401
    """A type without what Pulumi wraps around it."""
    return None if type_ is None else _unwrapped(type_)


def _argument(type_: Any, index: int) -> Any:  # noqa: ANN401
    """What a list or a group is of; None if nothing is known."""
    plain = _plain(type_)
    arguments = get_args(plain) if get_origin(plain) is not None else ()
    return arguments[index] if index < len(arguments) else None


@cache
def _unwrapped(type_: Any) -> Any:  # noqa: ANN401
    return _types.unwrap_type(type_)


@cache
def _types_of(cls: Any) -> Mapping[str, Any]:  # noqa: ANN401
    return _types.input_type_types(cls)


@cache
def _names_of(cls: Any) -> Mapping[str, str]:  # noqa: ANN401
    return _types.input_type_py_to_pulumi_names(cls)


@cache
def _top_level(version: str, kind: str) -> Mapping[str, Any]:
    """The types of a kind's own fields; none for custom resources."""
    found = kinds.arguments(version, kind)
    return {} if found is None else _types_of(found)
