"""What must hold between the keys of the group storage, and between them and the nodes.

Owns these rules. Does not own the form of a single key (`storage.py`), nor what a host finds on its disks: the node
script refuses that.
"""

from collections.abc import Iterator

from components.storage.releases import KNOWN
from stacks.config.airgap import Airgap
from stacks.config.hosts import Hosts, Node
from stacks.config.kubernetes import Kubernetes
from stacks.config.report import Fault
from stacks.config.schema import Path
from stacks.config.storage import ONLINE, Rook, Storage

_DEFAULT: Path = ("storage", "default")
_ROOK: Path = ("storage", "rook")
_EBS: Path = ("storage", "ebs")
_CLOUD: Path = ("kubernetes", "cloudProvider")
_NODES: Path = ("hosts", "nodes")
SHARED_CLASS = "shared"
"""The name of the shared filesystem's StorageClass."""


def storage_nodes(hosts: Hosts) -> tuple[Node, ...]:
    """The nodes that keep data, in the order of the file, without those on their way out."""
    return tuple(node for node in hosts.nodes if node.is_storage and not node.decommission)


def faults(
    storage: Storage, hosts: Hosts, kubernetes: Kubernetes, airgap: Airgap
) -> Iterator[Fault]:
    """What is wrong with the group, by itself and beside the nodes."""
    bundled = airgap.bundle is not None
    cloud = kubernetes.cloud_provider is not None
    yield from _default(storage, bundled=bundled)
    yield from _ebs(storage, cloud=cloud)
    yield from _classes(storage, cloud=cloud)
    if storage.rook is None:
        return
    yield from _release(storage.rook, kubernetes, bundled=bundled)
    yield from _disks(storage.rook, hosts)
    yield from _replication(storage.rook, hosts)


def warnings(storage: Storage, hosts: Hosts, airgap: Airgap) -> Iterator[Fault]:
    """What works and should be known."""
    if storage.rook is None:
        return
    release = storage.rook.release(bundled=airgap.bundle is not None)
    if not release.maintained:
        yield Fault(
            path=(*_ROOK, "version"),
            text=f"Rook {release.version} is no longer maintained by its makers; where there is internet use {ONLINE}",
        )
    count = storage.rook.replication or min(len(storage_nodes(hosts)), 3)
    if count == 1:
        yield Fault(
            path=_ROOK,
            text="each piece of data lies on one node only and is lost with its disk; give two or three nodes the role "
            "storage",
        )


def _default(storage: Storage, *, bundled: bool) -> Iterator[Fault]:
    """Whether claims that name no class would ever get a volume."""
    if storage.default != "rook":
        return
    if storage.rook is None:
        yield Fault(path=_ROOK, text="missing; give the group, since rook is the default")
        return
    release = storage.rook.release(bundled=bundled)
    if release.csi is None:
        yield Fault(
            path=_DEFAULT,
            text=f"Rook {release.version} comes without CSI here, so nobody would make volumes for claims; use "
            "hostpath, and Ceph for objects",
            reads=((*_ROOK, "version"),),
        )


def _ebs(storage: Storage, *, cloud: bool) -> Iterator[Fault]:
    """Volumes of EC2 where nobody makes any."""
    if cloud:
        return
    text = "only with kubernetes.cloudProvider: aws, whose driver makes volumes of EC2"
    if storage.default == "ebs":
        yield Fault(path=_DEFAULT, text=text, reads=(_CLOUD,))
    if storage.ebs is not None:
        yield Fault(path=_EBS, text=text, reads=(_CLOUD,))


def _classes(storage: Storage, *, cloud: bool) -> Iterator[Fault]:
    """Names of StorageClasses that are given twice."""
    taken: dict[str, str] = {}
    if storage.rook is not None:
        if storage.rook.shared_filesystem:
            taken[SHARED_CLASS] = "the shared filesystem"
        name = storage.class_name("rook")
        if name in taken:
            yield _twice((*_ROOK, "className"), name, taken[name])
        taken[name] = "rook"
    if storage.host_path is not None:
        name = storage.class_name("hostpath")
        # With a bundle Rook may have no class of its own; with the next version it would have.
        if name in taken or (name == "default" and storage.default != "hostpath"):
            owner = taken.get(name, storage.default or "rook")
            yield _twice(("storage", "hostpath", "className"), name, owner)
        taken.setdefault(name, "hostpath")
    # As the default it is called default, and another class of that name was named above.
    if cloud and storage.default != "ebs":
        name = storage.class_name("ebs")
        if name in taken or name == "default":
            owner = taken.get(name, storage.default or "whoever becomes the default")
            yield _twice((*_EBS, "className"), name, owner)


def _twice(path: Path, name: str, owner: str) -> Fault:
    text = f"the StorageClass {name} is that of {owner} already; give another name"
    return Fault(path=path, text=text, reads=(_DEFAULT,))


def _release(rook: Rook, kubernetes: Kubernetes, *, bundled: bool) -> Iterator[Fault]:
    release = rook.release(bundled=bundled)
    if not release.fits(kubernetes.version):
        yield Fault(
            path=(*_ROOK, "version"),
            text=f"Rook {release.version} runs on Kubernetes {release.kubernetes}, and kubernetes.version is "
            f"{kubernetes.version}; choose another of {KNOWN}",
            reads=(("kubernetes", "version"),),
        )


def _disks(rook: Rook, hosts: Hosts) -> Iterator[Fault]:
    """Each storage node has something to write to, and nobody else has."""
    roles = tuple((*_NODES, index, "roles") for index in range(len(hosts.nodes)))
    nodes = {node.name: node for node in hosts.nodes}
    if not storage_nodes(hosts):
        yield Fault(
            path=_ROOK,
            text="no node has the role storage, so there is nowhere to keep data; give it to one or more",
            reads=roles,
        )
    for name in rook.devices:
        if name not in nodes:
            text = f"there is no node of this name; there are {', '.join(nodes)}"
            yield Fault(path=(*_ROOK, "devices", name), text=text, reads=roles)
        elif not nodes[name].is_storage:
            text = "the node has not the role storage; give it the role, or remove the devices"
            yield Fault(path=(*_ROOK, "devices", name), text=text, reads=roles)
    bare = [node.name for node in storage_nodes(hosts) if node.name not in rook.devices]
    # Machines in EC2 have volumes of their own (aws_rules.py).
    if rook.loop_file is None and bare and hosts.provider != "aws":
        yield Fault(
            path=(*_ROOK, "loopFile"),
            text=f"missing, and {', '.join(bare)} has no devices; give a size such as 12Gi, or name devices of every "
            "node with the role storage",
            reads=((*_ROOK, "devices"), *roles),
        )
    if rook.loop_file is not None and storage_nodes(hosts) and not bare:
        yield Fault(
            path=(*_ROOK, "loopFile"),
            text="every node with the role storage has devices, so no file is made; remove the key",
            reads=((*_ROOK, "devices"), *roles),
        )


def _replication(rook: Rook, hosts: Hosts) -> Iterator[Fault]:
    count = len(storage_nodes(hosts))
    if rook.replication is not None and 0 < count < rook.replication:
        yield Fault(
            path=(*_ROOK, "replication"),
            text=f"{rook.replication} copies need as many nodes, and {count} keep data; add storage nodes before one "
            "goes, or lower the number",
            reads=tuple((*_NODES, index, "roles") for index in range(len(hosts.nodes))),
        )
