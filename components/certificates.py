"""X.509 certificates without a clock and without chance: the same inputs give the same bytes.

Owns the stack's certificate authority and the certificates it issues. Does not own where they are kept: the authority
is a secret of the stack, and a certificate is computed again whenever it is needed.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AuthorityKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_SERVER = [ExtendedKeyUsageOID.SERVER_AUTH]
_CLIENT = [ExtendedKeyUsageOID.CLIENT_AUTH]
_CURVE = ec.SECP256R1()
# 8 bytes more than the curve's order: the remainder is then as good as evenly distributed.
_KEY_BYTES = 40
_SERIAL_BYTES = 16
SEED_BYTES: Final = 32


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A certificate authority as PEM text; the key is secret."""

    certificate_pem: str
    key_pem: str


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """An issued certificate as PEM text; the key is secret."""

    certificate_pem: str
    key_pem: str


def new_authority(common_name: str, not_before: datetime, years: int = 10) -> Authority:
    """A new authority with a key made by chance: only for `make init`, whose result is kept."""
    key = ec.generate_private_key(_CURVE)
    start = not_before.astimezone(UTC).replace(microsecond=0)
    name = _name(common_name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(_later(start, years))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate_pem=_certificate_pem(certificate), key_pem=_key_pem(key))


def issue(
    *,
    authority_certificate_pem: str,
    authority_key_pem: str,
    seed: bytes,
    common_name: str,
    dns_names: Iterable[str] = (),
    ip_addresses: Iterable[str] = (),
    server: bool = False,
    client: bool = False,
) -> Leaf:
    """A certificate that lives as long as its authority; key and serial number follow from `seed` (32 secret bytes).

    Order and repetition of names and addresses mean nothing. Raises ValueError if the seed is short, there is no
    usage, a server has no name, or the authority is unusable.
    """
    if len(seed) < SEED_BYTES:
        raise ValueError(
            f"the seed of {common_name} has {len(seed)} bytes; {SEED_BYTES} are needed"
        )
    usages = [*_SERVER * server, *_CLIENT * client]
    names = sorted(set(dns_names))
    addresses = sorted({ipaddress.ip_address(text) for text in ip_addresses}, key=str)
    if not usages or (server and not (names or addresses)):
        raise ValueError(
            f"certificate {common_name}: give a usage, and names or addresses for a server"
        )
    issuer, issuer_key = _load(authority_certificate_pem, authority_key_pem)
    key = _key(seed)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .not_valid_before(issuer.not_valid_before_utc)
        .not_valid_after(issuer.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_issuer_identifier(issuer), critical=False)
    )
    if names or addresses:
        alternatives = [*map(x509.DNSName, names), *map(x509.IPAddress, addresses)]
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    serial = _serial(
        seed,
        issuer,
        (common_name, *names, *map(str, addresses), *(usage.dotted_string for usage in usages)),
    )
    # An RSA signature (PKCS #1 v1.5) is always the same; an elliptic-curve one only if asked for (RFC 6979).
    certificate = builder.serial_number(serial).sign(
        issuer_key,
        hashes.SHA256(),
        ecdsa_deterministic=True if isinstance(issuer_key, ec.EllipticCurvePrivateKey) else None,
    )
    return Leaf(certificate_pem=_certificate_pem(certificate), key_pem=_key_pem(key))


def fingerprint(certificate_pem: str) -> str:
    """The SHA-256 of a certificate in hexadecimal, by which it is told from any other."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    return certificate.fingerprint(hashes.SHA256()).hex()


def valid_from(certificate_pem: str) -> int:
    """Since when a certificate is valid, in seconds since 1970."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    return int(certificate.not_valid_before_utc.timestamp())


def _load(certificate_pem: str, key_pem: str) -> tuple[x509.Certificate, AuthorityKey]:
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    key = serialization.load_pem_private_key(key_pem.encode(), password=None)
    if not isinstance(key, AuthorityKey):
        raise ValueError("the authority's key is neither an elliptic-curve nor an RSA key")  # noqa: TRY004
    if key.public_key() != certificate.public_key():
        raise ValueError("the authority's key does not belong to its certificate")
    return certificate, key


def _key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(_expand(seed, b"certificate key P-256", _KEY_BYTES))
    order = _CURVE.group_order
    return ec.derive_private_key(number % (order - 1) + 1, _CURVE)


def _serial(seed: bytes, issuer: x509.Certificate, content: Iterable[str]) -> int:
    """A positive number that differs between two certificates of different content, as clients demand."""
    info = b"\0".join(
        (
            b"certificate serial",
            issuer.fingerprint(hashes.SHA256()),
            *(text.encode() for text in content),
        )
    )
    return int.from_bytes(_expand(seed, info, _SERIAL_BYTES)) >> 1 | 1


def _expand(seed: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(seed)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _issuer_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """The issuer's own identifier where it has one (an authority from elsewhere may count it differently)."""
    try:
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        key = issuer.public_key()
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)  # type: ignore[arg-type]
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _later(start: datetime, years: int) -> datetime:
    """The same day `years` later; from 29 February the 28th."""
    day = 28 if (start.month, start.day) == (2, 29) else start.day
    return start.replace(year=start.year + years, day=day)


def _certificate_pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
