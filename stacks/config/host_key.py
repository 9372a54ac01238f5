"""A host's public SSH key, as the configuration has it.

Owns its form. Does not own whose key it is (`hosts.py`), nor the keys of machines that are made.
"""

import base64
import binascii
from typing import Annotated, Final

from pydantic import BeforeValidator

from stacks.config.schema import parsed

_KEY_TYPES: Final = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)


def host_key(text: str) -> str:
    """A host's public key as "type base64"; a comment after it is dropped. The text is never quoted."""
    form = "give the public key as in /etc/ssh/ssh_host_ed25519_key.pub: ssh-ed25519 AAAA…"
    match text.split():
        case [kind, encoded, *_] if kind in _KEY_TYPES:
            pass
        case [_, kind, *_] if kind in _KEY_TYPES:
            raise ValueError(f"is a line of known_hosts; leave out the host's name: {form}")
        case _:
            raise ValueError(f"is no SSH host key; {form}")
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        blob = b""
    # The blob begins with the length of its type's name and that name.
    if not blob.startswith(len(kind).to_bytes(4, "big") + kind.encode()):
        raise ValueError(f"is cut off or damaged; {form}")
    return f"{kind} {encoded}"


HostKey = Annotated[str, BeforeValidator(parsed(host_key))]
