"""A YAML document against a pydantic model, with a sentence and a place for everything that is wrong.

Owns the base of these models and the wording. Does not own the models, and never shows pydantic's own text: that names
Python things.
"""

from collections.abc import Iterator
from typing import Annotated, Final, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticKnownError

from components.manifest.document import Document
from components.manifest.place import Fault

_SENTENCES: Final = {
    "missing": "missing",
    "extra_forbidden": "is no key of this group",
    "string_type": "is no text",
    **dict.fromkeys(("bool_type", "bool_parsing"), "is neither true nor false"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "is no whole number"),
    **dict.fromkeys(("tuple_type", "list_type"), "is no list"),
}


class Part(BaseModel):
    """A group of keys as vendors write them; keys that nobody here knows are kept apart (`unknown`)."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The keys that the model does not have."""
        return tuple(self.model_extra or ())


class Closed(BaseModel):
    """A group of keys without others."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


Model = TypeVar("Model", bound=BaseModel)


class Checked(Generic[Model]):
    """The value of a document (None if it cannot be one), and its faults."""

    def __init__(self, model: type[Model], document: Document) -> None:
        self.faults: tuple[Fault, ...] = document.faults
        self.value: Model | None = None
        if not isinstance(document.value, dict):
            if not self.faults:
                self.faults = (Fault(place=document.place, text="holds no group of keys"),)
            return
        try:
            self.value = model.model_validate(document.value)
        except ValidationError as error:
            self.faults = (*self.faults, *_faults(document, error))


def _faults(document: Document, error: ValidationError) -> Iterator[Fault]:
    for each in error.errors(include_url=False):
        path = tuple(part for part in each["loc"] if part != "[key]")
        yield Fault(place=document.at(*path), text=f"{spelt(path)}: {_sentence(each)}")


def spelt(path: tuple[str | int, ...]) -> str:
    """config[0].items[1].type."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _sentence(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] == "literal_error":
        return f"is not one of {context['expected']}"
    if error["type"] == "value_error":
        return str(context["error"])
    return _SENTENCES.get(error["type"], "is no group of keys of the kind that belongs here")


def _text(value: object) -> object:
    """Numbers and truth values where text belongs, as vendors write them without quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else value


def _truth(value: object) -> object:
    """true, or what stands for it as text."""
    if isinstance(value, str):
        known = {"true": True, "1": True, "false": False, "0": False, "": False}
        if value.lower() not in known:
            raise PydanticKnownError("bool_parsing")
        return known[value.lower()]
    return False if value is None else value


def _listed(value: object) -> object:
    return () if value is None else value


Text = Annotated[str, BeforeValidator(_text)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Listed = BeforeValidator(_listed)
"""An empty key is an empty list."""
