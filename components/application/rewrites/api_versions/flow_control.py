"""Priority levels of flowcontrol.apiserver.k8s.io before v1."""

from typing import Final

from components.application.rewrites.draft import Draft
from components.manifest.body import value_at

_LIMITED: Final = ("spec", "limited")
_SHARES: Final = "nominalConcurrencyShares"
_ZERO: Final = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares"


def first_shares(draft: Draft) -> None:
    """Shares had another name in v1beta1 and v1beta2, where 0 meant the default."""
    old = (*_LIMITED, "assuredConcurrencyShares")
    given = value_at(draft.body, *old)
    if given:
        draft.rename(old, _SHARES, given, "v1 calls them so")
    elif given == 0:
        draft.remove(old, "0 meant the default, and means none in v1")


def shares(draft: Draft) -> None:
    """In v1beta3, 0 meant the default unless an annotation said that it means none."""
    where = (*_LIMITED, _SHARES)
    kept = value_at(draft.body, "metadata", "annotations", _ZERO)
    if value_at(draft.body, *where) == 0 and kept is None:
        draft.remove(where, "0 meant the default, and means none in v1")
