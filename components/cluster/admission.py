"""Admitting a node to a cluster: which of init, join and nothing to do is right is found out when it is time.

Owns the order of steps on the node and on a control plane, so that a join token exists only between two of them, and no
node is special: any control plane that serves admits the next one. Does not own the steps: they are verbs of the node
script.
"""

from collections.abc import Sequence

from components.cluster.side import Side
from components.cluster.turn import turn
from components.machines.session import SessionError


def admit_worker(node: Side, control_planes: Sequence[Side]) -> None:
    """Makes a host a worker that is Ready; one that is a worker already gets its labels and its runtime's settings."""
    admitting = serving(control_planes)
    if admitting is None:
        names = ", ".join(side.name for side in control_planes)
        raise SessionError(
            f"none of the control planes ({names}) serves, so {node.name} cannot join"
        )
    match node.standing():
        case "silent":
            raise SessionError(f"{node.name} cannot be reached by SSH")
        case "serving" | "holding":
            raise SessionError(
                f"{node.name} is a control plane; take it out of the configuration, run up, and add it again as "
                "a worker"
            )
        case "apart":
            node.call("join", ticket(admitting, node))
        case "joined":
            renew(node)
    admitting.call("settle", node.member)


def admit_control_plane(node: Side, others: Sequence[Side]) -> None:
    """Makes a host a control plane: the first one of its cluster, one more, or what it is already."""
    standing = node.standing()
    if standing == "silent":
        raise SessionError(f"{node.name} cannot be reached by SSH")
    if standing == "joined":
        raise SessionError(
            f"{node.name} is a worker; take it out of the configuration, run up, and add it again as a control plane"
        )
    admitting = serving(others)
    if standing == "holding" and admitting and admitting.call("knows", node.member) == "stranger":
        # It was taken out while it was off: what it holds is an old copy of what the others have.
        node.call("leave")
        standing = "apart"
    if standing in ("serving", "holding"):
        node.call("revive")
        renew(node)
    elif admitting:
        join(node, admitting)
    else:
        no_cluster_yet(node, others)
        node.call("init")
    (admitting or node).call("settle", node.member)


def renew(node: Side) -> None:
    """Lets a node's runtime start anew if it has settings to read, while no other node's runtime does."""
    if node.call("outdated") == "yes":
        with turn():
            node.call("renew")


def join(node: Side, admitting: Side) -> None:
    """Joins a control plane; whatever comes of it, the shared certificates are offered no longer."""
    try:
        node.call("join", ticket(admitting, node))
    finally:
        admitting.call("withdraw")


def no_cluster_yet(node: Side, others: Sequence[Side]) -> None:
    """Raises SessionError unless it is sure that no other control plane holds the cluster's data."""
    for other in others:
        match other.standing():
            case "apart":
                continue
            case "silent":
                fact = "cannot be reached by SSH and may hold the cluster's data"
            case "holding":
                fact = "holds the cluster's data and does not serve"
            case _:
                fact = "is no control plane"
        raise SessionError(
            f"{other.name} {fact}, so no new cluster is made on {node.name}; bring {other.name} back, "
            "or take it out of the configuration"
        )


def serving(control_planes: Sequence[Side]) -> Side | None:
    """The first control plane that serves."""
    return next((side for side in control_planes if side.standing() == "serving"), None)


def ticket(admitting: Side, node: Side) -> dict[str, str]:
    """What a node needs to join, made for it just now. Raises SessionError if it is not what was asked for."""
    printed = admitting.call("ticket", node.member)
    values = {}
    for line in printed.splitlines():
        key, _, value = line.partition("=")
        values[key] = value.strip("'")
    wanted = {"JOIN_TOKEN", "JOIN_CA_HASH"}
    if node.member["MEMBER_ROLE"] == "control-plane":
        wanted |= {"JOIN_CERTIFICATE_KEY"}
    if set(values) != wanted:
        raise SessionError(f"{admitting.name} gave no join ticket")
    return values
