"""Reading an object's fields when nothing says yet that they are what the API server demands.

Owns the answer to a field of another kind than expected: nothing. Does not own saying so: the API server does.
"""

from typing import Any

Body = dict[str, Any]


def value_at(holder: object, *path: str) -> object:
    """What stands at the end of `path`; None if there is nothing."""
    for part in path:
        holder = holder.get(part) if isinstance(holder, dict) else None
    return holder


def text_at(holder: object, *path: str) -> str:
    """The text at the end of `path`; "" if there is none."""
    found = value_at(holder, *path)
    return found if isinstance(found, str) else ""


def texts_at(holder: object, *path: str) -> tuple[str, ...]:
    """The texts in the list at the end of `path`."""
    found = value_at(holder, *path)
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def groups_at(holder: object, *path: str) -> tuple[Body, ...]:
    """The groups of keys in the list at the end of `path`."""
    found = value_at(holder, *path)
    return (
        tuple(item for item in found if isinstance(item, dict)) if isinstance(found, list) else ()
    )


def numbered_at(holder: object, *path: str) -> tuple[tuple[int, Body], ...]:
    """The groups of keys in the list at the end of `path`, each with its place in the list."""
    found = value_at(holder, *path)
    items = enumerate(found) if isinstance(found, list) else ()
    return tuple((index, item) for index, item in items if isinstance(item, dict))
