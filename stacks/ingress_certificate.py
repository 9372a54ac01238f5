"""The ingress's default certificate: from the stack's authority, or the file that a stack brings along.

Owns reading the file, and what it must have to be shown to clients. Does not own its key: of that only the public half
is known here (`stacks/secrets.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from stacks.config import Configuration

_KEY: Final = "ingress.certificate.file"
_SOON: Final = timedelta(days=30)
# What Envoy takes from a server; browsers take no more.
_RSA_BITS: Final = 2048


@dataclass(frozen=True, kw_only=True)
class PublicHalf:
    """The public half of the secret `ingressKey` (DER); None inside if the stack has no such secret."""

    key: bytes | None


def default_names(configuration: Configuration) -> tuple[str, ...]:
    """The names of the certificate that the stack's authority issues."""
    given = configuration.ingress.certificate.names
    below = f"apps.{configuration.kubernetes.cluster_name}.internal"
    return given or (below, f"*.{below}")


def chain(configuration: Configuration) -> str:
    """The file's certificates as PEM, the server's own first and nothing else; empty without a file."""
    file = configuration.ingress.certificate.file
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in _read(file)) if file else ""


def public_half(configuration: Configuration) -> bytes | None:
    """The public key in the file's first certificate (DER), which the secret `ingressKey` must be the other half of."""
    file = configuration.ingress.certificate.file
    if file is None:
        return None
    try:
        first = _read(file)[0]
    except ValueError:
        # What is wrong with the file is told by `faults`.
        return None
    return first.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def faults(configuration: Configuration, public: PublicHalf | None, now: datetime) -> Iterator[str]:
    """What is wrong with the file, as `key: sentence`.

    Who has no secrets gives None for `public`, and is told nothing about the key.
    """
    file = configuration.ingress.certificate.file
    if file is None:
        if public is not None and public.key is not None and configuration.ingress.provider:
            yield "ingressKey: is set without ingress.certificate.file; give that too, or remove the key"
        return
    try:
        certificates = _read(file)
    except ValueError as error:
        yield f"{_KEY}: {file} {error}"
        return
    for sentence in (
        *_dates(certificates, now),
        *_names(certificates[0], configuration.ingress.certificate.names),
        *_kind(certificates[0]),
        *(_pair(certificates, public.key) if public is not None else ()),
    ):
        yield f"{_KEY}: {file} {sentence}"


def warnings(configuration: Configuration, now: datetime) -> Iterator[str]:
    """A line when the file will not do for much longer."""
    file = configuration.ingress.certificate.file
    if file is None:
        return
    ends = min(each.not_valid_after_utc for each in _read(file))
    if ends - now < _SOON:
        yield (
            f"Pulumi.{configuration.stack}.yaml: {_KEY}: {file} ends on {ends:%Y-%m-%d}, in {(ends - now).days} days; "
            "replace it and its key before"
        )


def _read(file: Path) -> list[x509.Certificate]:
    """The certificates; ValueError with the end of a sentence that begins with the file's name."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror}); give a file of PEM") from None
    if b"PRIVATE KEY-----" in data:
        raise ValueError(
            "holds a private key, which must not stand in clear; leave it out, and set it as the secret ingressKey"
        )
    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError:
        raise ValueError("is no PEM of certificates; give one or more, as text") from None


def _dates(certificates: Sequence[x509.Certificate], now: datetime) -> Iterator[str]:
    for each in certificates:
        whose = "" if each is certificates[0] else f" (that of {each.subject.rfc4514_string()})"
        if each.not_valid_after_utc <= now:
            yield f"expired on {each.not_valid_after_utc:%Y-%m-%d}{whose}; give one that is valid"
        elif each.not_valid_before_utc > now:
            yield f"is not valid before {each.not_valid_before_utc:%Y-%m-%d}{whose}; give one that is"


def _names(certificate: x509.Certificate, wanted: Sequence[str]) -> Iterator[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        has = [name.lower() for name in extension.value.get_values_for_type(x509.DNSName)]
    except x509.ExtensionNotFound:
        has = []
    if not has:
        yield "is for no DNS name (subjectAltName), by which clients would know it; give another"
        return
    missing = [name for name in wanted if not any(_covers(one, name) for one in has)]
    if missing:
        yield f"is for {', '.join(has)}, and not for {', '.join(missing)} of ingress.certificate.names"


def _covers(has: str, wanted: str) -> bool:
    """Whether a certificate's name stands for another: a * for exactly one label."""
    if has == wanted:
        return True
    label, _, above = wanted.partition(".")
    return label != "*" and has == f"*.{above}"


def _kind(certificate: x509.Certificate) -> Iterator[str]:
    key = certificate.public_key()
    sound = isinstance(key, ec.EllipticCurvePublicKey) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= _RSA_BITS
    )
    if not sound:
        yield f"has a key that proxies do not take; give one of RSA with {_RSA_BITS} bits or more, or of ECDSA"


def _pair(certificates: Sequence[x509.Certificate], public_key: bytes | None) -> Iterator[str]:
    if public_key is None:
        yield (
            "needs its private key: run `pulumi config set --secret appliance:ingressKey < FILE` in make shell"
        )
        return
    belongs = [public_bytes(each) == public_key for each in certificates]
    if any(belongs[1:]):
        yield "does not begin with the certificate that the secret ingressKey belongs to; put that first"
    elif not belongs[0]:
        yield "does not belong to the secret ingressKey; give the certificate and the key of one pair"


def public_bytes(certificate: x509.Certificate) -> bytes:
    """The public key of a certificate, as it is compared with others."""
    key = certificate.public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
