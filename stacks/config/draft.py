"""Reading as much of a faulty configuration as can be read.

Owns the repair: every value that does not validate is replaced by its default or its example, so that the rules between
keys can still look at the rest. Does not own those rules; they drop findings that rest on a replaced value.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from stacks.config.report import Fault, translate
from stacks.config.schema import Path, field_at, field_path, model_at

Model = TypeVar("Model", bound=BaseModel)

# Each round uncovers one level of nesting (a missing group's keys, their items); the model has four.
_ROUNDS = 8


@dataclass(frozen=True, kw_only=True)
class Draft(Generic[Model]):
    """What could be read: the value (None only if nothing could), the faults, and the places that were replaced."""

    value: Model | None
    faults: tuple[Fault, ...]
    unreadable: frozenset[Path]


def read(model: type[Model], values: Mapping[str, object]) -> Draft[Model]:
    """Validate `values`, and stand in for what is wrong in them."""
    data: dict[str, object] = copy.deepcopy(dict(values))
    faults: tuple[Fault, ...] | None = None
    unreadable: set[Path] = set()
    for _ in range(_ROUNDS):
        try:
            value = model.model_validate(data)
        except ValidationError as error:
            errors = error.errors(include_url=False)
        else:
            return Draft(value=value, faults=faults or (), unreadable=frozenset(unreadable))
        if faults is None:
            faults = tuple(translate(model, found) for found in errors)
        for found in errors:
            unreadable |= _mend(model, data, found)
    return Draft(value=None, faults=faults or (), unreadable=frozenset(unreadable))


def _mend(model: type[BaseModel], data: dict[str, object], error: ErrorDetails) -> set[Path]:
    """Repair `data` at one place; returns the place if a value of the file was lost with that."""
    if error["type"] in ("extra_forbidden", "invalid_key"):
        _remove(data, error["loc"])
        return set()
    if isinstance(error["loc"][-1], int) and model_at(model, error["loc"]) is not None:
        _put(data, error["loc"], {})
        return {error["loc"]}
    place = field_path(model, error["loc"])
    if error["type"] == "missing":
        field = field_at(model, place)
        _put(data, place, copy.deepcopy((field.examples if field else None) or [None])[0])
    else:
        _remove(data, place)
    return {place}


def _holder(data: object, path: Path) -> object:
    for part in path[:-1]:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def _put(data: object, path: Path, value: object) -> None:
    holder = _holder(data, path)
    if isinstance(holder, dict | list):
        holder[path[-1]] = value  # type: ignore[index]


def _remove(data: object, path: Path) -> None:
    holder = _holder(data, path)
    if isinstance(holder, dict):
        holder.pop(path[-1], None)
