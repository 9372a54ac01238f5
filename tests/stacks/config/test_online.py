"""Installing without a bundle: the groups airgap and online."""

import pytest

from tests.stacks.config.given import Given


@pytest.fixture
def online(local: Given) -> Given:
    """A stack without a bundle."""
    local.values.pop("airgap")
    return local


@pytest.mark.parametrize("airgap", [None, {}, {"bundle": None}])
def test_without_a_bundle_hosts_are_installed_from_the_vendors(
    online: Given, airgap: dict[str, object] | None
) -> None:
    if airgap is not None:
        online.values["airgap"] = airgap
    assert not online.load().bundled


def test_with_a_bundle_nothing_comes_from_the_vendors(local: Given) -> None:
    assert local.load().bundled


def test_a_lock_without_a_bundle_is_refused(online: Given) -> None:
    online.values["airgap"] = {"lock": "bundle/lock.json"}
    assert online.fault().startswith("airgap.lock: names what a bundle holds, and airgap.bundle")


def test_mirrors_beside_a_bundle_are_refused(local: Given) -> None:
    local.values["online"] = {"registries": {"docker.io": "mirror.example.com"}}
    assert local.fault().startswith("online: airgap.bundle is set, so everything comes from the")


def test_a_part_of_a_repository_can_be_given(online: Given) -> None:
    online.values["online"] = {
        "kubernetes": {"deb": {"source": "http://mirror/k8s/v{minor}/deb/ /"}},
        "containerd": {
            "version": "2.2",
            "rpm": {"fingerprint": "0123 4567 89ab cdef 0123  4567 89AB CDEF 0123 4567"},
        },
        "registries": {"Registry.k8s.io": "mirror:5000/k8s", "docker.io": "mirror"},
    }
    found = online.load().online
    assert found.kubernetes.deb.source == "http://mirror/k8s/v{minor}/deb/ /"
    assert found.kubernetes.deb.key is None
    assert found.containerd.rpm.fingerprint == "0123456789ABCDEF" * 2 + "01234567"
    assert found.registries == {"registry.k8s.io": "mirror:5000/k8s", "docker.io": "mirror"}


@pytest.mark.parametrize(
    "source",
    [
        "https://mirror",
        "https://mirror bookworm",
        "mirror bookworm main",
        "https://mirror bookworm main; rm",
        "https://mirror 'x' main",
        "https://mirror {suite} main",
        "https://mirror {codename main",
        "https://me:hunter2@mirror bookworm main",
        "",
    ],
)
def test_a_source_of_apt_has_an_address_a_suite_and_components(online: Given, source: str) -> None:
    online.values["online"] = {"kubernetes": {"deb": {"source": source}}}
    fault = online.fault()
    assert fault.startswith("online.kubernetes.deb.source: ")
    assert "hunter2" not in fault


@pytest.mark.parametrize(
    "source",
    [
        "https://mirror/path/ /",
        "http://mirror ./",
        "https://mirror/debian {codename} stable",
        "https://mirror/{distribution} {codename}/updates main contrib",
    ],
)
def test_sources_as_they_stand_in_sources_list_are_taken(online: Given, source: str) -> None:
    online.values["online"] = {"containerd": {"deb": {"source": source}}}
    assert online.load().online.containerd.deb.source == source


@pytest.mark.parametrize("value", ["DE15", "x" * 40, "", "0" * 41])
def test_a_fingerprint_has_forty_digits(online: Given, value: str) -> None:
    online.values["online"] = {"kubernetes": {"rpm": {"fingerprint": value}}}
    assert "no fingerprint of 40 hexadecimal digits" in online.fault()


@pytest.mark.parametrize("value", ["1.7", "2.", "latest", "v2", "2.1.5.1", ""])
def test_containerd_is_of_version_2_or_later(online: Given, value: str) -> None:
    online.values["online"] = {"containerd": {"version": value}}
    assert online.fault().startswith("online.containerd.version: ")


@pytest.mark.parametrize(
    "place", ["https://mirror", "mirror/Upper", "mirror/a b", "mirror/", "mirror:x", "mirror//a"]
)
def test_a_mirror_is_a_name_as_images_have_it(online: Given, place: str) -> None:
    online.values["online"] = {"registries": {"docker.io": place}}
    assert online.fault().startswith('online.registries["docker.io"]: ')
