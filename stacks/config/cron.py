"""When something happens: the five fields of cron.

Owns their form, as the crond of BusyBox reads them, which runs what is scheduled here. Does not own what happens.
"""

from typing import Annotated, Final

from pydantic import BeforeValidator

from stacks.config.schema import parsed, quote

_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Final = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    # Sunday is 0 and 7.
    ("day of the week", 0, 7, _DAYS),
)
_EXAMPLE: Final = "give five fields such as 17 3 * * * (at 3:17 every night)"


def schedule(text: str) -> str:
    """A schedule with one space between its fields; ValueError with a sentence otherwise."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"{quote(text)} is no schedule; {_EXAMPLE}")
    for field, (name, lowest, highest, names) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            if not _is_part(part, lowest, highest, names):
                raise ValueError(
                    f"{quote(text)} has {quote(part)} for the {name}, which is from {lowest} to {highest}; {_EXAMPLE}"
                )
    return " ".join(fields)


def _is_part(text: str, lowest: int, highest: int, names: tuple[str, ...]) -> bool:
    """Whether a text is *, a number, a name, or a range of them, with a step or without."""
    span, slash, step = text.partition("/")
    if slash and not (_number(step) and int(step) > 0):
        return False
    if span == "*":
        return True
    first, hyphen, last = span.partition("-")
    ends = [_value(each, lowest, names) for each in ((first, last) if hyphen else (first,))]
    known = [each for each in ends if each is not None and lowest <= each <= highest]
    return len(known) == len(ends) and known == sorted(known)


def _value(text: str, lowest: int, names: tuple[str, ...]) -> int | None:
    if text.lower() in names:
        return names.index(text.lower()) + lowest
    return int(text) if _number(text) else None


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 2  # noqa: PLR2004 - no field has more digits


Schedule = Annotated[str, BeforeValidator(parsed(schedule))]
