"""`make license-sign`: a signed license, for a vendor's own tests and for examples."""

import os
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from components.application.checked import Checked
from components.application.license import License, sign
from components.manifest.document import documents
from operate.failure import OperateError


def license_sign(file: Path, key: Path) -> None:
    """Print a file's license with a signature; the key is made, and its public half beside it, if it is not there.

    The file holds the license's keys, or a signed license, whose signature is made anew. Raises OperateError.
    """
    given = _license(file)
    if not key.exists():
        _new_key(key)
    try:
        signature = sign(given, key.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise OperateError(f"{key} cannot sign: {error}") from None
    document = {"license": given, "signature": signature}
    print(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120), end="")


def _license(file: Path) -> dict[str, Any]:
    try:
        found = list(documents(file.read_text(encoding="utf-8"), str(file)))
    except (OSError, UnicodeError) as error:
        raise OperateError(f"{file} cannot be read: {error}") from None
    if len(found) != 1:
        raise OperateError(f"{file} holds {len(found)} documents; a license is one")
    value = found[0].value
    inner = value["license"] if isinstance(value, dict) and "license" in value else value
    document = next(documents(yaml.safe_dump(inner), str(file)))
    checked = Checked(License, document)
    if checked.faults or not isinstance(document.value, dict):
        raise OperateError("\n".join(map(str, checked.faults)))
    return document.value


def _new_key(file: Path) -> None:
    """A private key that nobody else may read, and its public half as the same name with .pub behind."""
    made = Ed25519PrivateKey.generate()
    private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(private)
    public = load_pem_private_key(private, None).public_key()
    file.with_name(f"{file.name}.pub").write_bytes(
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
