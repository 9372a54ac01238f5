"""The groups replicated and quotas."""

from typing import Any

import pytest

from tests.stacks.config.given import Given

INSTALL = {"install": True}


def replicated(local: Given, **keys: Any) -> Given:
    local.values["replicated"] = {**INSTALL, **keys}
    return local


def conf(local: Given, **keys: Any) -> Given:
    return replicated(local, conf=keys)


def test_nothing_is_installed_unless_it_is_asked_for(local: Given) -> None:
    assert local.load().replicated.install is False


def test_keys_without_the_daemon_are_refused(local: Given) -> None:
    local.values["replicated"] = {"channel": "beta"}
    assert local.fault() == (
        "replicated.install: is not true, so nothing of the group is read; set it to true, or remove the group"
    )


def test_the_daemon_s_claim_has_room_for_images_where_there_is_a_bundle(local: Given) -> None:
    found = replicated(local).load().replicated
    assert found.data_claim(airgapped=True) == "100Gi"
    assert found.data_claim(airgapped=False) == "10Gi"
    given = replicated(local, claims={"data": "7Gi"}).load().replicated
    assert given.data_claim(airgapped=True) == "7Gi"


@pytest.mark.parametrize(
    ("services", "address"),
    [
        ("10.96.0.0/12", "10.100.100.101"),
        ("10.200.0.0/16", "10.200.0.11"),
        ("192.168.7.0/28", "192.168.7.11"),
    ],
)
def test_the_registry_has_the_former_address_or_the_one_after_dns(
    local: Given, services: str, address: str
) -> None:
    local.kubernetes["serviceSubnet"] = services
    found = replicated(local).load()
    assert str(found.replicated.registry(found.kubernetes.service_subnet)) == address


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "10.200.0.1",
            (
                "10.200.0.1 is no address of a service; give one from 10.96.0.1 to 10.111.255.254 "
                "(kubernetes.serviceSubnet)"
            ),
        ),
        (
            "10.96.0.0",
            (
                "10.96.0.0 is no address of a service; give one from 10.96.0.1 to 10.111.255.254 "
                "(kubernetes.serviceSubnet)"
            ),
        ),
        ("10.96.0.10", "10.96.0.10 is that of DNS in kubernetes.serviceSubnet; give another one"),
        (
            "10.96.0.1",
            "10.96.0.1 is the API server's in kubernetes.serviceSubnet; give another one",
        ),
        ("x", "'x' is no IPv4 address such as 10.100.100.101"),
        ("fd00::1", "'fd00::1' is IPv6, which the appliance does not speak; give IPv4"),
    ],
)
def test_an_address_that_no_registry_can_have_is_refused(
    local: Given, address: str, sentence: str
) -> None:
    found = replicated(local, registryAddress=address).fault()
    assert found == f"replicated.registryAddress: {sentence}"


@pytest.mark.parametrize("image", ["docker.io/replicated/replicated", "Replicated:1", "a b:1"])
def test_an_image_needs_a_name_with_a_tag(local: Given, image: str) -> None:
    found = replicated(local, image=image).fault()
    assert (
        found
        == f"replicated.image: '{image}' is no image such as docker.io/replicated/replicated:1.0"
    )


def test_a_short_image_is_read_as_a_runtime_reads_it(local: Given) -> None:
    found = replicated(local, uiImage="replicated/replicated-ui:2").load().replicated
    assert found.ui_image == "docker.io/replicated/replicated-ui:2"


def test_a_port_of_every_node_is_only_for_a_service_that_has_one(local: Given) -> None:
    given = replicated(local, ui={"serviceType": "ClusterIP", "nodePort": 30001})
    assert given.fault() == (
        "replicated.ui.nodePort: is only read with serviceType NodePort; remove the key, or change the type"
    )


def test_a_port_outside_the_api_server_s_range_is_refused(local: Given) -> None:
    assert replicated(local, ui={"nodePort": 8800}).fault() == (
        "replicated.ui.nodePort: 8800 is too small; the smallest allowed is 30000"
    )


def test_the_file_has_the_published_keys_and_only_those_that_were_given(local: Given) -> None:
    given = {"LicenseFileLocation": "/var/lib/replicated/license.rli", "ReleaseSequence": 7}
    written = conf(local, **given, BypassPreflightChecks=False).load().replicated.conf.written()
    assert written == {
        **given,
        "BypassPreflightChecks": False,
        "DaemonAuthenticationType": "password",
        "TlsBootstrapType": "server-path",
    }


def test_an_unknown_key_of_the_file_is_refused(local: Given) -> None:
    assert conf(local, LicenseFileLocatoin="/x").fault() == (
        "replicated.conf.LicenseFileLocatoin: unknown key; did you mean LicenseFileLocation?"
    )


def test_a_password_in_the_file_is_refused_and_not_shown(local: Given) -> None:
    found = conf(local, DaemonAuthenticationPassword="hunter2").fault()
    assert found.startswith("replicated.conf.DaemonAuthenticationPassword: is a secret and stands")
    assert "hunter2" not in found


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        (
            {"ReleaseSequence": 1, "LicenseBootstrapAirgapPackagePath": "/a.airgap"},
            (
                "ReleaseSequence: cannot be chosen where LicenseBootstrapAirgapPackagePath names the one package there "
                "is; remove one"
            ),
        ),
        (
            {"ForceUseImportedSettings": True},
            "ForceUseImportedSettings: needs ImportSettingsFrom, which is not set; set it, or remove the key",
        ),
        (
            {"TlsBootstrapCert": "/a"},
            "TlsBootstrapCert: needs TlsBootstrapKey beside it; set both, or none for the stack's own certificate",
        ),
        (
            {"TlsBootstrapType": "self-signed", "TlsBootstrapKey": "/a"},
            "TlsBootstrapKey: is only read with TlsBootstrapType server-path; remove the key, or change the type",
        ),
        (
            {"LicenseFileLocation": "license.rli"},
            "LicenseFileLocation: 'license.rli' is no absolute path such as /var/lib/replicated/file",
        ),
        ({"LogLevel": "loud"}, "LogLevel: 'loud' is not one of debug, info, warn, error"),
    ],
)
def test_what_the_daemon_would_not_understand_is_refused(
    local: Given, keys: dict[str, Any], fault: str
) -> None:
    assert conf(local, **keys).fault() == f"replicated.conf.{fault}"
