"""What the tests of the ingress share: an authority, and certificates of it."""

import datetime as dt

import pulumi
import pytest

from components.certificates import Authority, new_authority
from components.ingress.certificate import Certificate, Issuer


@pytest.fixture(scope="session")
def authority() -> Authority:
    return new_authority("test", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


@pytest.fixture
def issuer(authority: Authority) -> Issuer:
    return Issuer(
        certificate=pulumi.Output.secret(authority.certificate_pem),
        key=pulumi.Output.secret(authority.key_pem),
    )


def certificate(name: str) -> Certificate:
    """Not one that anybody would take; it is easy to find again."""
    return Certificate(chain=f"chain of {name}", key=pulumi.Output.secret(f"key of {name}"))
