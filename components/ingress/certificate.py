"""Certificates of the ingress: what is shown to clients, and what its own parts show each other.

Owns issuing them from an authority as Outputs, and the Secrets that hold them. Does not own the authority, nor the
computation (`components/certificates.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.certificates import Leaf, issue

COMMON_NAME = "appliance-ingress"


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """An authority as PEM; its key is secret."""

    certificate: pulumi.Output[str]
    key: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate, with those that lead to its authority after it, and its key, as PEM; the key is secret."""

    chain: pulumi.Input[str]
    key: pulumi.Output[str]


def issued(
    issuer: Issuer, seed: pulumi.Output[str], names: Iterable[str], *, client: bool = False
) -> Certificate:
    """A certificate for these DNS names that lives as long as its authority; for a client if `client`, else a server.

    Its key follows from `seed`: 32 secret bytes in hexadecimal, of its own for each certificate.
    """
    wanted = tuple(names)

    def make(known: Sequence[str]) -> Leaf:
        certificate, key, secret = known
        return issue(
            authority_certificate_pem=certificate,
            authority_key_pem=key,
            seed=bytes.fromhex(secret),
            common_name=COMMON_NAME,
            dns_names=wanted,
            server=not client,
            client=client,
        )

    leaf = pulumi.Output.all(issuer.certificate, issuer.key, seed).apply(make)
    return Certificate(
        chain=leaf.apply(lambda made: made.certificate_pem),
        key=pulumi.Output.secret(leaf.apply(lambda made: made.key_pem)),
    )


def tls_secret(
    name: str,
    metadata: kubernetes.meta.v1.ObjectMetaArgsDict,
    certificate: Certificate,
    opts: pulumi.ResourceOptions,
    *,
    authority: pulumi.Input[str] | None = None,
) -> kubernetes.core.v1.Secret:
    """The Secret of a certificate; with an `authority` also that, for who verifies the other side by it."""
    known = {} if authority is None else {"ca.crt": authority}
    return kubernetes.core.v1.Secret(
        name,
        metadata=metadata,
        type="kubernetes.io/tls",
        string_data={"tls.crt": certificate.chain, "tls.key": certificate.key, **known},
        opts=opts,
    )
