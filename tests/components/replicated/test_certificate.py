from cryptography import x509

from components.replicated.certificate import tls_data
from tests.components.replicated.given import AUTHORITY


def names(hostname: str) -> tuple[set[str], set[str]]:
    data = tls_data(
        ca_certificate=AUTHORITY.certificate_pem,
        ca_key=AUTHORITY.key_pem,
        seed="ab" * 32,
        addresses=["10.100.100.101", "192.0.2.11"],
        hostname=hostname,
    )
    found = x509.load_pem_x509_certificate(data["tls.crt"].encode())
    alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = {str(each) for each in alternatives.get_values_for_type(x509.IPAddress)}
    return set(alternatives.get_values_for_type(x509.DNSName)), addresses


def test_it_holds_every_name_that_the_registry_and_the_console_are_reached_by() -> None:
    dns, addresses = names("console.example.com")
    assert dns >= {"console.example.com", "localhost", "replicated-registry.default.svc"}
    assert "replicated-ui.default.svc.cluster.local" in dns
    assert addresses == {"10.100.100.101", "192.0.2.11", "127.0.0.1"}


def test_a_console_may_be_called_by_an_address_or_not_at_all() -> None:
    assert "192.0.2.99" in names("192.0.2.99")[1]
    assert "" not in names("")[0]
