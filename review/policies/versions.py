"""Versions that are supported together.

Owns the rule about Kubernetes with Rook and with Contour. Does not own the tables: each layer has its own, and refuses
what cannot work at all.
"""

from collections.abc import Iterator
from typing import Final

from review.policies.finding import Case, Finding

CONTOUR: Final = ((1, 32), (1, 34))
"""The minors of Kubernetes that Contour 1.33 is tested with (its compatibility matrix)."""


def versions(case: Case) -> Iterator[Finding]:
    """Every component that its makers do not support on this Kubernetes, or no longer at all."""
    kubernetes = case.configuration.kubernetes.version
    major, minor = (int(part) for part in kubernetes.split(".")[:2])
    rook = case.configuration.storage.rook
    if rook is not None:
        release = rook.release(bundled=case.configuration.bundled)
        if not release.fits(kubernetes):
            yield _unsupported(
                f"Rook {release.version}", release.oldest, release.newest, kubernetes
            )
        if not release.maintained:
            yield Finding(
                urn="",
                what=f"Rook {release.version} is no longer maintained",
                cure="choose a storage.rook.version that is, in a stack whose hosts can mount what it serves",
            )
    if case.configuration.ingress.provider == "contour" and not (
        CONTOUR[0] <= (major, minor) <= CONTOUR[1]
    ):
        yield _unsupported("Contour 1.33", *CONTOUR, kubernetes)


def _unsupported(
    what: str, oldest: tuple[int, int], newest: tuple[int, int], kubernetes: str
) -> Finding:
    spelled = " to ".join(f"{major}.{minor}" for major, minor in (oldest, newest))
    return Finding(
        urn="",
        what=f"{what} is tested by its makers with Kubernetes {spelled}, not with {kubernetes}",
        cure="choose a Kubernetes within, or waive the rule with what you have tested",
    )
