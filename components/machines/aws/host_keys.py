"""Two SSH host keys for a machine: the one that it is made with, and the one that it keeps.

Owns computing them. Does not own how the first reaches the machine (user_data.py) and the second (first_contact.py).
Both follow from a secret seed, so that connections know them beforehand and every run of the program says the same.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

# More than the order's 32 bytes, so that the rest of the division favours no number.
_BYTES: Final = 48
_CURVE: Final = ec.SECP256R1()


@dataclass(frozen=True, kw_only=True)
class HostKey:
    """`private` in PEM, which every sshd reads; `public` as "ecdsa-sha2-nistp256 BASE64"."""

    private: str
    public: str


def first(seed: str) -> HostKey:
    """The key of a machine's first minutes. It stands in its user data, and is worth nothing once contact was made."""
    return _key(seed, b"first")


def lasting(seed: str) -> HostKey:
    """The key that the machine gets at first contact, over SSH."""
    return _key(seed, b"lasting")


def _key(seed: str, which: bytes) -> HostKey:
    """A P-256 key of a seed (hexadecimal, 32 bytes): unlike Ed25519's, its text in PEM is always the same."""
    kdf = HKDF(
        algorithm=hashes.SHA256(), length=_BYTES, salt=None, info=b"appliance ssh host key " + which
    )
    number = int.from_bytes(kdf.derive(bytes.fromhex(seed))) % (_CURVE.group_order - 1) + 1
    key = ec.derive_private_key(number, _CURVE)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return HostKey(private=private.decode(), public=public.decode())
