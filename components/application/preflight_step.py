"""`python -m components.application.preflight_step`: whether the cluster is what a release asks for.

Owns the process: the document on standard input, {requirements, controlPlanes}, asking a control plane that serves, and
the exit code. Does not own the comparison (`preflight.py`), nor how a host finds out (the node script's `capacity`).
"""

import json
import sys
from collections.abc import Sequence

from components.application.description import Requirements
from components.application.preflight import Cluster, amount, cpu, unmet, version
from components.cluster.admission import serving
from components.cluster.side import Side
from components.machines.session import SessionError


def main() -> int:
    """0 if the cluster will do; 1 with every requirement that it does not meet."""
    document = json.load(sys.stdin)
    wanted = Requirements.model_validate(document["requirements"])
    try:
        cluster = read(ask([Side.read(each) for each in document["controlPlanes"]]))
    except SessionError as fault:
        print(f"error: {fault}.", file=sys.stderr)
        return 1
    found = tuple(unmet(wanted, cluster))
    for sentence in found:
        print(f"error: {sentence}.", file=sys.stderr)
    if not found:
        print(f"{cluster.nodes} node(s), {cluster.cores} cores, {cluster.memory} bytes of memory")
    return 1 if found else 0


def ask(control_planes: Sequence[Side]) -> str:
    """What a control plane says of the cluster. Raises SessionError."""
    asked = serving(control_planes)
    if asked is None:
        names = ", ".join(side.name for side in control_planes)
        raise SessionError(f"none of the control planes ({names}) serves, so none can be asked")
    return asked.call("capacity")


def read(text: str) -> Cluster:
    """The lines of `capacity`: `version JSON`, `node NAME CPU MEMORY`, `api VERSION`."""
    lines = [line.split(" ", 1) for line in text.splitlines() if " " in line]
    nodes = [rest.split() for word, rest in lines if word == "node"]
    served = next(rest for word, rest in lines if word == "version")
    return Cluster(
        version=version(json.loads(served)["gitVersion"]),
        nodes=len(nodes),
        cores=sum((cpu(each[1]) for each in nodes), start=cpu("0")),
        memory=sum(amount(each[2]) for each in nodes),
        api_versions=frozenset(rest for word, rest in lines if word == "api"),
    )


if __name__ == "__main__":
    sys.exit(main())
