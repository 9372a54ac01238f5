"""Sprig's functions of maps.

Owns these. Sprig's `set` and `merge` change the map they are given; so do these.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from components.application.template.values import kind, show

Map = dict[str, Any]


def a_map(value: object) -> Map:
    """A map. Raises ValueError for anything else."""
    if not isinstance(value, dict):
        raise ValueError(f"a {kind(value)} is no map")  # noqa: TRY004
    return value


def dict_(*pairs: object) -> Map:
    """A map of keys and values in turn; a last key without a value has ""."""
    return {show(pairs[at]): pairs[at + 1] if at + 1 < len(pairs) else "" for at in _even(pairs)}


def _even(pairs: tuple[object, ...]) -> range:
    return range(0, len(pairs), 2)


def get(holder: object, key: str) -> object:
    """A key's value; "" if there is none."""
    return a_map(holder).get(key, "")


def set_(holder: object, key: str, value: object) -> Map:
    """The map with a key set."""
    a_map(holder)[key] = value
    return a_map(holder)


def unset(holder: object, key: str) -> Map:
    """The map without a key."""
    a_map(holder).pop(key, None)
    return a_map(holder)


def pick(holder: object, *keys: object) -> Map:
    """Only these keys."""
    return {key: value for key, value in a_map(holder).items() if key in keys}


def omit(holder: object, *keys: object) -> Map:
    """All but these keys."""
    return {key: value for key, value in a_map(holder).items() if key not in keys}


def merge(target: object, *sources: object) -> Map:
    """The first map with what only the others have, and maps in it likewise."""
    into = a_map(target)
    for source in sources:
        for key, value in a_map(source).items():
            if isinstance(into.get(key), dict) and isinstance(value, dict):
                merge(into[key], value)
            elif not into.get(key):
                into[key] = value
    return into


def dig(*words: object) -> object:
    """A value deep inside a map: keys, what to give instead, and the map last. Raises ValueError."""
    *keys, instead, holder = words
    found: object = holder
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            return instead
        found = found[str(key)]
    return found


MAPS: Final[Mapping[str, Callable[..., object]]] = {
    "dict": dict_,
    "get": get,
    "set": set_,
    "unset": unset,
    "hasKey": lambda holder, key: key in a_map(holder),
    "keys": lambda *holders: [key for holder in holders for key in sorted(a_map(holder))],
    "values": lambda holder: [a_map(holder)[key] for key in sorted(a_map(holder))],
    "pick": pick,
    "omit": omit,
    "merge": merge,
    "pluck": lambda key, *holders: [a_map(each)[key] for each in holders if key in a_map(each)],
    "dig": dig,
}
