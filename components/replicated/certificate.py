"""The pod's certificate: one for the registry and the console, from the stack's own authority.

Owns the names in it. Does not own how it is made (components/certificates.py), nor whom nodes trust: they have the
authority already.
"""

from collections.abc import Iterable, Mapping
from ipaddress import AddressValueError, IPv4Address

from components.certificates import issue
from components.replicated.places import NAMESPACE, REGISTRY, UI


def tls_data(
    *, ca_certificate: str, ca_key: str, seed: str, addresses: Iterable[str], hostname: str
) -> Mapping[str, str]:
    """The Secret's data. `seed` is hexadecimal; `hostname` is a name or an address of the console, or empty."""
    given = {*addresses, "127.0.0.1", *([hostname] if hostname else [])}
    numbers = {each for each in given if _is_address(each)}
    services = {
        f"{service}.{NAMESPACE}{end}"
        for service in (REGISTRY, UI)
        for end in ("", ".svc", ".svc.cluster.local")
    }
    leaf = issue(
        authority_certificate_pem=ca_certificate,
        authority_key_pem=ca_key,
        seed=bytes.fromhex(seed),
        common_name=REGISTRY,
        dns_names=(given - numbers) | services | {"localhost"},
        ip_addresses=numbers,
        server=True,
    )
    return {"tls.crt": leaf.certificate_pem, "tls.key": leaf.key_pem, "ca.crt": ca_certificate}


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True
