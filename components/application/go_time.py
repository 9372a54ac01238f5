"""A time written by a layout of Go.

Owns the words of a layout, each of which is a part of Go's reference time. Does not own the time: it is the release's.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

_WORDS: Final[Mapping[str, Callable[[datetime], str]]] = {
    "January": lambda at: f"{at:%B}",
    "Jan": lambda at: f"{at:%b}",
    "Monday": lambda at: f"{at:%A}",
    "Mon": lambda at: f"{at:%a}",
    "MST": lambda _: "UTC",
    "2006": lambda at: f"{at.year:04d}",
    "__2": lambda at: f"{at.timetuple().tm_yday:3d}",
    "002": lambda at: f"{at.timetuple().tm_yday:03d}",
    "01": lambda at: f"{at.month:02d}",
    "02": lambda at: f"{at.day:02d}",
    "03": lambda at: f"{at.hour % 12 or 12:02d}",
    "04": lambda at: f"{at.minute:02d}",
    "05": lambda at: f"{at.second:02d}",
    "06": lambda at: f"{at.year % 100:02d}",
    "Z07:00": lambda _: "Z",
    "Z0700": lambda _: "Z",
    "-07:00": lambda _: "+00:00",
    "-0700": lambda _: "+0000",
    "-07": lambda _: "+00",
    "15": lambda at: f"{at.hour:02d}",
    "PM": lambda at: "AM" if at.hour < 12 else "PM",  # noqa: PLR2004
    "pm": lambda at: "am" if at.hour < 12 else "pm",  # noqa: PLR2004
    "_2": lambda at: f"{at.day:2d}",
    "1": lambda at: str(at.month),
    "2": lambda at: str(at.day),
    "3": lambda at: str(at.hour % 12 or 12),
    "4": lambda at: str(at.minute),
    "5": lambda at: str(at.second),
}
_FRACTION: Final = r"[.,](?:0+|9+)(?![0-9])"
_WORD = re.compile("|".join((*(re.escape(word) for word in _WORDS), _FRACTION)))
RFC3339: Final = "2006-01-02T15:04:05Z07:00"


def formatted(at: datetime, layout: str) -> str:
    """The time in UTC by a layout; fractions of a second are zero."""

    def one(found: re.Match[str]) -> str:
        if found[0] in _WORDS:
            return _WORDS[found[0]](at)
        return found[0] if found[0][1] == "0" else ""

    return _WORD.sub(one, layout)
