"""Sprig's functions of encodings and digests.

Owns these. Does not own making keys: nothing here is by chance.
"""

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from components.manifest.scalars import whole


def b64enc(text: str) -> str:
    """Text in base64."""
    return base64.b64encode(text.encode()).decode()


def b64dec(text: str) -> str:
    """Text out of base64; like Sprig's, it gives the fault as text."""
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return f"illegal base64 data in {len(text)} characters"


def b32enc(text: str) -> str:
    """Text in base32."""
    return base64.b32encode(text.encode()).decode()


def b32dec(text: str) -> str:
    """Text out of base32; like Sprig's, it gives the fault as text."""
    try:
        return base64.b32decode(text).decode(errors="replace")
    except (binascii.Error, ValueError):
        return f"illegal base32 data in {len(text)} characters"


def to_json(value: object) -> str:
    """A value as JSON on one line, keys in order, as Go writes it."""
    text = json.dumps(
        _plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
    )
    for character, escape in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(character, escape)
    return text


def to_pretty_json(value: object) -> str:
    """A value as JSON with two spaces of indent."""
    text = json.dumps(_plain(value), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    for character, escape in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(character, escape)
    return text


def from_json(text: str) -> object:
    """The value of a JSON text; all numbers are fractions. Raises ValueError."""
    try:
        return json.loads(text, parse_int=float)
    except ValueError as error:
        raise ValueError(f"is no JSON: {error}") from None


def _plain(value: object) -> object:
    """Go writes fractions that are whole without a point."""
    if isinstance(value, float):
        return whole(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def digest(algorithm: str) -> Callable[[str], str]:
    """A function from text to its digest in hexadecimal."""

    def hexadecimal(text: str) -> str:
        return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()

    return hexadecimal


def adler32(text: str) -> str:
    """The check sum as a number."""
    return str(zlib.adler32(text.encode()))


ENCODINGS: Final[Mapping[str, Callable[..., object]]] = {
    "b64enc": b64enc,
    "b64dec": b64dec,
    "b32enc": b32enc,
    "b32dec": b32dec,
    "toJson": to_json,
    "mustToJson": to_json,
    "toPrettyJson": to_pretty_json,
    "fromJson": from_json,
    "sha1sum": digest("sha1"),
    "sha256sum": digest("sha256"),
    "sha512sum": digest("sha512"),
    "adler32sum": adler32,
}
