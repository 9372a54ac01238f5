"""What is said about a faulty configuration: one line for each fault, all of them at once.

Owns the faults, their order and wording, and the exception that carries the report. Does not own any rule, and never
shows pydantic's own text: that names Python things and may quote a value that must stay secret.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

import pulumi
from pydantic import BaseModel
from pydantic_core import ErrorDetails

from stacks.config.retired import RETIRED_KEYS, RETIRED_VALUES
from stacks.config.schema import Path, choices, field_at, field_path, fields, model_at, quote, spell


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong: where, and a sentence that says what is allowed.

    `reads` are the places that the finding rests on, besides `path`. If one of them could not be read, the finding is
    about a stand-in and is left out.
    """

    path: Path
    text: str
    reads: tuple[Path, ...] = ()

    def rests_on(self, unreadable: Iterable[Path]) -> bool:
        """Whether a value that this fault was found with is missing from the file or not readable."""
        places = (self.path, *self.reads)
        return any(place[: len(bad)] == bad for bad in unreadable for place in places)


class ConfigurationError(pulumi.RunError):
    """The configuration cannot be used; the text is the whole report, one line for each fault.

    A RunError, because Pulumi shows the text of one as it stands, without the program's traceback.
    """


def line(file: str, fault: Fault) -> str:
    """One line of the report: file, path, sentence."""
    return f"{file}: {spell(fault.path)}: {fault.text}"


def one_of(value: str, allowed: Iterable[str]) -> str:
    """The sentence for a value outside a closed set."""
    return f"{quote(value)} is not one of {', '.join(allowed)}"


def translate(root: type[BaseModel], error: ErrorDetails) -> Fault:
    """Pydantic's finding as one of ours; `root` is the model that was validated."""
    path = tuple(part for part in error["loc"] if part != "[key]")
    return Fault(path=path, text=_sentence(root, path, error))


def _sentence(root: type[BaseModel], path: Path, error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    given: object = error["input"]
    match error["type"]:
        case "value_error":
            text = str(context["error"])
        case "extra_forbidden" | "invalid_key":
            text = _unknown(root, path)
        case "missing":
            text = f"missing; give {_title(root, path)}"
        case "literal_error":
            text = _outside(root, path, given, key="[key]" in error["loc"])
        case "greater_than_equal":
            text = f"{given} is too small; the smallest allowed is {context['ge']}"
        case "less_than_equal":
            text = f"{given} is too large; the largest allowed is {context['le']}"
        case "string_type" if isinstance(given, int | float):
            text = f"is {_kind(given)}; give {_title(root, path)}, in quotes"
        case _:
            text = f"is {_kind(given)}; give {_title(root, path)}"
    return text


def _title(root: type[BaseModel], path: Path) -> str:
    field = field_at(root, path)
    if field is not None and field.title:
        return field.title
    if model_at(root, path) is not None:
        return "a group of keys"
    return "text"


def _kind(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "a bare true or false"
    kinds = {str: "text", int: "a number", float: "a number", list: "a list", dict: "a group"}
    return kinds.get(type(value), "something else")


def _outside(root: type[BaseModel], path: Path, given: object, *, key: bool) -> str:
    field = field_at(root, field_path(root, path))
    allowed = choices(field.annotation, key=key) if field else ()
    if not isinstance(given, str):
        return f"is {_kind(given)}; give one of {', '.join(allowed)}"
    return RETIRED_VALUES.get(given.lower()) or one_of(given, allowed)


def _unknown(root: type[BaseModel], path: Path) -> str:
    owner, key = model_at(root, path[:-1]), str(path[-1])
    if key in RETIRED_KEYS:
        return RETIRED_KEYS[key]
    known = list(fields(owner)) if owner else []
    by_small_letters = {name.lower(): name for name in known}
    near = get_close_matches(key.lower(), by_small_letters, n=1, cutoff=0.6)
    if near:
        return f"unknown key; did you mean {by_small_letters[near[0]]}?"
    return f"unknown key; known are {', '.join(known)}"
