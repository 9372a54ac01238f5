"""Joining a cluster and leaving it: one transaction over two hosts.

Owns the order of steps on a control plane and on the node, so that a join token exists only between two of
them, and a node that is dead can still be taken out. Does not own the steps: they are verbs of the node script.
Runs as a local command in a process of its own (`python -m components.cluster.membership join|leave|reset`), since
a remote command talks to one host only; what it needs to know is one JSON object on standard input.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.machines.node_script import command_line
from components.machines.parameters import render
from components.machines.session import Endpoint, Session, SessionError, connect

# Set by the operator when the control plane is gone for good: then there is nothing left to be taken out of.
CLUSTER_GONE = "APPLIANCE_CLUSTER_GONE"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One host of the transaction: how to reach it, where its script lies, and the script's parameters."""

    endpoint: Endpoint
    script: str
    parameters: Mapping[str, str]

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Side":
        """One side of the document on standard input."""
        return cls(
            endpoint=Endpoint.read(document["connection"]),
            script=str(document["script"]),
            parameters={str(key): str(value) for key, value in document["parameters"].items()},
        )

    def call(self, session: Session, verb: str, **more: str) -> str:
        """Runs one verb of the node script there."""
        return session.run(
            command_line(self.script, verb), stdin=render({**self.parameters, **more})
        )


def join(node: Side, control_plane: Side) -> None:
    """Admits a node: ticket, join, settled. A node that is in the cluster already is only settled."""
    with connect(node.endpoint) as host, connect(control_plane.endpoint) as api:
        if node.call(host, "standing").strip() != "joined":
            ticket = read_ticket(control_plane.call(api, "ticket"))
            node.call(host, "join", **ticket)
        control_plane.call(api, "settle")


def leave(node: Side, control_plane: Side, *, cluster_gone: bool) -> None:
    """Takes a node out: drained and deleted on the control plane, then reset on the host if that still lives."""
    if not cluster_gone:
        try:
            with connect(control_plane.endpoint) as api:
                control_plane.call(api, "expel")
        except SessionError as fault:
            raise SessionError(
                f"{fault}; the node cannot be taken out of a cluster that does not answer. "
                f"If the control plane is gone for good, run the same again with {CLUSTER_GONE}=1"
            ) from fault
    reset(node)


def reset(node: Side) -> None:
    """Cleans a host of the cluster that it was in. A host that is dead needs no cleaning and is only reported."""
    try:
        with connect(node.endpoint, attempts=2) as host:
            node.call(host, "leave")
    except SessionError as fault:
        print(f"{fault}; it was not cleaned", file=sys.stderr)


def read_ticket(printed: str) -> dict[str, str]:
    """The two values of a ticket. Raises SessionError when the control plane printed anything else."""
    values = {}
    for line in printed.splitlines():
        key, _, value = line.partition("=")
        values[key] = value.strip("'")
    wanted = {"JOIN_TOKEN", "JOIN_CA_HASH"}
    if set(values) != wanted:
        raise SessionError("the control plane gave no join ticket")
    return values


def main(arguments: list[str]) -> int:
    """Runs `join`, `leave` or `reset` with the document on standard input; 0, or 1 with one sentence."""
    document = json.load(sys.stdin)
    node = Side.read(document["node"])
    try:
        match arguments:
            case ["join"]:
                join(node, Side.read(document["controlPlane"]))
            case ["leave"]:
                gone = os.environ.get(CLUSTER_GONE) == "1"
                leave(node, Side.read(document["controlPlane"]), cluster_gone=gone)
            case ["reset"]:
                reset(node)
            case _:
                print("error: membership knows 'join', 'leave' and 'reset'.", file=sys.stderr)
                return 2
    except SessionError as fault:
        print(f"error: {fault}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
