import pulumi
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from components.certificates import Authority
from components.ingress.certificate import Certificate, Issuer, issued, tls_secret
from tests.conftest import Engine

SEED, OTHER = "00" * 32, "01" * 32


async def made(issuer: Issuer, *, client: bool = False, seed: str = SEED) -> tuple[str, str]:
    found = issued(issuer, pulumi.Output.secret(seed), ["a.test", "*.b.test"], client=client)
    chain = await pulumi.Output.from_input(found.chain).future()
    key = await found.key.future()
    assert chain is not None
    assert key is not None
    return chain, key


@pulumi.runtime.test
async def test_a_certificate_is_of_the_authority_for_its_names_and_the_same_every_time(
    issuer: Issuer, authority: Authority
) -> None:
    first, second = await made(issuer), await made(issuer)
    assert first == second
    found = x509.load_pem_x509_certificate(first[0].encode())
    found.verify_directly_issued_by(
        x509.load_pem_x509_certificate(authority.certificate_pem.encode())
    )
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["*.b.test", "a.test"]


@pulumi.runtime.test
async def test_another_seed_is_another_key(issuer: Issuer) -> None:
    assert (await made(issuer))[1] != (await made(issuer, seed=OTHER))[1]


@pulumi.runtime.test
async def test_a_client_s_certificate_is_no_server_s(issuer: Issuer) -> None:
    for client, usage in (
        (True, ExtendedKeyUsageOID.CLIENT_AUTH),
        (False, ExtendedKeyUsageOID.SERVER_AUTH),
    ):
        chain, _ = await made(issuer, client=client)
        found = x509.load_pem_x509_certificate(chain.encode())
        usages = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert list(usages) == [usage]


@pulumi.runtime.test
async def test_a_key_is_secret_wherever_it_comes_from(issuer: Issuer) -> None:
    assert await issued(issuer, pulumi.Output.from_input(SEED), ["a.test"]).key.is_secret()


@pytest.mark.parametrize("authority_pem", [None, "the authority"])
@pulumi.runtime.test
async def test_who_verifies_the_other_side_finds_the_authority_beside_its_own_certificate(
    engine: Engine, authority_pem: str | None
) -> None:
    pair = Certificate(chain="chain", key=pulumi.Output.secret("key"))
    made = tls_secret("it", {"name": "it"}, pair, pulumi.ResourceOptions(), authority=authority_pem)
    await made.id.future()
    assert engine["it"].inputs["type"] == "kubernetes.io/tls"
    assert engine["it"].is_secret("stringData")
    assert engine["it"].inputs["stringData"] == {
        "tls.crt": "chain",
        "tls.key": "key",
        **({"ca.crt": authority_pem} if authority_pem else {}),
    }
