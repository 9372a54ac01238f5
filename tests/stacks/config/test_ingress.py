"""The group ingress: what is chosen, and what is refused of it."""

from typing import Any

import pytest

from tests.stacks.config.given import Given


def faults(given: Given, **ingress: Any) -> list[str]:
    given.values["ingress"] = ingress
    return given.faults()


def test_without_the_group_there_is_no_ingress(local: Given) -> None:
    assert local.load().ingress.provider is None
    # What Pulumi hands on for a stack whose file has no such group.
    local.values["ingress"] = {}
    assert local.load().ingress.provider is None


def test_a_provider_is_all_that_must_be_given(local: Given) -> None:
    assert faults(local, provider="contour") == []
    ingress = local.load().ingress
    assert (ingress.default_class, ingress.proxy_protocol, ingress.addresses) == (True, False, ())


def test_settings_without_a_provider_are_not_passed_over(local: Given) -> None:
    assert faults(local, defaultClass=False) == [
        "ingress.provider: missing; give one of contour, nginx, or remove the group"
    ]


def test_another_provider_comes_with_the_choices(local: Given) -> None:
    assert faults(local, provider="traefik") == [
        "ingress.provider: 'traefik' is not one of contour, nginx"
    ]


def test_ingress_nginx_is_a_warning(local: Given) -> None:
    assert faults(local, provider="nginx") == []
    (warning,) = local.load().warnings
    assert warning.startswith(
        "Pulumi.dev.yaml: ingress.provider: upstream retired ingress-nginx in March 2026"
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("apps.*.example.com", "'apps.*.example.com' has a * elsewhere than in front"),
        ("*", "'*' has a * elsewhere than in front"),
        ("192.0.2.1", "'192.0.2.1' is an address; give names"),
        ("a_b.example.com", "'a_b.example.com' is neither an IPv4 address nor a DNS name"),
        ("", "'' is neither an IPv4 address nor a DNS name"),
    ],
)
def test_a_certificate_is_for_names(local: Given, name: str, sentence: str) -> None:
    (fault,) = faults(local, provider="contour", certificate={"names": ["ok.test", name]})
    assert fault.startswith(f"ingress.certificate.names[1]: {sentence}")


def test_names_are_compared_in_small_letters(local: Given) -> None:
    names = ["*.Apps.example.com", "www.example.com"]
    assert faults(local, provider="contour", certificate={"names": names}) == []
    assert local.load().ingress.certificate.names == ("*.apps.example.com", "www.example.com")
    assert faults(local, provider="contour", certificate={"names": ["a.test", "A.test"]}) == [
        "ingress.certificate.names: 'a.test' stands there twice"
    ]


def test_every_fault_of_the_group_is_reported_at_once(local: Given) -> None:
    found = faults(
        local,
        provider="contour",
        addresses=["fd00::1"],
        proxyProtocol="yes",
        certificate={"names": ["a b"], "file": "", "key": "x"},
    )
    assert [fault.partition(":")[0] for fault in found] == [
        "ingress.addresses[0]",
        "ingress.proxyProtocol",
        "ingress.certificate.names[0]",
        "ingress.certificate.file",
        "ingress.certificate.key",
    ]
