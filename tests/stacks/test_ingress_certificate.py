"""The user's own certificate: what is refused of it, and when."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from stacks.config import Configuration, load
from stacks.ingress_certificate import (
    PublicHalf,
    chain,
    default_names,
    faults,
    public_bytes,
    warnings,
)

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
NO_KEY = PublicHalf(key=None)
NODES = [{"name": "n1", "roles": ["control-plane", "worker"]}]
CERTIFICATE = "-----BEGIN CERTIFICATE-----"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def configuration(file: Path | None = None, names: Sequence[str] = ()) -> Configuration:
    certificate: dict[str, Any] = {"names": list(names)}
    if file is not None:
        certificate["file"] = str(file)
    values = {
        "hosts": {"provider": "local", "nodes": NODES},
        "airgap": {"bundle": "local"},
        "ingress": {"provider": "contour", "certificate": certificate},
    }
    return load(values, stack="test", file="Pulumi.test.yaml")


def certificate(
    names: Iterable[str] = ("*.example.com", "example.com"),
    *,
    key: Key | None = None,
    begins: int = -100,
    ends: int = 265,
    subject: str = "apps",
) -> x509.Certificate:
    """A certificate that signed itself; `begins` and `ends` are days from NOW."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own.public_key())
        .serial_number(1)
        .not_valid_before(NOW + dt.timedelta(days=begins))
        .not_valid_after(NOW + dt.timedelta(days=ends))
    )
    if alternatives := [x509.DNSName(each) for each in names]:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    digest = None if isinstance(own, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(own, digest)


def written(directory: Path, *certificates: x509.Certificate) -> Path:
    file = directory / "apps.pem"
    file.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in certificates))
    return file


def refused(
    directory: Path, *certificates: x509.Certificate, names: Sequence[str] = ()
) -> list[str]:
    """The sentences about a file whose key is that of its first certificate."""
    file = written(directory, *certificates)
    found = faults(configuration(file, names), PublicHalf(key=public_bytes(certificates[0])), NOW)
    start = f"ingress.certificate.file: {file} "
    sentences = list(found)
    assert all(each.startswith(start) for each in sentences)
    return [each.removeprefix(start) for each in sentences]


def test_without_names_the_certificate_is_for_names_below_the_cluster_s() -> None:
    below = "apps.appliance-test.internal"
    assert default_names(configuration()) == (below, f"*.{below}")
    assert default_names(configuration(names=["a.test"])) == ("a.test",)


def test_a_sound_pair_is_accepted_and_only_its_certificates_are_read(tmp_path: Path) -> None:
    own, above = certificate(), certificate(subject="authority")
    assert refused(tmp_path, own, above, names=["www.example.com", "example.com"]) == []
    file = written(tmp_path, own, above)
    text = file.read_text()
    file.write_text(f"subject=apps\n{text}")
    assert chain(configuration(file)) == text
    assert chain(configuration()) == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("hello", "is no PEM of certificates"),
        (f"{CERTIFICATE}\nAAAA\n-----END CERTIFICATE-----\n", "is no PEM of certificates"),
    ],
)
def test_what_is_no_certificate_is_refused(tmp_path: Path, text: str | None, sentence: str) -> None:
    file = tmp_path / "apps.pem"
    if text is not None:
        file.write_text(text)
    (fault,) = faults(configuration(file), NO_KEY, NOW)
    assert fault.startswith(f"ingress.certificate.file: {file} {sentence}")


def test_a_key_in_the_file_is_refused_and_not_shown(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    file = written(tmp_path, certificate(key=key))
    file.write_text(file.read_text() + text)
    (fault,) = faults(configuration(file), NO_KEY, NOW)
    assert "holds a private key, which must not stand in clear" in fault
    assert text.splitlines()[1] not in fault


def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, certificate(ends=0)) == [
        "expired on 2026-11-21; give one that is valid"
    ]
    assert refused(tmp_path, certificate(begins=1)) == [
        "is not valid before 2026-11-22; give one that is"
    ]
    assert refused(tmp_path, certificate(), certificate(ends=-1, subject="above")) == [
        "expired on 2026-11-20 (that of CN=above); give one that is valid"
    ]


def test_a_certificate_that_ends_soon_is_a_warning(tmp_path: Path) -> None:
    assert list(warnings(configuration(), NOW)) == []
    assert list(warnings(configuration(written(tmp_path, certificate(ends=30))), NOW)) == []
    file = written(tmp_path, certificate(), certificate(ends=29))
    (warning,) = warnings(configuration(file), NOW)
    assert warning.startswith(
        f"Pulumi.test.yaml: ingress.certificate.file: {file} ends on 2026-12-20, in 29 days;"
    )


@pytest.mark.parametrize(
    ("has", "wanted", "missing"),
    [
        (["*.example.com"], "www.example.com", False),
        (["*.EXAMPLE.com"], "*.example.com", False),
        (["*.example.com"], "example.com", True),
        (["*.example.com"], "a.b.example.com", True),
        (["*.example.com"], "*.b.example.com", True),
        (["www.example.com"], "*.example.com", True),
    ],
)
def test_a_certificate_must_have_the_names_that_are_wanted(
    tmp_path: Path,
    has: list[str],
    wanted: str,
    missing: bool,  # noqa: FBT001
) -> None:
    found = refused(tmp_path, certificate(has), names=[wanted])
    told = f"is for {has[0].lower()}, and not for {wanted} of ingress.certificate.names"
    assert found == ([told] if missing else [])


def test_a_certificate_for_no_name_is_refused(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, certificate([]))
    assert fault.startswith("is for no DNS name (subjectAltName)")


def test_a_certificate_of_another_key_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, certificate(subject="a"), certificate(subject="b"))
    start = f"ingress.certificate.file: {file} "
    other = public_bytes(certificate())
    assert list(faults(configuration(file), PublicHalf(key=other), NOW)) == [
        f"{start}does not belong to the secret ingressKey; give the certificate and the key of one pair"
    ]
    second = public_bytes(x509.load_pem_x509_certificates(file.read_bytes())[1])
    assert list(faults(configuration(file), PublicHalf(key=second), NOW)) == [
        f"{start}does not begin with the certificate that the secret ingressKey belongs to; put that first"
    ]
    (fault,) = faults(configuration(file), NO_KEY, NOW)
    assert "needs its private key: run `pulumi config set --secret appliance:ingressKey" in fault


@pytest.mark.parametrize(
    ("key", "taken"),
    [
        (rsa.generate_private_key(65537, 1024), False),  # noqa: S505
        (rsa.generate_private_key(65537, 2048), True),
        (ec.generate_private_key(ec.SECP384R1()), True),
        (ed25519.Ed25519PrivateKey.generate(), False),
    ],
    ids=["rsa-1024", "rsa-2048", "p-384", "ed25519"],
)
def test_a_key_that_proxies_do_not_take_is_refused(
    tmp_path: Path,
    key: Key,
    taken: bool,  # noqa: FBT001
) -> None:
    found = refused(tmp_path, certificate(key=key))
    assert [each.startswith("has a key that proxies do not take") for each in found] == (
        [] if taken else [True]
    )


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, certificate(ends=-1))
    found = list(faults(configuration(file, ["other.test"]), NO_KEY, NOW))
    assert len(found) == 3


def test_a_key_without_a_certificate_is_not_passed_over() -> None:
    (fault,) = faults(configuration(), PublicHalf(key=b"key"), NOW)
    assert fault.startswith("ingressKey: is set without ingress.certificate.file")


def test_who_has_no_secrets_says_nothing_about_the_key_and_all_the_rest(tmp_path: Path) -> None:
    assert list(faults(configuration(written(tmp_path, certificate())), None, NOW)) == []
    (fault,) = faults(configuration(written(tmp_path, certificate(ends=-1))), None, NOW)
    assert "expired" in fault
