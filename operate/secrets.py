"""Making a stack's own secrets, once: `make init`.

Owns how each is made and that none is made twice or seen: they go to pulumi on standard input and are encrypted there.
Does not own what they are used for (`stacks/secrets.py`).
"""

import base64
import os
import secrets
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from components.certificates import new_authority
from operate import settings
from operate.engine import Engine
from operate.failure import OperateError
from operate.stack import PROJECT, Stack

ROOT_BYTES: Final = 32
AUTHORITY: Final = frozenset({"caCertificate", "caKey"})
NAMES: Final = AUTHORITY | {"rootSecret", "sshPrivateKey"}


def passphrase(file: Path) -> None:
    """Make a random passphrase in a file that only its owner reads, if the file is not there."""
    if file.exists():
        return
    settings.write(file, f"{secrets.token_urlsafe(ROOT_BYTES)}\n")


def missing(text: str) -> frozenset[str]:
    """The secrets that a settings file does not have. Raises OperateError for half a certificate authority."""
    absent = frozenset(name for name in NAMES if f"{PROJECT}:{name}" not in settings.keys(text))
    half = AUTHORITY & absent
    if len(half) == 1:
        there = next(iter(AUTHORITY - half))
        raise OperateError(
            f"the settings have {there} without {next(iter(half))}; set both with `pulumi config set --secret`, or "
            f"remove {there} so that `make init` makes a new authority"
        )
    return absent


def make(names: frozenset[str], stack: str) -> Mapping[str, str]:
    """New values for these secrets."""
    # A host whose clock is a little behind must not find its authority not yet valid.
    yesterday = datetime.now(UTC) - timedelta(days=1)
    authority = new_authority(f"{stack} appliance CA", yesterday)
    made = {
        "rootSecret": base64.b64encode(secrets.token_bytes(ROOT_BYTES)).decode(),
        "caCertificate": authority.certificate_pem,
        "caKey": authority.key_pem,
        "sshPrivateKey": Ed25519PrivateKey.generate()
        .private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        .decode(),
    }
    return {name: made[name] for name in sorted(names)}


def initialise(
    stack: Stack, engine: Engine, *, without: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Make the secrets that the stack lacks; those that are there stay. Returns the names of the new ones."""
    values = make(missing(stack.settings.read_text()) - without, stack.name)
    if not values:
        return ()
    # All of them or none: half an authority is worth nothing.
    partial = stack.settings.with_name(f".init-{os.getpid()}-{stack.settings.name}")
    shutil.copy2(stack.settings, partial)
    try:
        for name, value in values.items():
            key = f"{PROJECT}:{name}"
            options = ["--secret", "--config-file", str(partial)]
            engine.ask("config", "set", *options, key, stdin=value, cwd=stack.project)
        partial.replace(stack.settings)
    finally:
        partial.unlink(missing_ok=True)
    return tuple(values)
