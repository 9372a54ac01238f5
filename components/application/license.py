"""A license: a vendor's signed word that a customer may run an application.

Owns the document, its signature and what is checked without a clock. Does not own the vendor's public key, which comes
from elsewhere: a license that brought its own would prove nothing. Does not own today's date (`expired`).

    license: {id, appId, appSlug, assignee, channel, expires: 2027-12-31, fields: {name: value}}
    signature: base64 of an Ed25519 signature of `signed_bytes(license)`
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pydantic import AfterValidator, Field

from components.application.checked import Checked, Closed, Text
from components.manifest.document import documents
from components.manifest.place import Fault, Place

CONTEXT: Final = b"kubernetes-appliance license 1\n"
"""Stands before what is signed, so that a signature of something else is never one of a license."""

NAMESPACE: Final = "replicated-"
# With the prefix it must be a name of a namespace: 63 characters.
_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?")


def _app_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(
            f"'{text[:40]}' is no id of small letters, digits and hyphens, at most 52 of them"
        )
    return text


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"'{text[:40]}' is no date such as 2027-12-31") from None


class License(Closed):
    """What was signed."""

    id: Text
    app_id: Annotated[Text, AfterValidator(_app_id)] = Field(alias="appId")
    app_slug: Text = Field(alias="appSlug")
    assignee: Text
    channel: Text
    expires: Annotated[str, AfterValidator(_date)] | None = None
    """The last day on which it is valid, in UTC; None: it does not end."""
    fields: dict[str, Text] = Field(default_factory=dict)

    @property
    def namespace(self) -> str:
        """Where the application lives."""
        return f"{NAMESPACE}{self.app_id}"

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and today > date.fromisoformat(self.expires)

    def property(self, name: str) -> str | None:
        """A property by the name that LicenseProperty has for it; None if there is none of that name."""
        return {
            "license.id": self.id,
            "expiration.date": self.expires or "",
            "assignee": self.assignee,
            "channel.name": self.channel,
            "app.id": self.app_id,
            "app.slug": self.app_slug,
        }.get(name)


class Signed(Closed):
    """The whole document."""

    license: License
    signature: str


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a license must be for: the application's slug and the channel that the release comes from."""

    app: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class LicenseReading:
    """A license that holds, or what is wrong with it."""

    license: License | None
    faults: tuple[Fault, ...]


def read(text: str, file: str, public_key_pem: bytes, expected: Expected) -> LicenseReading:
    """The license in a file, if the vendor signed it and it is for this application and channel. Never raises."""
    found = list(documents(text, file))
    if len(found) != 1:
        place = Place(file=file, document=1, line=1)
        sentence = f"holds {len(found)} documents; a license is one, with license and signature"
        return LicenseReading(license=None, faults=(Fault(place=place, text=sentence),))
    checked = Checked(Signed, found[0])
    if checked.value is None or not isinstance(found[0].value, dict):
        return LicenseReading(license=None, faults=checked.faults)
    wrong = _signature(found[0].value["license"], checked.value.signature, public_key_pem)
    if wrong:
        place = found[0].at("signature")
        return LicenseReading(license=None, faults=(Fault(place=place, text=wrong),))
    license_ = checked.value.license
    faults = tuple(
        Fault(place=found[0].at("license", key), text=sentence)
        for key, sentence in _purpose(license_, expected)
    )
    return LicenseReading(license=None if faults else license_, faults=faults)


def signed_bytes(license_: Mapping[str, Any]) -> bytes:
    """What is signed: the keys as they were given, as JSON without spaces, keys in order, in UTF-8."""
    text = json.dumps(
        license_, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return CONTEXT + text.encode()


def sign(license_: Mapping[str, Any], private_key_pem: bytes) -> str:
    """The signature of a license in base64. Raises ValueError for a key that is no Ed25519 key in PEM."""
    key = load_pem_private_key(private_key_pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the private key is no Ed25519 key")  # noqa: TRY004
    return base64.b64encode(key.sign(signed_bytes(license_))).decode()


def public_key(pem: bytes) -> Ed25519PublicKey:
    """A vendor's public key. Raises ValueError with the end of a sentence that begins with the file's name."""
    if b"PRIVATE KEY" in pem:
        raise ValueError(
            "holds a private key, which only the vendor may have; give its public half"
        )
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("is no PEM of a public key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("is no Ed25519 key")  # noqa: TRY004
    return key


def _signature(license_: Mapping[str, Any], signature: str, pem: bytes) -> str | None:
    """What is wrong with the signature."""
    try:
        public_key(pem).verify(base64.b64decode(signature, validate=True), signed_bytes(license_))
    except binascii.Error:
        return "signature is no base64"
    except InvalidSignature:
        return (
            "the signature is not the vendor's, or the license was changed after it was signed; ask the vendor for "
            "another"
        )
    return None


def _purpose(license_: License, expected: Expected) -> Iterator[tuple[str, str]]:
    if license_.app_slug != expected.app:
        yield (
            "appSlug",
            f"the license is for {license_.app_slug}, and the release is of {expected.app}",
        )
    if license_.channel != expected.channel:
        yield (
            "channel",
            f"the license is for the channel {license_.channel}, and the release comes from {expected.channel}",
        )
