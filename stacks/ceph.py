"""Ceph as configured: from the operator to the end, each part waiting for the one before.

Owns the mapping of `storage.rook` to the components' arguments. Does not own whether there is to be any Ceph
(`storage.py`).
"""

from dataclasses import dataclass

import pulumi

from bundle import manifests
from bundle.lock import Lock
from components.storage import names
from components.storage.block_pool import BlockPool, BlockPoolArgs
from components.storage.ceph_cluster import (
    DASHBOARD_PORT,
    CephCluster,
    CephClusterArgs,
    StorageNode,
)
from components.storage.ceph_end import CephEnd, CephEndArgs
from components.storage.ceph_settings import Build, Surroundings
from components.storage.disks import Disks, DisksArgs
from components.storage.object_store import ObjectStore, ObjectStoreArgs
from components.storage.releases import Release
from components.storage.replication import Replication, replication
from components.storage.rook_operator import RookOperator, RookOperatorArgs
from components.storage.shared_filesystem import SharedFilesystem, SharedFilesystemArgs
from components.storage.storage_class import ClassName
from stacks.config import Configuration
from stacks.config.checks import mebibytes
from stacks.config.storage import Rook
from stacks.config.storage_rules import SHARED_CLASS, storage_nodes
from stacks.ground import Ground
from stacks.isolation import bounds
from stacks.references import references
from stacks.secrets import Secrets


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One stack's Ceph; `class_name` is the name of its StorageClass."""

    configuration: Configuration
    rook: Rook
    class_name: ClassName
    lock: Lock
    ground: Ground

    @property
    def release(self) -> Release:
        """The versions that run."""
        return self.rook.release(bundled=self.configuration.bundled)

    @property
    def nodes(self) -> int:
        """How many nodes keep data."""
        return len(storage_nodes(self.configuration.hosts))

    @property
    def copies(self) -> Replication:
        """What they can hold, or what the configuration fixes."""
        return copies(self.configuration, self.rook)

    @property
    def surroundings(self) -> Surroundings:
        """Where Ceph runs; the bundle's is built of Debian's packages."""
        build = Build.DEBIAN if self.configuration.bundled else Build.UPSTREAM
        return Surroundings(profile=self.ground.machines[0].profile, build=build)


def copies(configuration: Configuration, rook: Rook) -> Replication:
    """What the storage nodes can hold, or what the configuration fixes."""
    return replication(len(storage_nodes(configuration.hosts)), rook.replication)


def shared_class(configuration: Configuration, rook: Rook) -> ClassName | None:
    """The shared filesystem's StorageClass, where it is and something mounts it."""
    mounted = rook.release(bundled=configuration.bundled).csi
    return ClassName(name=SHARED_CLASS) if rook.shared_filesystem and mounted else None


def ceph(plan: Plan, secrets: Secrets, opts: pulumi.ResourceOptions) -> tuple[pulumi.Resource, ...]:
    """Makes all of it; what is returned is made when objects and claims are served."""
    disks = Disks("disks", disks_arguments(plan, secrets))
    operator = RookOperator("rook", operator_arguments(plan), opts)
    cluster = CephCluster("ceph", cluster_arguments(plan, disks, operator), opts)
    made = (*cluster.ready, *contents(plan, cluster, opts))
    end = CephEndArgs(
        control_planes=plan.ground.control_plane.sides,
        copies=plan.copies.size,
        after=made,
        protect=plan.configuration.protection,
    )
    # Whoever uses storage depends on this too, and so is gone before the data is given up.
    return (*made, CephEnd("ceph-end", end).ready)


def contents(
    plan: Plan, cluster: CephCluster, opts: pulumi.ResourceOptions
) -> tuple[pulumi.Resource, ...]:
    """What lies in the cluster: pools, filesystem, objects."""
    protect = plan.configuration.protection
    pool = BlockPoolArgs(
        replication=plan.copies,
        class_name=plan.class_name if plan.release.csi else None,
        after=cluster.ready,
        protect=protect,
    )
    made = BlockPool("ceph-block", pool, opts).ready
    if plan.rook.shared_filesystem:
        shared = SharedFilesystemArgs(
            replication=plan.copies,
            nodes=plan.nodes,
            class_name=shared_class(plan.configuration, plan.rook),
            after=cluster.ready,
            protect=protect,
        )
        made += SharedFilesystem("ceph-files", shared, opts).ready
    if plan.rook.object_store:
        objects = ObjectStoreArgs(
            replication=plan.copies, nodes=plan.nodes, after=cluster.ready, protect=protect
        )
        made += ObjectStore("ceph-objects", objects, opts).ready
    return made


def disks_arguments(plan: Plan, secrets: Secrets) -> DisksArgs:
    """What lies below the OSDs of every node with the role storage, also of one on its way out."""
    size = plan.rook.loop_file
    return DisksArgs(
        machines=tuple(each for each in plan.ground.machines if "storage" in each.roles),
        devices=plan.rook.devices,
        file_mib=str(mebibytes(size)) if size else "",
        api_name=plan.ground.cluster.api_name,
        ca_certificate=secrets.ca_certificate,
    )


def operator_arguments(plan: Plan) -> RookOperatorArgs:
    """Rook as configured, out of its own manifests."""
    return RookOperatorArgs(
        release=plan.release,
        texts=manifests.read(plan.lock, plan.release.manifest),
        images=references(plan.configuration, plan.lock, plan.release.images),
        loop_devices=plan.rook.loop_file is not None,
        policies=plan.configuration.network.policies,
        system_bounds=bounds(plan.configuration, names.SYSTEM),
        ceph_bounds=bounds(plan.configuration, names.CEPH),
        dashboard_port=DASHBOARD_PORT if plan.rook.dashboard else None,
        after=plan.ground.ready,
    )


def cluster_arguments(plan: Plan, disks: Disks, operator: RookOperator) -> CephClusterArgs:
    """Ceph as configured, on the storage nodes that stay."""
    staying = {node.name for node in storage_nodes(plan.configuration.hosts)}
    machines = [machine for machine in plan.ground.machines if machine.name in staying]
    images = references(plan.configuration, plan.lock, plan.release.images)
    return CephClusterArgs(
        image=images[plan.release.ceph],
        nodes=tuple(
            StorageNode(
                name=machine.name, taints=machine.taints, devices=disks.devices[machine.name]
            )
            for machine in machines
        ),
        # A host without named devices has one file.
        osds=sum(len(plan.rook.devices.get(machine.name, ("",))) for machine in machines),
        replication=plan.copies,
        surroundings=plan.surroundings,
        dashboard=plan.rook.dashboard,
        control_planes=plan.ground.control_plane.sides,
        # A host that refuses its disk has changed nothing of Ceph: not even how many copies it is told of.
        after=(operator.ready, disks),
        protect=plan.configuration.protection,
    )
