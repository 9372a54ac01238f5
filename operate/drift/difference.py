"""Where two values of the same object differ, field by field.

Owns the walk through mappings and lists, and the names of fields. Does not own which fields count.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from operate.drift.row import MISSING

PLAIN: Final = re.compile(r"[A-Za-z_$][\w-]*\Z")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field, as `spec.containers[weave].image`, with its values; MISSING for one that is not there."""

    path: str
    wanted: Any
    found: Any


def differences(wanted: Any, found: Any, path: str = "") -> Iterator[Difference]:  # noqa: ANN401 - any values
    """Every field that is not the same, as deep as it can be named."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        yield from _of_mappings(wanted, found, path)
    elif isinstance(wanted, list) and isinstance(found, list):
        yield from _of_lists(wanted, found, path)
    elif wanted != found:
        yield Difference(path=path, wanted=wanted, found=found)


def lacks(wanted: Any, found: Any, path: str = "") -> Iterator[Difference]:  # noqa: ANN401 - any values
    """The same, of those fields alone that are wanted: what else there is counts for nothing."""
    if not isinstance(wanted, Mapping) or not isinstance(found, Mapping):
        yield from differences(wanted, found, path)
        return
    for name, value in wanted.items():
        yield from lacks(value, found.get(name, MISSING), below(path, name))


def below(path: str, name: str) -> str:
    """The path of a field inside."""
    if not PLAIN.match(name):
        return f'{path}["{name}"]'
    return f"{path}.{name}" if path else name


def _of_mappings(
    wanted: Mapping[str, Any], found: Mapping[str, Any], path: str
) -> Iterator[Difference]:
    for name in [*wanted, *(other for other in found if other not in wanted)]:
        yield from differences(
            wanted.get(name, MISSING), found.get(name, MISSING), below(path, name)
        )


def _of_lists(wanted: Sequence[Any], found: Sequence[Any], path: str) -> Iterator[Difference]:
    """By the elements' names where all have one, else by number; of different lengths as a whole."""
    if (named := _by_name(wanted)) is not None and (others := _by_name(found)) is not None:
        # A key in brackets, as an element is no field.
        for name in [*named, *(other for other in others if other not in named)]:
            yield from differences(
                named.get(name, MISSING), others.get(name, MISSING), f"{path}[{name}]"
            )
    elif len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(one, other, f"{path}[{number}]")
    else:
        yield Difference(path=path, wanted=list(wanted), found=list(found))


def _by_name(elements: Sequence[Any]) -> Mapping[str, Any] | None:
    """The elements by their names; None where one has none or two have the same."""
    if not all(isinstance(one, Mapping) and isinstance(one.get("name"), str) for one in elements):
        return None
    named = {one["name"]: one for one in elements}
    return named if len(named) == len(elements) else None
