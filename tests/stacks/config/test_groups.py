"""The groups kubernetes, airgap and proxy."""

import pytest

from tests.stacks.config.given import Given


@pytest.mark.parametrize("version", ["1.34.2", "1.34.10", "1.35.0", "1.35.4", "1.35.99"])
def test_tested_versions_are_accepted(local: Given, version: str) -> None:
    local.kubernetes["version"] = version
    assert local.load().kubernetes.version == version


@pytest.mark.parametrize(
    "version",
    [
        "1.34.1",
        "1.33.9",
        "1.36.0",
        "2.35.0",
        "v1.35.4",
        "1.35",
        "latest",
        "1.35.4-rc.1",
        "\u0661.35.4",
    ],
)
def test_other_versions_are_refused_with_those_allowed(local: Given, version: str) -> None:
    local.kubernetes["version"] = version

    assert local.fault().startswith("kubernetes.version: ")
    assert local.fault().endswith("allowed are 1.34.2 to 1.35.x")


def test_a_generation_counts_from_one(local: Given) -> None:
    local.kubernetes["generation"] = 0
    assert local.fault() == "kubernetes.generation: 0 is too small; the smallest allowed is 1"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("192.0.2.1", "192.0.2.1:6443"),
        ("api.example.com:443", "api.example.com:443"),
        ("API:1", "api:1"),
    ],
)
def test_an_endpoint_always_has_a_port(local: Given, written: str, read: str) -> None:
    local.kubernetes["endpoint"] = written
    assert local.load().kubernetes.endpoint == read


@pytest.mark.parametrize(
    "value", ["https://x", "x:0", "x:65536", "x:", ":1", "x:y", "[fd00::1]:6443"]
)
def test_an_endpoint_is_a_host_with_or_without_a_port(local: Given, value: str) -> None:
    local.kubernetes["endpoint"] = value
    assert local.fault().startswith("kubernetes.endpoint: ")


def test_ipvs_is_a_warning(local: Given) -> None:
    local.kubernetes["proxyMode"] = "ipvs"

    (warning,) = local.load().warnings
    assert warning.startswith("Pulumi.dev.yaml: kubernetes.proxyMode: ipvs is deprecated")


@pytest.mark.parametrize("path", ["", " ", "a\nb"])
def test_a_path_is_readable_text(local: Given, path: str) -> None:
    local.values["airgap"] = {"bundle": path}
    assert local.fault().startswith("airgap.bundle: ")


@pytest.mark.parametrize(
    "address",
    [
        "proxy:3128",
        "ftp://proxy",
        "http://",
        "http://proxy/path",
        "http://proxy:99999",
        "http://me:secret@proxy",
        "http://a b",
        "http://[fd00::1]:1",
        "http://[",
    ],
)
def test_a_proxy_is_a_plain_http_address(local: Given, address: str) -> None:
    local.values["proxy"] = {"https": address}
    assert local.fault().startswith("proxy.https: ")


@pytest.mark.parametrize("target", ["a,b", "a b", "*", "fd00::/64", "http://x", ""])
def test_a_direct_target_is_one_name_or_network(local: Given, target: str) -> None:
    local.values["proxy"] = {"noProxy": ["ok", target]}
    assert local.fault().startswith("proxy.noProxy[1]: ")


def test_exceptions_without_a_proxy_are_refused(local: Given) -> None:
    local.values["proxy"] = {"noProxy": ["example.com"]}
    assert local.fault().startswith("proxy.noProxy: names exceptions from a proxy, and neither")


def test_the_authority_s_file_stands_in_a_group_of_its_own(local: Given) -> None:
    local.values["proxy"] = {"http": "http://proxy:1", "caFile": "ca.pem"}
    assert "trust.caFile" in local.fault()


@pytest.mark.parametrize(
    ("direct", "left"),
    [
        ([], "n2"),
        (["192.0.2.11"], "n2"),
        (["192.0.2.0/28"], None),
        (["192.0.2.12"], None),
        (["198.51.100.0/24"], "n2"),
    ],
)
def test_nodes_that_pods_would_reach_through_the_proxy_are_a_warning(
    ssh: Given, direct: list[str], left: str | None
) -> None:
    ssh.nodes[1]["address"] = "192.0.2.12"
    ssh.values["proxy"] = {"http": "http://proxy:1", "noProxy": direct}
    found = [text for text in ssh.load().warnings if "proxy.noProxy" in text]
    assert len(found) == (0 if left is None else 1)
    assert all(f"addresses of {left}," in text for text in found)
