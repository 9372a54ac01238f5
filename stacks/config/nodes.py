"""What must hold between the nodes of a configuration, and between them and where they come from.

Owns the rules that need more than one key of `hosts`. Does not own the form of a single key (`hosts.py`) and ranges of
addresses (`ranges.py`).
"""

from collections.abc import Iterator

from stacks.config import aws_rules
from stacks.config.hosts import Hosts, Node
from stacks.config.report import Fault
from stacks.config.schema import Path

_PROVIDER: Path = ("hosts", "provider")
_NODES: Path = ("hosts", "nodes")


def faults(hosts: Hosts) -> Iterator[Fault]:
    """What is wrong with the hosts as a whole."""
    yield from aws_rules.misplaced(hosts)
    yield from _control_plane(hosts)
    yield from _quorum(hosts)
    yield from _twice(hosts)
    if hosts.provider == "local":
        yield from _local(hosts)
    else:
        yield from _remote(hosts)
    if hosts.provider == "ssh":
        yield from _ssh(hosts)


def warnings(hosts: Hosts) -> Iterator[Fault]:
    """What works and should be known."""
    count = len(hosts.control_planes)
    if count > 1 and count % 2 == 0:
        yield Fault(
            path=_NODES,
            text=f"{count} control planes survive the loss of {(count - 1) // 2}, as {count - 1} do; "
            f"use {count - 1} or {count + 1}",
        )
    if not any(node.is_worker for node in hosts.nodes):
        yield Fault(path=_NODES, text="no node has the role worker, so no application pod will run")


def _control_plane(hosts: Hosts) -> Iterator[Fault]:
    if not hosts.control_planes:
        yield Fault(
            path=_NODES,
            text="no node has the role control-plane; give it to one, or to three",
            reads=tuple((*_NODES, index, "roles") for index in range(len(hosts.nodes))),
        )


def _quorum(hosts: Hosts) -> Iterator[Fault]:
    """Control planes on their way out must leave a majority of etcd's members behind, at every moment."""
    leaving = [node.name for node in hosts.control_planes if node.decommission]
    count = len(hosts.control_planes)
    # One of two may go while both live; of more, those that stay must outvote those that go.
    allowed = max(1, (count - 1) // 2)
    if count > 1 and len(leaving) > allowed:
        yield Fault(
            path=_NODES,
            text=f"{', '.join(leaving)} may not be decommissioned together: {count - len(leaving)} of {count} control "
            f"planes are no quorum of etcd; decommission at most {allowed} at a time",
            reads=tuple((*_NODES, index, "roles") for index in range(len(hosts.nodes))),
        )


def _twice(hosts: Hosts) -> Iterator[Fault]:
    """Names and addresses that an earlier node has."""
    for key in ("name", "address"):
        first: dict[str, int] = {}
        for index, node in enumerate(hosts.nodes):
            value: str | None = getattr(node, key)
            if value is None:
                continue
            earlier = first.setdefault(value, index)
            if earlier != index:
                yield Fault(
                    path=(*_NODES, index, key),
                    text=f"{value} is the {key} of nodes[{earlier}] too; each node needs its own",
                    reads=((*_NODES, earlier, key),),
                )


def _local(hosts: Hosts) -> Iterator[Fault]:
    """What the lab decides and the file therefore cannot say."""
    if hosts.bastion is not None:
        yield _only(("hosts", "bastion"), "ssh", hosts)
    if "kernel" in hosts.model_fields_set:
        yield _only(("hosts", "kernel"), "ssh", hosts)
    if hosts.user != "root":
        yield Fault(path=("hosts", "user"), text="local hosts know only root", reads=(_PROVIDER,))
    for index, node in enumerate(hosts.nodes):
        for key in ("hostKey", "port", "user"):
            if _given(node, key):
                yield _only((*_NODES, index, key), "ssh", hosts)


def _remote(hosts: Hosts) -> Iterator[Fault]:
    if hosts.lab is not None:
        yield _only(("hosts", "lab"), "local", hosts)


def _ssh(hosts: Hosts) -> Iterator[Fault]:
    needed = {
        "address": "an IPv4 address or DNS name",
        "hostKey": "the host's public key (`ssh-keyscan -t ed25519 ADDRESS` over a network you trust)",
    }
    for index, node in enumerate(hosts.nodes):
        for key, what in needed.items():
            if not _given(node, key):
                yield Fault(
                    path=(*_NODES, index, key),
                    text=f"missing; provider ssh needs {what}",
                    reads=(_PROVIDER,),
                )


def _only(path: Path, provider: str, hosts: Hosts) -> Fault:
    return Fault(
        path=path,
        text=f"only with provider {provider}; hosts.provider is {hosts.provider}, so remove the key",
        reads=(_PROVIDER,),
    )


def _given(node: Node, key: str) -> bool:
    given = {"hostKey": "host_key"}.get(key, key)
    return given in node.model_fields_set and getattr(node, given) is not None
