"""The stack's secrets: keys of the encrypted configuration, and what is derived from one of them.

Owns reading them and the derivation. Does not own making them (`make init`), and puts none of them into the
configuration model: they are Outputs from here to the resource that needs them.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Final

import pulumi
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from pulumi.runtime import config as runtime_config

from stacks.config import MADE, PROJECT, SECRETS, ConfigurationError
from stacks.config.snapshots import KEYS as SNAPSHOT_KEYS

ROOT_BYTES: Final = 32
SSH_KEY: Final = "sshPrivateKey"
INGRESS_KEY: Final = "ingressKey"
REPLICATED_PASSWORD: Final = "replicatedPassword"  # noqa: S105 - the key's name
PULL_SECRET: Final = "replicatedPullSecret"  # noqa: S105 - the key's name
RELEASE_SECRETS: Final = "releaseSecrets"
SHORTEST_PASSWORD: Final = 8


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """All secret, all text: `root` is base64 of 32 bytes, the others are PEM."""

    root: pulumi.Output[str]
    ca_certificate: pulumi.Output[str]
    ca_key: pulumi.Output[str]
    ssh_private_key: pulumi.Output[str] | None
    """Made hosts admit it. For hosts that exist it may be absent: then it is in an agent of the user's."""
    ingress_key: pulumi.Output[str] | None = None
    """The key of the ingress's certificate, if that is the user's own."""
    ingress_public: bytes | None = None
    """Its public half, which is no secret: what its certificate must hold (DER)."""
    replicated_password: pulumi.Output[str] | None = None
    """Opens the daemon's console; absent, the stack derives one."""
    pull_secret: pulumi.Output[str] | None = None
    """A .dockerconfigjson for the registry of the daemon's images, where that asks for a name."""
    release_secrets: pulumi.Output[str] | None = None
    """Options of the release that are secret: JSON of names and texts."""
    release_names: frozenset[str] = frozenset()
    """Their names, which are no secret."""
    snapshot_keys: pulumi.Output[str] | None = None
    """The keys of a store of objects that is not the appliance's: JSON with accessKey and secretKey."""


def from_pulumi(*, needs_key: bool) -> Secrets:
    """The secrets of the stack that Pulumi runs. Raises ConfigurationError that names everything that is wrong."""
    stack = pulumi.get_stack()
    given = tuple(
        key
        for key in SECRETS
        if (key in MADE and (needs_key or key != SSH_KEY))
        or runtime_config.get_config(f"{PROJECT}:{key}")
    )
    wrong = [fault for key in given if (fault := _fault(key, stack))]
    if wrong:
        raise ConfigurationError("\n".join(f"Pulumi.{stack}.yaml: {fault}" for fault in wrong))
    values = pulumi.Config(PROJECT)
    return Secrets(
        root=values.require_secret("rootSecret"),
        ca_certificate=values.require_secret("caCertificate"),
        ca_key=values.require_secret("caKey"),
        ssh_private_key=values.get_secret(SSH_KEY),
        ingress_key=values.get_secret(INGRESS_KEY),
        ingress_public=_public(runtime_config.get_config(f"{PROJECT}:{INGRESS_KEY}")),
        replicated_password=values.get_secret(REPLICATED_PASSWORD),
        pull_secret=values.get_secret(PULL_SECRET),
        release_secrets=values.get_secret(RELEASE_SECRETS),
        release_names=release_names(runtime_config.get_config(f"{PROJECT}:{RELEASE_SECRETS}")),
        snapshot_keys=values.get_secret(SNAPSHOT_KEYS),
    )


def derive(
    root: pulumi.Output[str], label: str, epoch: int = 1, length: int = 32
) -> pulumi.Output[str]:
    """`length` bytes for `label`, in hexadecimal and secret. A higher `epoch` gives another value: that is rotation."""
    derived = root.apply(lambda text: derive_bytes(text, label, epoch, length).hex())
    return pulumi.Output.secret(derived)


def derive_bytes(root: str, label: str, epoch: int = 1, length: int = 32) -> bytes:
    """HKDF-SHA256 of the root secret (base64). Raises ValueError if root, label or epoch is unusable."""
    if not label or "\0" in label:
        raise ValueError("a derived secret needs a label without NUL characters")
    if epoch < 1:
        raise ValueError(f"the epoch of the secret {label} is {epoch}; it counts from 1")
    # NUL between the parts: no label and epoch can be read as another label and epoch.
    info = b"\0".join((b"kubernetes-appliance", label.encode(), str(epoch).encode()))
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(_root(root))


def _root(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != ROOT_BYTES:
        raise ValueError(f"{PROJECT}:rootSecret is not {ROOT_BYTES} bytes in base64")
    return found


def _fault(key: str, stack: str) -> str | None:
    """What is wrong with one of the keys, without its value."""
    full = f"{PROJECT}:{key}"
    text = runtime_config.get_config(full)
    if not text:
        return f"{key}: missing; run `make init STACK={stack}`, which makes all secrets that are not there"
    if key != "caCertificate" and not runtime_config.is_config_secret(full):
        return f"{key}: stands there readable; remove it and set it with `pulumi config set --secret {key}`"
    try:
        _check(key, text)
    except ValueError as error:
        return f"{key}: {error}; give another with `pulumi config set --secret {key}`"
    return None


def _check(key: str, text: str) -> None:
    """ValueError if the text is not of the kind that the key holds."""
    own_kinds = {
        "rootSecret": _root,
        REPLICATED_PASSWORD: _password,
        PULL_SECRET: _pull_secret,
        RELEASE_SECRETS: release_names,
        SNAPSHOT_KEYS: store_keys,
    }
    if key in own_kinds:
        own_kinds[key](text)
        return
    kind = {
        "caCertificate": "CERTIFICATE",
        "caKey": "PRIVATE KEY",
        "sshPrivateKey": "OPENSSH PRIVATE KEY",
        INGRESS_KEY: "PRIVATE KEY",
    }[key]
    # An EC or RSA key may say so in its first line, hence only the end of that line.
    first = text.strip().partition("\n")[0]
    if not (first.startswith("-----BEGIN ") and first.rstrip().endswith(f"{kind}-----")):
        raise ValueError(f"is no PEM text of a {kind}")
    if key == INGRESS_KEY:
        _public(text)


def _public(text: str | None) -> bytes | None:
    """The public half of a private key; ValueError if the text is none, or is encrypted."""
    if not text:
        return None
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except TypeError:
        raise ValueError("is locked with a passphrase, which nobody is there to type") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("is damaged, or no private key of a known kind") from None
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def release_names(text: str | None) -> frozenset[str]:
    """The names of the secret options; ValueError if the text is not of that kind."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise ValueError('is no JSON of names and texts such as {"password": "…"}')
    return frozenset(found)


def store_keys(text: str) -> dict[str, str]:
    """The keys of a store of objects; ValueError if the text is not of that kind."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    wanted = {"accessKey", "secretKey"}
    if (
        not isinstance(found, dict)
        or set(found) != wanted
        or not all(isinstance(each, str) and each for each in found.values())
    ):
        raise ValueError('is no JSON of two keys such as {"accessKey": "…", "secretKey": "…"}')
    return found


def _password(text: str) -> None:
    if len(text) < SHORTEST_PASSWORD or not text.isprintable():
        raise ValueError(f"is no password of at least {SHORTEST_PASSWORD} printable characters")


def _pull_secret(text: str) -> None:
    try:
        named = bool(json.loads(text)["auths"].keys())
    except (ValueError, TypeError, KeyError, AttributeError):
        named = False
    if not named:
        raise ValueError('is no .dockerconfigjson, JSON with registries under the key "auths"')
