import base64
from datetime import date
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from components.application.license import (
    Expected,
    LicenseReading,
    public_key,
    read,
    sign,
    signed_bytes,
)
from tests.components.application.made import LICENSE

VENDOR = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
EXPECTED = Expected(app="guestbook", channel="stable")


def private(key: Ed25519PrivateKey = VENDOR) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public(key: Ed25519PrivateKey = VENDOR) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def text(license_: dict[str, Any] | None = None, key: Ed25519PrivateKey = VENDOR) -> str:
    given = license_ or LICENSE
    return yaml.safe_dump({"license": given, "signature": sign(given, private(key))})


def reading(written: str, expected: Expected = EXPECTED) -> LicenseReading:
    return read(written, "license.yaml", public(), expected)


def fault(written: str, expected: Expected = EXPECTED) -> str:
    found = reading(written, expected)
    assert found.license is None
    (only,) = found.faults
    return str(only)


def test_a_license_that_the_vendor_signed_holds() -> None:
    found = reading(text())
    assert found.faults == ()
    assert found.license is not None
    assert found.license.namespace == "replicated-guestbook"
    assert found.license.fields["max_users"] == "50"


def test_json_and_another_order_of_keys_are_the_same_license() -> None:
    turned = yaml.safe_dump(
        {"signature": sign(LICENSE, private()), "license": dict(reversed(LICENSE.items()))},
        default_flow_style=True,
        sort_keys=False,
    )
    assert reading(turned).faults == ()


def test_a_signature_of_another_key_is_refused() -> None:
    assert "the signature is not the vendor's" in fault(text(key=OTHER))


@pytest.mark.parametrize("change", ["50|5000", "guestbook|guestbool", "2027|2037", "stable|beta"])
def test_a_license_that_was_changed_after_it_was_signed_is_refused(change: str) -> None:
    before, after = change.split("|")
    assert "was changed after it was signed" in fault(text().replace(before, after, 1))


def test_a_public_key_in_the_license_proves_nothing() -> None:
    forged = yaml.safe_load(text(key=OTHER))
    forged["publicKey"] = public(OTHER).decode()
    assert "is no key of this group" in fault(yaml.safe_dump(forged))


def test_a_signature_of_something_else_is_none_of_a_license() -> None:
    bare = VENDOR.sign(signed_bytes(LICENSE).split(b"\n", 1)[1])
    written = yaml.safe_dump({"license": LICENSE, "signature": base64.b64encode(bare).decode()})
    assert "the signature is not the vendor's" in fault(written)


def test_a_license_for_another_application_is_refused() -> None:
    found = fault(text(), Expected(app="other", channel="stable"))
    assert "the license is for guestbook, and the release is of other" in found
    assert "license.yaml, document 1, line" in found


def test_a_license_for_another_channel_is_refused() -> None:
    assert "for the channel stable, and the release comes from beta" in fault(
        text(), Expected(app="guestbook", channel="beta")
    )


def test_the_last_day_counts_and_the_day_after_does_not() -> None:
    found = reading(text()).license
    assert found is not None
    assert not found.expired(date(2027, 12, 31))
    assert found.expired(date(2028, 1, 1))


def test_a_license_without_an_end_does_not_expire() -> None:
    without = {key: value for key, value in LICENSE.items() if key != "expires"}
    found = reading(text(without)).license
    assert found is not None
    assert not found.expired(date(9999, 1, 1))


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("appId", "Guest Book", "is no id of small letters"),
        ("expires", "31.12.2027", "is no date such as 2027-12-31"),
        ("channel", None, "license.id"),
    ],
)
def test_what_a_license_must_hold_is_checked(key: str, value: str | None, sentence: str) -> None:
    given = {**LICENSE, key: value}
    if value is None:
        given.pop("id")
        sentence = "license.id: missing"
    assert sentence in fault(text(given))


def test_a_file_that_is_no_license_is_refused() -> None:
    assert "holds 0 documents" in fault("")
    assert "holds no group of keys" in fault("[a]")
    assert "signature is no base64" in fault(yaml.safe_dump({"license": LICENSE, "signature": "?"}))


def test_only_the_public_half_of_an_ed25519_key_is_taken_as_the_vendors() -> None:
    with pytest.raises(ValueError, match="holds a private key"):
        public_key(private())
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    with pytest.raises(ValueError, match="is no Ed25519 key"):
        public_key(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(ValueError, match="is no PEM"):
        public_key(b"x")
