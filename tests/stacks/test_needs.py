import dataclasses

import pytest

from bundle.lock import COMMITTED, read
from stacks import needs
from stacks.config import Configuration

ROOK = "manifest/rook:v1.12.11"


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> Configuration:
    """The stack `core`, with a layer that reads an upstream manifest."""
    monkeypatch.setattr(needs, "MANIFESTS", (lambda _: (ROOK,),))
    return needs.tracked("core")


def test_upstream_manifests_are_in_the_bundle_so_that_it_can_be_carried(
    core: Configuration,
) -> None:
    assert needs.manifests(core) == (ROOK,)
    assert ROOK in needs.needs(core)
    lock = read(COMMITTED)
    changed = dataclasses.replace(lock.item(ROOK), digest=f"sha256:{'0' * 64}")
    other = dataclasses.replace(lock, items={**lock.items, ROOK: changed})
    assert needs.content(core, lock) != needs.content(core, other)


def test_no_node_asks_for_upstream_manifests(core: Configuration) -> None:
    assert ROOK not in needs.images(core)
    assert set(needs.upstreams(core)) == {"docker.io", "registry.k8s.io"}
