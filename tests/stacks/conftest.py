"""What stands for the upstream manifests, which a command puts into the cache before the program runs."""

from collections.abc import Mapping

import pytest

from bundle import manifests
from bundle.lock import Lock
from components.ingress import upstream
from tests.components.ingress.test_upstream import TEXTS as CONTOUR
from tests.components.storage.given import TEXTS as ROOK


def in_small(_: Lock, name: str) -> Mapping[str, str]:
    """Files of an upstream manifest's name, with a document or two of what is in the real ones."""
    return CONTOUR if name == upstream.MANIFEST else ROOK


@pytest.fixture(autouse=True)
def small_manifests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache of a new machine holds none."""
    monkeypatch.setattr(manifests, "read", in_small)
