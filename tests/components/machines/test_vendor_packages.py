"""The text that hosts get for the vendors' repositories, and which hosts are taken."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from components.cluster.repositories import VENDORS, lines
from tests.components.machines.node_functions import Functions

Golden = Callable[[str, str], None]

DEBIAN = {"ID": "debian", "VERSION_ID": "12", "VERSION_CODENAME": "bookworm"}
UBUNTU = {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_ID": "24.04", "VERSION_CODENAME": "noble"}
ROCKY = {"ID": "rocky", "ID_LIKE": "rhel centos fedora", "VERSION_ID": "9.6"}
SYSTEMS = {"debian": DEBIAN, "ubuntu": UBUNTU, "rocky": ROCKY}
ONLINE = {"REPOSITORIES": lines(VENDORS, "1.35.4")}


def on(state: Path, system: Mapping[str, str]) -> Functions:
    return Functions(state=state, system={"PRETTY_NAME": "Some System", **system})


@pytest.mark.parametrize("system", ["debian", "ubuntu"])
def test_apt_gets_these_sources(tmp_path: Path, golden: Golden, system: str) -> None:
    golden(f"{system}.list", on(tmp_path, SYSTEMS[system]).run("deb_sources", ONLINE))


def test_dnf_gets_these_repositories(tmp_path: Path, golden: Golden) -> None:
    golden("rocky.repo", on(tmp_path, ROCKY).run("rpm_sources", ONLINE))


@pytest.mark.parametrize(
    ("system", "form"),
    [
        (DEBIAN, "deb"),
        ({**DEBIAN, "VERSION_ID": "13"}, "deb"),
        ({**DEBIAN, "VERSION_ID": "11"}, ""),
        ({"ID": "debian"}, ""),
        (UBUNTU, "deb"),
        ({**UBUNTU, "VERSION_ID": "22.04"}, "deb"),
        ({**UBUNTU, "VERSION_ID": "20.04"}, ""),
        (ROCKY, "rpm"),
        ({"ID": "rhel", "ID_LIKE": "fedora", "VERSION_ID": "9.6"}, "rpm"),
        ({"ID": "centos", "ID_LIKE": "rhel fedora", "VERSION_ID": "9"}, "rpm"),
        ({**ROCKY, "VERSION_ID": "8.10"}, ""),
        ({"ID": "fedora", "VERSION_ID": "9"}, ""),
        ({}, ""),
    ],
)
def test_the_vendors_packages_fit_these_systems(
    tmp_path: Path, system: Mapping[str, str], form: str
) -> None:
    assert on(tmp_path, system).run("package_format", ONLINE).strip() == form


def test_a_system_without_packages_is_refused_with_the_ones_that_have_some(tmp_path: Path) -> None:
    said = on(tmp_path, {**ROCKY, "VERSION_ID": "8.10"}).refusal("system_fits", ONLINE)
    assert "this host runs Some System" in said
    assert "Debian 12 and later, Ubuntu 22.04 and 24.04, and RHEL 9" in said


@pytest.mark.parametrize("system", [UBUNTU, ROCKY, {**DEBIAN, "VERSION_ID": "13"}])
def test_the_bundle_is_for_debian_12_alone(tmp_path: Path, system: Mapping[str, str]) -> None:
    said = on(tmp_path, system).refusal("system_fits")
    assert "the bundle's packages are those of Debian 12" in said
    assert on(tmp_path, DEBIAN).run("system_fits") == ""


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ("bundle", ONLINE, "was installed from the bundle, and airgap.bundle is not set any more"),
        ("vendors", {}, "was installed from the vendors' repositories, and airgap.bundle is set"),
    ],
)
def test_a_host_keeps_the_source_that_it_was_installed_from(
    tmp_path: Path, was: str, now: Mapping[str, str], sentence: str
) -> None:
    (tmp_path / "source").write_text(f"{was}\n")
    assert sentence in on(tmp_path, DEBIAN).refusal("same_source", now)
    other = {} if was == "bundle" else ONLINE
    assert on(tmp_path, DEBIAN).run("same_source", other) == ""


@pytest.mark.parametrize(
    ("installed", "lacking"),
    [
        ("1.35.4-1.1", []),
        ("1.35.5-1.1", ["kubelet=1.35.4-*"]),
        ("1.35.40-1.1", ["kubelet=1.35.4-*"]),
        ("", ["kubelet=1.35.4-*", "haproxy"]),
    ],
)
def test_only_packages_of_another_version_are_lacking(
    tmp_path: Path, installed: str, lacking: list[str]
) -> None:
    call = f"version() {{ echo '{installed}'; }}; lacking version \"kubelet=$(any 1.35.4)\" haproxy"
    assert on(tmp_path, DEBIAN).run(call).split() == lacking


@pytest.mark.parametrize(
    ("wanted", "pattern"), [("2", "2.*"), ("2.2", "2.2.*"), ("2.2.1", "2.2.1-*")]
)
def test_the_beginning_of_a_version_stands_for_all_that_begin_so(
    tmp_path: Path, wanted: str, pattern: str
) -> None:
    assert on(tmp_path, DEBIAN).run(f"any {wanted}").strip() == pattern


@pytest.mark.parametrize(
    ("mirror", "server"),
    [
        ("mirror.example.com", "https://mirror.example.com/v2"),
        ("mirror.example.com:5000/a/b", "https://mirror.example.com:5000/v2/a/b"),
    ],
)
def test_a_mirror_is_asked_below_its_path(tmp_path: Path, mirror: str, server: str) -> None:
    printed = on(tmp_path, DEBIAN).run(f"hosts_of_mirror {mirror}")
    assert f'server = "{server}"\n' in printed


def test_the_login_s_proxy_is_forgotten_and_the_configured_one_is_for_what_is_outside(
    tmp_path: Path,
) -> None:
    host = on(tmp_path, DEBIAN)
    values = {"PROXY_ENVIRONMENT": "https_proxy=http://proxy:1 no_proxy=a,b"}
    show = 'echo "${https_proxy:-none}"'
    assert host.run(show, values).strip() == "none"
    assert host.run(f"outside bash -c '{show}'", values).strip() == "http://proxy:1"
    assert host.run(f"outside bash -c '{show}'").strip() == "none"
