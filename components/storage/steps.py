"""`python -m components.storage.steps VERB`: what storage asks of hosts, as a process of its own.

Owns reading the document on standard input, {node} or {controlPlanes, parameters}, whom it asks, and the exit code.
Does not own the verbs: they are the node script's.
"""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from components.cluster.admission import serving
from components.cluster.departure import CLUSTER_GONE
from components.cluster.side import BRIEF, Side
from components.machines.session import SessionError, UnreachedError

SERVES_WITHIN: Final = 60.0
"""Seconds that a control plane has to show that it serves."""
POLL: Final = 2.0

_CEPH: Final = "Ceph cannot be told to clean its disks"
UNSAID: Final[Mapping[str, str]] = {
    "keep": _CEPH,
    "formed": "nobody says whether Ceph runs",
    "object_keys": "nobody says which keys the object store's user has",
    "discard": _CEPH,
    "discarded": _CEPH,
    "returned": "nobody says which volumes and load balancers the account still holds for the cluster",
}
"""What it means that no control plane can be asked, by verb."""


def main(arguments: list[str]) -> int:
    """Runs a verb with the document on standard input; 0, or 1 with one sentence."""
    document = json.load(sys.stdin)
    gone = os.environ.get(CLUSTER_GONE) == "1"
    try:
        match arguments:
            case ["nothing"]:
                pass
            case ["osd"]:
                print(_node(document).call("osd"))
            case ["osd_gone"]:
                clean(_node(document))
            case [verb] if verb in UNSAID:
                told = document.get("parameters", {})
                printed = ask(verb, _control_planes(document), told, gone=gone)
                if verb == "object_keys":
                    print(printed)
            case _:
                steps = ", ".join(["nothing", "osd", "osd_gone", *UNSAID])
                print(f"error: the steps are {steps}.", file=sys.stderr)
                return 2
    except SessionError as fault:
        print(f"error: {fault}.", file=sys.stderr)
        return 1
    return 0


def ask(
    verb: str, control_planes: Sequence[Side], parameters: Mapping[str, str], *, gone: bool
) -> str:
    """Has a control plane that serves do it; what it printed. When the cluster is `gone` for good nothing is done."""
    if gone:
        return ""
    asked = waited_for(control_planes)
    if asked is None:
        names = ", ".join(side.name for side in control_planes)
        raise SessionError(
            f"none of the control planes ({names}) serves, so {UNSAID[verb]}; if they are gone for good, destroy the "
            "stack with make down ARGS=--cluster-gone"
        )
    return asked.call(verb, parameters)


def waited_for(control_planes: Sequence[Side]) -> Side | None:
    """The first control plane that serves; none is given up at once, since an API server that is busy is late."""
    deadline = time.monotonic() + SERVES_WITHIN
    while (found := serving(control_planes)) is None and time.monotonic() < deadline:
        time.sleep(POLL)
    return found


def clean(node: Side) -> None:
    """Takes what an OSD left off a host. A host that is dead needs no cleaning and is only reported."""
    try:
        node.call("osd_gone", attempts=BRIEF)
    except UnreachedError as fault:
        print(f"{fault}; it was not cleaned of Ceph", file=sys.stderr)


def _node(document: Mapping[str, Any]) -> Side:
    return Side.read(document["node"])


def _control_planes(document: Mapping[str, Any]) -> list[Side]:
    return [Side.read(side) for side in document["controlPlanes"]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
