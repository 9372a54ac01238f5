"""Plain scalars as Kubernetes reads them: YAML 1.1 as sigs.k8s.io/yaml understands it.

Owns what a word without quotes means: `on` is true, `0755` is 493, `22:22` and `2024-01-01` are text. PyYAML's own
resolver differs in all of these but the second. Does not own the document around it (`document.py`).
"""

import re
from typing import Final

Scalar = str | int | float | bool | None

STR, INT, FLOAT, BOOL, NULL = (
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null")
)
TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"
MERGE: Final = "tag:yaml.org,2002:merge"


def _written(*words: str) -> tuple[str, ...]:
    """Each word in the three spellings that YAML knows: on, On, ON."""
    return tuple(spelt for word in words for spelt in (word, word.capitalize(), word.upper()))


_WORDS: Final[dict[str, tuple[str, Scalar]]] = {
    **dict.fromkeys(("y", "Y", *_written("yes", "true", "on")), (BOOL, True)),
    **dict.fromkeys(("n", "N", *_written("no", "false", "off")), (BOOL, False)),
    **dict.fromkeys(("", "~", *_written("null")), (NULL, None)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), (FLOAT, float("nan"))),
    **dict.fromkeys(
        (f"{sign}{word}" for sign in ("", "+") for word in (".inf", ".Inf", ".INF")),
        (FLOAT, float("inf")),
    ),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), (FLOAT, float("-inf"))),
    "<<": (MERGE, "<<"),
}
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO]?(?P<oct>[0-7]+)|(?P<dec>0|[1-9][0-9]*))",
    re.ASCII,
)
_BASES: Final = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_BETWEEN = re.compile(r"(?<=[0-9])_(?=[0-9])", re.ASCII)
# What the YAML library of Kubernetes has room for; a larger number is a fraction to it, and rounded.
_LEAST, _MOST = -(2**63), 2**64 - 1
# Whole fractions below this are written without an exponent as JSON and read back as whole numbers.
_WHOLE: Final = 2**53


def resolve(text: str) -> tuple[str, Scalar]:
    """The tag and the value of a word without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if not text[0].isascii() or text[0] not in "+-.0123456789":
        return STR, text
    # Underscores may stand anywhere, but in numbers that begin with the point only between digits.
    plain = _BETWEEN.sub("", text) if text[0] == "." else text.replace("_", "")
    if (found := _INTEGER.fullmatch(plain)) and (number := _integer(found)) is not None:
        return INT, number
    if _FLOAT.fullmatch(plain):
        fraction = float(plain)
        # Too large for a fraction: Kubernetes leaves it text.
        if fraction not in (float("inf"), float("-inf")):
            return FLOAT, whole(fraction)
    return STR, text


def whole(fraction: float) -> int | float:
    """1e3 is 1000 after the way through JSON that every object takes."""
    return int(fraction) if fraction.is_integer() and abs(fraction) < _WHOLE else fraction


def _integer(found: re.Match[str]) -> int | None:
    base = next(name for name in _BASES if found[name] is not None)
    number = int(found[base], _BASES[base])
    number = -number if found["sign"] == "-" else number
    # Unsigned numbers above 2^63 take no sign.
    most = _MOST if not found["sign"] else 2**63 - 1
    return number if _LEAST <= number <= most else None
