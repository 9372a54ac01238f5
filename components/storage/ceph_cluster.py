"""Ceph: mons, managers and OSDs on the storage nodes, and an end of it that leaves clean disks.

Owns the CephCluster, its settings, the pool that managers keep their own data in, and the order of its end. Does not
own the operator, nor pools for others.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.storage.ceph_settings import Build, Surroundings
from components.storage.fewer_copies import guarded
from components.storage.names import CEPH
from components.storage.placement import placements
from components.storage.probes import started
from components.storage.replication import Replication
from components.storage.rook_resource import rook_resource
from components.storage.steps_command import control_planes_step

DASHBOARD_PORT = 7000
_OVERRIDES = "rook-config-override"


@dataclass(frozen=True, kw_only=True)
class StorageNode:
    """A node of Ceph's: its Kubernetes name, its taints, and the JSON list of paths of its devices."""

    name: str
    taints: tuple[str, ...]
    devices: pulumi.Output[list[str]]


@dataclass(frozen=True, kw_only=True)
class CephClusterArgs:
    """How Ceph is to be.

    `image` is a reference to Ceph's image. `osds` is how many there are when all devices are in use; `control_planes`
    the document of those that may be asked to set its end in motion. `after`: what must be there before.
    """

    image: str
    nodes: tuple[StorageNode, ...]
    osds: int
    replication: Replication
    surroundings: Surroundings
    dashboard: bool
    control_planes: pulumi.Output[str]
    after: tuple[pulumi.Resource, ...]
    protect: bool = False


class CephCluster(pulumi.ComponentResource):
    """Ceph as Rook makes it.

    Children: `{name}-discarded` (on destroy: waits for clean hosts), `{name}-overrides`, `{name}-cluster`,
    `{name}-formed` (waits until Rook has made of Ceph what the cluster says), `{name}-managers`.

    What is made in the cluster depends on `ready`; an `end` stands behind all of it.
    """

    ready: tuple[pulumi.Resource, ...]

    def __init__(
        self, name: str, args: CephClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:CephCluster", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, depends_on=[*args.after])
        # Between the operator and the cluster: on destroy the cluster goes first, then this waits until the operator's
        # jobs have cleaned the hosts, and only then may the operator go.
        discarded = control_planes_step(
            f"{name}-discarded", ("nothing", "discarded"), args.control_planes, opts=child
        )
        overrides = kubernetes.core.v1.ConfigMap(
            f"{name}-overrides",
            metadata={"name": _OVERRIDES, "namespace": CEPH},
            data={"config": args.surroundings.settings(args.replication)},
            # Of all of Ceph this changes first, so a refusal here is one before anything has changed.
            opts=pulumi.ResourceOptions.merge(
                child, guarded(f"{name}-fewer-copies", args.replication)
            ),
        )
        spec = cluster_spec(args)
        cluster = rook_resource(
            f"{name}-cluster",
            "CephCluster",
            CEPH,
            spec,
            pulumi.ResourceOptions(
                parent=self,
                # Daemons read their settings when they start.
                depends_on=[*args.after, discarded, overrides],
                protect=args.protect,
            ),
            # Pulumi believes the generation in the status alone, and of a CephCluster Rook may never write it.
            awaited=False,
        )
        formed = control_planes_step(
            f"{name}-formed",
            ("formed", "nothing"),
            args.control_planes,
            parameters={"CEPH_OSDS": str(args.osds), "CEPH_SPEC": digest(spec)},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[cluster]),
        )
        managers = rook_resource(
            f"{name}-managers",
            "CephBlockPool",
            "builtin-mgr",
            {"name": ".mgr", **args.replication.pool},
            # A pool without a cluster is never ready; and the cluster does not go while a pool is there.
            pulumi.ResourceOptions(parent=self, depends_on=[formed]),
        )
        self.ready = (formed, managers)
        self.register_outputs({})


def cluster_spec(args: CephClusterArgs) -> dict[str, Any]:
    """The spec of the CephCluster."""
    replication, surroundings = args.replication, args.surroundings
    debian = surroundings.build is Build.DEBIAN
    taints = sorted({taint for node in args.nodes for taint in node.taints})
    modules = [{"name": "restful", "enabled": False}] if debian else []
    return {
        "cephVersion": {"image": args.image, "allowUnsupported": debian},
        "dataDirHostPath": "/var/lib/rook",
        # Their placement keeps them apart, and does it better.
        "mon": {"count": replication.mons, "allowMultiplePerNode": True},
        "mgr": {"count": replication.mgrs, "allowMultiplePerNode": False, "modules": modules},
        "dashboard": dashboard(enabled=args.dashboard),
        "placement": placements(taints, alone=replication.mons == 1),
        "priorityClassNames": {
            "mon": "system-node-critical",
            "osd": "system-node-critical",
            "mgr": "system-cluster-critical",
        },
        "resources": {
            "mon": {"requests": {"cpu": "100m", "memory": "256Mi"}},
            "mgr": {"requests": {"cpu": "100m", "memory": "512Mi"}},
            "osd": {"requests": {"cpu": "200m", "memory": surroundings.osd_memory}},
        },
        "healthCheck": {
            "startupProbe": {
                "mon": started(120),
                "mgr": started(120),
                # It may look through all that it holds first.
                "osd": started(7200),
            }
        },
        "removeOSDsIfOutAndSafeToRemove": True,
        "storage": {
            "useAllNodes": False,
            "useAllDevices": False,
            "nodes": [
                {
                    "name": node.name,
                    "devices": node.devices.apply(lambda paths: [{"name": path} for path in paths]),
                }
                for node in args.nodes
            ],
        },
        **surroundings.cluster(),
    }


def digest(spec: Mapping[str, Any]) -> pulumi.Output[str]:
    """Sixteen digits that are others when anything in a spec is."""
    text = pulumi.Output.json_dumps(spec, sort_keys=True)
    return text.apply(lambda known: hashlib.sha256(known.encode()).hexdigest()[:16])


def dashboard(*, enabled: bool) -> dict[str, Any]:
    """Ceph's page; whoever shows it outside of the cluster gives it TLS."""
    if not enabled:
        return {"enabled": False}
    return {"enabled": True, "ssl": False, "port": DASHBOARD_PORT, "urlPrefix": "/ceph"}
