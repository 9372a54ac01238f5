"""The group network: what each network can do, and what is asked of it in vain."""

from typing import Any

import pytest

from tests.stacks.config.given import Given

FLANNEL: dict[str, Any] = {"provider": "flannel", "encryption": False, "policies": False}
MANIFEST: dict[str, Any] = {
    "provider": "manifest",
    "manifest": "network.yaml",
    "encryption": False,
    "policies": True,
}


def faults(given: Given, **network: Any) -> list[str]:
    given.values["network"] = network
    return given.faults()


def test_without_a_word_traffic_is_encrypted_and_policies_are_enforced(local: Given) -> None:
    network = local.load().network
    assert (network.provider, network.encryption, network.policies) == ("weave", True, True)


def test_a_network_of_a_later_release_is_understood_and_refused(local: Given) -> None:
    assert faults(local, provider="calico") == [
        "network.provider: calico comes with a later release; this one installs weave, flannel, manifest"
    ]


def test_flannel_is_asked_neither_to_encrypt_nor_to_enforce_policies(local: Given) -> None:
    assert faults(local, provider="flannel") == [
        "network.encryption: flannel does not encrypt; use weave, or set encryption to false",
        "network.policies: flannel does not enforce NetworkPolicies; use weave, or set policies to false",
    ]
    assert faults(local, **FLANNEL) == []


def test_weave_cannot_be_made_to_ignore_policies(local: Given) -> None:
    assert faults(local, policies=False) == [
        "network.policies: weave always enforces NetworkPolicies; remove the key, or use flannel"
    ]
    assert faults(local, policies=True, encryption=False) == []


def test_what_a_manifest_does_must_be_said_since_nobody_else_knows(local: Given) -> None:
    unseen = "missing; what a manifest does cannot be seen from here, so say true if it"
    assert faults(local, provider="manifest", manifest="x.yaml") == [
        f"network.encryption: {unseen} encrypts, else false",
        f"network.policies: {unseen} enforces NetworkPolicies, else false",
    ]
    for encryption in (True, False):
        assert faults(local, **{**MANIFEST, "encryption": encryption}) == []
        assert local.load().network.encryption is encryption


def test_a_value_that_could_not_be_read_is_not_called_missing(local: Given) -> None:
    assert faults(local, **{**MANIFEST, "encryption": "perhaps"}) == [
        "network.encryption: is text; give true or false"
    ]


def test_a_manifest_is_a_file(local: Given) -> None:
    given = {key: value for key, value in MANIFEST.items() if key != "manifest"}
    assert faults(local, **given) == [
        "network.manifest: missing; give the path of the YAML file with your network's objects"
    ]


@pytest.mark.parametrize(
    ("key", "value"), [("manifest", "network.yaml"), ("flannel", {"backend": "vxlan"})]
)
def test_settings_of_another_network_are_refused(local: Given, key: str, value: object) -> None:
    assert faults(local, **{key: value}) == [
        f"network.{key}: is only read with provider {key}; remove the key, or change the provider"
    ]


def test_flannel_goes_through_vxlan_unless_another_backend_is_given(local: Given) -> None:
    assert faults(local, **FLANNEL) == []
    assert local.load().network.backend == "vxlan"
    assert faults(local, **FLANNEL, flannel={"backend": "host-gw"}) == []
    assert local.load().network.backend == "host-gw"
    assert faults(local, **FLANNEL, flannel={"backend": "udp"}) == [
        "network.flannel.backend: 'udp' is not one of vxlan, host-gw"
    ]


def test_a_size_of_packets_is_refused_where_nothing_reads_it(local: Given) -> None:
    assert faults(local, **FLANNEL, mtu=1400) == []
    assert faults(local, **FLANNEL, mtu=1400, flannel={"backend": "host-gw"}) == [
        "network.mtu: host-gw adds nothing to packets, so pods have the hosts' own size; remove the key"
    ]
    assert faults(local, **MANIFEST, mtu=1400) == [
        "network.mtu: is not read with a manifest; set it there, and remove the key"
    ]


def test_romana_is_named_as_dead(local: Given) -> None:
    local.values["network"] = {"provider": "romana"}
    assert local.fault() == (
        "network.provider: romana is dead and runs on no living Kubernetes; use weave"
    )


def test_another_network_comes_with_the_choices(local: Given) -> None:
    local.values["network"] = {"provider": "cilium"}
    assert local.fault() == (
        "network.provider: 'cilium' is not one of weave, flannel, calico, manifest"
    )


@pytest.mark.parametrize("mtu", [575, 65536])
def test_an_mtu_is_from_576_to_65535(local: Given, mtu: int) -> None:
    local.values["network"] = {"mtu": mtu}
    assert local.fault().startswith(f"network.mtu: {mtu} is too ")
