"""`python -m components.cluster.membership join|leave`: one transaction over two hosts, as a process of its own.

Owns reading the document on standard input, one JSON object {role, node, controlPlanes, runtime}, and the exit code.
Does not own the transactions (admission.py, departure.py). A local command, since a remote command talks to one host
only, and cannot be deleted on a host that is dead.
"""

import json
import os
import sys

from components.cluster.admission import admit_control_plane, admit_worker
from components.cluster.departure import CLUSTER_GONE, dismiss
from components.cluster.side import Side
from components.machines.session import SessionError


def main(arguments: list[str]) -> int:
    """Runs `join` or `leave` with the document on standard input; 0, or 1 with one sentence."""
    document = json.load(sys.stdin)
    node = Side.read(document["node"])
    control_planes = [Side.read(side) for side in document["controlPlanes"]]
    try:
        match arguments, document["role"]:
            case ["join"], "worker":
                admit_worker(node, control_planes)
            case ["join"], "control-plane":
                admit_control_plane(
                    node, [side for side in control_planes if side.name != node.name]
                )
            case ["leave"], _:
                gone = os.environ.get(CLUSTER_GONE) == "1"
                dismiss(node, control_planes, cluster_gone=gone)
            case _:
                print("error: membership knows 'join' and 'leave'.", file=sys.stderr)
                return 2
    except SessionError as fault:
        print(f"error: {fault}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
