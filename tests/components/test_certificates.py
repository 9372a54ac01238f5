"""Certificates: determinism, and acceptance by clients other than the library that made them."""

import hashlib
import ipaddress
import shutil
import socket
import ssl
import subprocess
import threading
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from components.certificates import (
    Authority,
    Leaf,
    fingerprint,
    issue,
    new_authority,
    valid_from,
)

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SEED = bytes(range(32))
AUTHORITY = new_authority("appliance-dev", START)


def certificate(**changes: Any) -> Leaf:
    arguments: dict[str, Any] = {
        "authority_certificate_pem": AUTHORITY.certificate_pem,
        "authority_key_pem": AUTHORITY.key_pem,
        "seed": SEED,
        "common_name": "registry",
        "dns_names": ("registry.test", "localhost"),
        "ip_addresses": ("10.77.0.2", "127.0.0.1"),
        "server": True,
    }
    return issue(**arguments | changes)


def parsed(leaf: Leaf) -> x509.Certificate:
    return x509.load_pem_x509_certificate(leaf.certificate_pem.encode())


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert certificate() == certificate()


def test_a_certificate_is_told_by_the_fingerprint_that_openssl_and_the_probe_print() -> None:
    body = "".join(AUTHORITY.certificate_pem.splitlines()[1:-1])
    assert fingerprint(AUTHORITY.certificate_pem) == hashlib.sha256(b64decode(body)).hexdigest()


def test_the_first_moment_of_a_certificate_is_known_in_seconds() -> None:
    assert valid_from(AUTHORITY.certificate_pem) == START.timestamp()


def test_order_and_repetition_of_names_mean_nothing() -> None:
    assert certificate() == certificate(
        dns_names=["localhost", "registry.test", "localhost"],
        ip_addresses=["127.0.0.1", "10.77.0.2"],
    )


@pytest.mark.parametrize(
    "change",
    [
        {"seed": bytes(32)},
        {"common_name": "other"},
        {"dns_names": ("localhost",)},
        {"ip_addresses": ()},
        {"client": True},
    ],
)
def test_another_content_gives_another_serial_number(change: dict[str, Any]) -> None:
    # Clients refuse two different certificates of one issuer with the same number.
    assert parsed(certificate(**change)).serial_number != parsed(certificate()).serial_number


def test_a_certificate_is_the_same_for_life() -> None:
    # Another certificate would restart every service that has one, in every cluster that runs.
    authority = given_authority(ec.derive_private_key(1, ec.SECP256R1()))
    made = certificate(
        authority_certificate_pem=authority.certificate_pem, authority_key_pem=authority.key_pem
    )
    digest = hashlib.sha256((made.certificate_pem + made.key_pem).encode()).hexdigest()
    assert digest == "ec16cedf55d0a9483538998dfb0f0a9f1ed6edd1d8b9fd8176d76a502d588fb7"


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=64))
def test_every_seed_gives_a_key_and_a_positive_serial_number(seed: bytes) -> None:
    found = parsed(certificate(seed=seed))

    assert 0 < found.serial_number < 2**127
    found.verify_directly_issued_by(
        x509.load_pem_x509_certificate(AUTHORITY.certificate_pem.encode())
    )


def test_a_certificate_lives_as_long_as_its_authority() -> None:
    found, authority = (
        parsed(certificate()),
        parsed(Leaf(certificate_pem=AUTHORITY.certificate_pem, key_pem="")),
    )

    assert found.not_valid_before_utc == authority.not_valid_before_utc == START
    assert found.not_valid_after_utc == authority.not_valid_after_utc == START.replace(year=2036)


def test_an_authority_of_29_february_ends_on_the_28th() -> None:
    authority = new_authority("x", datetime(2028, 2, 29, tzinfo=UTC), years=1)
    ends = parsed(Leaf(certificate_pem=authority.certificate_pem, key_pem="")).not_valid_after_utc
    assert (ends.year, ends.month, ends.day) == (2029, 2, 28)


def test_two_authorities_have_nothing_in_common() -> None:
    assert new_authority("appliance-dev", START).key_pem != AUTHORITY.key_pem


@pytest.mark.parametrize(
    ("purpose", "usage", "accepted"),
    [
        ("sslserver", {"server": True}, True),
        ("sslclient", {"server": True}, False),
        ("sslclient", {"server": False, "client": True}, True),
        ("sslserver", {"server": False, "client": True}, False),
        ("sslserver", {"server": True, "client": True}, True),
        ("sslclient", {"server": True, "client": True}, True),
    ],
)
def test_openssl_accepts_a_certificate_for_its_usage_only(
    tmp_path: Path,
    purpose: str,
    usage: dict[str, bool],
    accepted: bool,  # noqa: FBT001
) -> None:
    (tmp_path / "ca.pem").write_text(AUTHORITY.certificate_pem)
    (tmp_path / "leaf.pem").write_text(certificate(**usage).certificate_pem)

    command = ["openssl", "verify", "-x509_strict", "-attime", str(int(START.timestamp()) + 1)]
    command += ["-CAfile", str(tmp_path / "ca.pem"), "-purpose", purpose]
    result = subprocess.run(
        [*command, str(tmp_path / "leaf.pem")], capture_output=True, check=False
    )
    assert (result.returncode == 0) is accepted, result.stderr.decode()


@pytest.mark.parametrize("client", ["localhost", "registry.test", "10.77.0.2"])
def test_a_tls_client_accepts_every_name_and_address(tmp_path: Path, client: str) -> None:
    assert handshake(tmp_path, certificate(), client) is None


@pytest.mark.parametrize("client", ["other.test", "10.77.0.3"])
def test_a_tls_client_refuses_other_names_and_addresses(tmp_path: Path, client: str) -> None:
    assert isinstance(handshake(tmp_path, certificate(), client), ssl.SSLCertVerificationError)


def handshake(directory: Path, leaf: Leaf, name: str) -> Exception | None:
    """One TLS handshake over a socket pair; the client's error, if it has one."""
    (directory / "leaf.pem").write_text(leaf.certificate_pem + leaf.key_pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(directory / "leaf.pem")
    client = ssl.create_default_context(cadata=AUTHORITY.certificate_pem)
    near, far = socket.socketpair()

    def answer() -> None:
        try:
            server.wrap_socket(far, server_side=True).close()
        except OSError:
            far.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        client.wrap_socket(near, server_hostname=name).close()
    except ssl.SSLError as error:
        near.close()
        return error
    finally:
        thread.join(10)
    return None


@pytest.mark.skipif(
    shutil.which("certtool") is None, reason="GnuTLS's certtool is not on this machine"
)
def test_gnutls_accepts_the_chain(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(AUTHORITY.certificate_pem)
    command = [
        "certtool",
        "--verify",
        "--load-ca-certificate",
        str(tmp_path / "ca.pem"),
        "--verify-hostname",
        "localhost",
    ]
    subprocess.run(
        command, input=certificate().certificate_pem.encode(), check=True, capture_output=True
    )


def test_every_identifier_points_at_the_authority() -> None:
    found, authority = (
        parsed(certificate()),
        parsed(Leaf(certificate_pem=AUTHORITY.certificate_pem, key_pem="")),
    )
    pointer = found.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value

    assert pointer.key_identifier == own.digest
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).critical
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("10.77.0.2"),
        ipaddress.ip_address("127.0.0.1"),
    ]


def given_authority(key: Any) -> Authority:
    """An authority as an operator's own software makes it: no subject key identifier."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "given")])
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, START, START.replace(year=2030))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(
            key,
            algorithm,
            ecdsa_deterministic=True if isinstance(key, ec.EllipticCurvePrivateKey) else None,
        )
    )
    return Authority(
        certificate_pem=made.public_bytes(serialization.Encoding.PEM).decode(),
        key_pem=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
    )


def test_a_given_rsa_authority_works_and_is_deterministic_too() -> None:
    authority = given_authority(rsa.generate_private_key(65537, 2048))
    pems = {
        "authority_certificate_pem": authority.certificate_pem,
        "authority_key_pem": authority.key_pem,
    }

    assert certificate(**pems) == certificate(**pems)
    parsed(certificate(**pems)).verify_directly_issued_by(
        x509.load_pem_x509_certificate(authority.certificate_pem.encode())
    )


def test_an_authority_that_cannot_sign_here_is_refused() -> None:
    other = given_authority(ed25519.Ed25519PrivateKey.generate())

    with pytest.raises(ValueError, match="neither an elliptic-curve nor an RSA key"):
        certificate(
            authority_certificate_pem=other.certificate_pem, authority_key_pem=other.key_pem
        )
    with pytest.raises(ValueError, match="does not belong to its certificate"):
        certificate(authority_key_pem=new_authority("x", START).key_pem)


@pytest.mark.parametrize(
    "change",
    [{"seed": bytes(31)}, {"server": False}, {"dns_names": (), "ip_addresses": ()}],
)
def test_a_certificate_that_no_client_could_use_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="registry"):
        certificate(**change)
