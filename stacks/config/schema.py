"""What every group of the configuration shares, and how a path in the file is found in the model.

Owns the settings of the pydantic models and the walk over their fields. Does not own any key: those stand in the
module of their noun.
"""

import json
import pathlib
import re
from collections.abc import Callable
from typing import Annotated, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticKnownError

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_LONGEST_QUOTE = 40

Path = tuple[str | int, ...]
"""A place in the configuration: ("hosts", "nodes", 1, "roles", 0) is `hosts.nodes[1].roles[0]`."""


class Settings(BaseModel):
    """A closed, frozen group of keys: camelCase in the file, snake_case in Python."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        validate_by_name=False,
    )


def spell(path: Path) -> str:
    """`hosts.nodes[1].roles`; a key that is no plain word is quoted, so that a line stays one line."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part[:_LONGEST_QUOTE])}]"
    return text


def quote(value: str) -> str:
    """A value for a sentence: on one line, and cut so that a pasted key does not end up in a log."""
    return repr(value if len(value) <= _LONGEST_QUOTE else f"{value[:_LONGEST_QUOTE]}…")


def parsed(parse: Callable[[str], object]) -> Callable[[object], object]:
    """A pydantic validator from a parser of text: other kinds of values are refused before it sees them."""

    def read(value: object) -> object:
        if not isinstance(value, str):
            raise PydanticKnownError("string_type")
        return parse(value)

    return read


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a group by their key in the file, in the order of declaration."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def group(annotation: object) -> type[BaseModel] | None:
    """The group inside an annotation such as `tuple[Node, ...]` or `Lab | None`; None if it holds plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := group(inner))), None)


def choices(annotation: object, *, key: bool = False) -> tuple[str, ...]:
    """The closed set of texts inside an annotation such as `tuple[Literal["a", "b"], ...]`; empty if it is open.

    Of a mapping they are those of its values, or of its keys if `key` is set.
    """
    inner = get_args(annotation)
    if get_origin(annotation) is Literal:
        return inner
    if get_origin(annotation) is dict:
        inner = inner[:1] if key else inner[1:]
    return next((found for each in inner if (found := choices(each, key=key))), ())


def model_at(root: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The group that `path` leads to (list positions are skipped), or None if it leads to a plain value."""
    model: type[BaseModel] | None = root
    for part in path:
        if model is None:
            return None
        if isinstance(part, str):
            field = fields(model).get(part)
            model = group(field.annotation) if field else None
    return model


def field_path(root: type[BaseModel], path: Path) -> Path:
    """The longest beginning of `path` that ends at a declared key; items and labels belong to their key."""
    for end in range(len(path), 0, -1):
        owner, key = model_at(root, path[: end - 1]), path[end - 1]
        if owner is not None and isinstance(key, str) and key in fields(owner):
            return path[:end]
    return ()


def field_at(root: type[BaseModel], path: Path) -> FieldInfo | None:
    """The declaration of the key that `path` ends at, or None if there is none."""
    owner = model_at(root, path[:-1]) if path else None
    return fields(owner).get(str(path[-1])) if owner else None


def path_text(text: str) -> str:
    """A file's path; ValueError with a sentence if there is none in it."""
    if not text.strip() or not text.isprintable():
        raise ValueError(f"{quote(text)} is no path of a file")
    return text


FileName = Annotated[str, BeforeValidator(parsed(path_text))]
FilePath = Annotated[pathlib.Path, BeforeValidator(parsed(path_text))]
