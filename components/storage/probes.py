"""How soon Rook learns that a daemon of Ceph's runs: it goes on only then, and asks ten seconds apart by itself.

Owns the intervals. Does not own what is asked: Rook writes each daemon's command.
"""

from typing import Any

_EVERY = 3
"""Seconds; each look starts an interpreter, which is most of its cost."""


def started(within: int) -> dict[str, Any]:
    """A probe that looks often, and for `within` seconds before the daemon is started anew."""
    return {
        "probe": {
            # Rook takes zero for no word at all, and so for its own ten seconds.
            "initialDelaySeconds": 1,
            "periodSeconds": _EVERY,
            "failureThreshold": within // _EVERY,
        }
    }


def serving() -> dict[str, Any]:
    """A probe of who serves: one good answer is enough to be asked, where Rook wants three in half a minute."""
    return {
        "probe": {
            "initialDelaySeconds": 1,
            "periodSeconds": 5,
            "successThreshold": 1,
            "failureThreshold": 3,
        }
    }
