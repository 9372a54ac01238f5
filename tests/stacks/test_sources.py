from typing import Any

import pytest

from bundle.lock import COMMITTED, read
from components.cluster.repositories import CONTAINERD, KUBERNETES, VENDORS
from components.network.weave import images
from stacks.config import Configuration, load
from stacks.references import references
from stacks.sources import from_vendors


def configuration(**groups: Any) -> Configuration:
    nodes = [{"name": "n1", "roles": ["control-plane", "worker"]}]
    values = {"hosts": {"provider": "local", "nodes": nodes}, **groups}
    return load(values, stack="test", file="Pulumi.test.yaml")


def test_what_is_not_given_stays_the_vendor_s() -> None:
    mirror = "https://mirror.example.com/deb/ /"
    found = from_vendors(configuration(online={"kubernetes": {"deb": {"source": mirror}}}))
    changed = found.repositories[KUBERNETES, "deb"]
    assert changed.source == mirror
    assert changed.fingerprint == VENDORS[KUBERNETES, "deb"].fingerprint
    assert found.repositories[CONTAINERD, "rpm"] == VENDORS[CONTAINERD, "rpm"]
    assert found.containerd == "2"


@pytest.mark.parametrize("form", ["deb", "rpm"])
@pytest.mark.parametrize("name", [KUBERNETES, CONTAINERD])
def test_every_key_of_a_repository_comes_through(name: str, form: str) -> None:
    suite = " bookworm main" if form == "deb" else ""
    given = {"source": f"http://m{suite}", "key": "http://m/key", "fingerprint": "A" * 40}
    found = from_vendors(configuration(online={name: {form: given}})).repositories[name, form]
    assert (found.source, found.key, found.fingerprint) == tuple(given.values())


def test_images_carry_digests_only_where_they_come_from_the_bundle() -> None:
    lock = read(COMMITTED)
    bundled = references(configuration(airgap={"bundle": "local"}), lock, images())
    assert all("@sha256:" in reference for reference in bundled.values())
    assert references(configuration(), lock, images()) == {name: name for name in images()}
