"""Parameters of the node script: values that travel on standard input.

Owns the text form, KEY='value' lines that a shell reads as data. Does not own which keys a verb wants.
"""

import re
import shlex
from collections.abc import Mapping

_KEY = re.compile(r"[A-Z][A-Z0-9_]*\Z")


def render(values: Mapping[str, str]) -> str:
    """Lines in the order of the keys' names; whatever a value holds, the shell reads it back unchanged.

    Raises ValueError for a key that is no shell variable and for a value that a shell cannot hold (NUL).
    """
    lines = []
    for key in sorted(values):
        if not _KEY.match(key):
            raise ValueError(f"{key!r} is not a shell variable's name (upper case, digits, _)")
        if "\0" in values[key]:
            raise ValueError(f"{key} holds a NUL, which no shell variable can")
        lines.append(f"{key}={shlex.quote(values[key])}\n")
    return "".join(lines)
