"""Rook's operator, which runs Ceph: its namespaces, definitions and rights, settings and Deployment.

Owns what must be there before a CephCluster, and outlive it: the operator takes finalizers off. Does not own Ceph
itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes

from components.isolation.bounds import Bounds
from components.isolation.namespace import Admits, ManagedNamespace, NamespaceArgs
from components.manifest.manifest import Manifest, ManifestArgs
from components.rollout import recreated
from components.storage.names import CEPH, OPERATOR, SYSTEM
from components.storage.releases import Release
from components.storage.rook_objects import rook_objects

SETTINGS = "rook-ceph-operator-config"
LABELS = {"app": OPERATOR}
REPLICAS = 1
_MON_PORTS = (3300, 6789)
_COMPILED = "/var/cache/python"


@dataclass(frozen=True, kw_only=True)
class RookOperatorArgs:
    """Which Rook.

    `texts` are its manifests, file name → text; `images` upstream's names → references. `loop_devices`: Ceph may write
    to them. `policies`: whether the network enforces NetworkPolicies. `system_bounds` are of the operator's
    namespace, `ceph_bounds` of Ceph's. `dashboard_port` is open to the cluster. `after`: what pods need to run.
    """

    release: Release
    texts: Mapping[str, str]
    images: Mapping[str, str]
    loop_devices: bool
    policies: bool
    system_bounds: Bounds = field(default_factory=Bounds)
    ceph_bounds: Bounds = field(default_factory=Bounds)
    dashboard_port: int | None = None
    after: tuple[pulumi.Resource, ...] = ()


class RookOperator(pulumi.ComponentResource):
    """`{name}-system` and `{name}-ceph` (namespaces), `{name}-manifest`, `{name}-settings`, `{name}-deployment`."""

    ready: kubernetes.apps.v1.Deployment
    """Made when the operator runs; Ceph's resources depend on it."""

    def __init__(
        self, name: str, args: RookOperatorArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:RookOperator", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        system = ManagedNamespace(f"{name}-system", system_namespace(args), child)
        ceph = ManagedNamespace(f"{name}-ceph", ceph_namespace(args), child)
        objects = rook_objects(args.texts, args.release.files, args.images)
        manifest = Manifest(
            f"{name}-manifest",
            # Most of them stand in these namespaces.
            ManifestArgs(objects=objects, after=(*system.ready, *ceph.ready)),
            child,
        )
        settings = kubernetes.core.v1.ConfigMap(
            f"{name}-settings",
            metadata={"name": SETTINGS, "namespace": SYSTEM},
            data=operator_settings(args),
            # The API server refuses objects in a namespace that is not there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*system.ready]),
        )
        self.ready = kubernetes.apps.v1.Deployment(
            f"{name}-deployment",
            metadata={
                "name": OPERATOR,
                "namespace": SYSTEM,
                "labels": LABELS,
                "annotations": recreated(REPLICAS),
            },
            spec=deployment_spec(args.images[args.release.operator]),
            # It crashes without its definitions and rights, and reaches no API server without a network. On destroy it
            # goes before them, and after all that it looks after: the resources that depend on it.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[settings, *manifest.resources.values(), *args.after]
            ),
        )
        self.register_outputs({})


def system_namespace(args: RookOperatorArgs) -> NamespaceArgs:
    """The operator's; CSI's daemons work in it on each host, if there are any."""
    return NamespaceArgs(
        name=SYSTEM,
        level="privileged" if args.release.csi else "baseline",
        policies=args.policies,
        bounds=args.system_bounds,
    )


def ceph_namespace(args: RookOperatorArgs) -> NamespaceArgs:
    """Ceph's: its daemons write to the hosts' devices. Who mounts volumes reaches mons and OSDs from the hosts."""
    admits = [
        Admits(name="operator", from_namespaces=(SYSTEM,)),
        Admits(name="object-store", pods={"app": "rook-ceph-rgw"}),
    ]
    if args.release.csi:
        # Kernels of any node mount volumes; Ceph itself asks each for its key.
        admits += [
            Admits(name="mons", pods={"app": "rook-ceph-mon"}, ports=_MON_PORTS),
            Admits(name="osds", pods={"app": "rook-ceph-osd"}),
            Admits(name="mds", pods={"app": "rook-ceph-mds"}),
            Admits(name="managers", pods={"app": "rook-ceph-mgr"}),
        ]
    elif args.dashboard_port:
        admits.append(
            Admits(name="dashboard", pods={"app": "rook-ceph-mgr"}, ports=(args.dashboard_port,))
        )
    return NamespaceArgs(
        name=CEPH,
        level="privileged",
        policies=args.policies,
        admits=tuple(admits),
        bounds=args.ceph_bounds,
    )


def operator_settings(args: RookOperatorArgs) -> dict[str, str]:
    """What the operator reads from its ConfigMap."""
    csi = args.release.csi
    settings = {
        "ROOK_LOG_LEVEL": "INFO",
        "ROOK_CEPH_ALLOW_LOOP_DEVICES": str(args.loop_devices).lower(),
        "ROOK_CSI_ENABLE_RBD": str(csi is not None).lower(),
        "ROOK_CSI_ENABLE_CEPHFS": str(csi is not None).lower(),
        "ROOK_ENABLE_DISCOVERY_DAEMON": "false",
        # Devices are named, so one that appears changes nothing.
        "ROOK_DISABLE_DEVICE_HOTPLUG": "true",
        "ROOK_CEPH_COMMANDS_TIMEOUT_SECONDS": "15",
    }
    if csi is not None:
        settings |= {
            "ROOK_USE_CSI_OPERATOR": "true",
            **{key: args.images[image] for key, image in csi.settings.items()},
        }
    return settings


def deployment_spec(image: str) -> kubernetes.apps.v1.DeploymentSpecArgsDict:
    """One operator, without rights on its host."""
    return {
        "replicas": REPLICAS,
        "selector": {"match_labels": LABELS},
        # Two at a time would work against each other.
        "strategy": {"type": "Recreate"},
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {
                "service_account_name": "rook-ceph-system",
                "priority_class_name": "system-cluster-critical",
                # It heals Ceph after a node is lost, so it must not wait five minutes itself.
                "tolerations": [
                    {
                        "key": "node.kubernetes.io/unreachable",
                        "operator": "Exists",
                        "effect": "NoExecute",
                        "toleration_seconds": 5,
                    }
                ],
                # Of the pod and not of its container: for one that asks for something Rook makes an object store's
                # pools one after the other, and takes minutes where it could take seconds.
                "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
                "containers": [_container(image)],
                "volumes": [
                    {"name": "rook-config", "empty_dir": {}},
                    {"name": "default-config-dir", "empty_dir": {}},
                    {"name": "webhook-cert", "empty_dir": {}},
                    {"name": "compiled", "empty_dir": {}},
                ],
            },
        },
    }


def _container(image: str) -> kubernetes.core.v1.ContainerArgsDict:
    return {
        "name": OPERATOR,
        "image": image,
        "args": ["ceph", "operator"],
        "env": [
            # It looks after a cluster in another namespace than its own.
            {"name": "ROOK_CURRENT_NAMESPACE_ONLY", "value": "false"},
            {"name": "ROOK_HOSTPATH_REQUIRES_PRIVILEGED", "value": "false"},
            {"name": "ROOK_UNREACHABLE_NODE_TOLERATION_SECONDS", "value": "5"},
            # Ceph's commands are Python, and spend most of their time on compiling themselves unless that is kept.
            {"name": "PYTHONPYCACHEPREFIX", "value": _COMPILED},
            _field("NODE_NAME", "spec.nodeName"),
            _field("POD_NAME", "metadata.name"),
            _field("POD_NAMESPACE", "metadata.namespace"),
        ],
        "security_context": {
            "run_as_non_root": True,
            # Ceph's commands refuse a user that the image does not know.
            "run_as_user": 2016,
            "run_as_group": 2016,
            "allow_privilege_escalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "volume_mounts": [
            {"name": "rook-config", "mount_path": "/var/lib/rook"},
            {"name": "default-config-dir", "mount_path": "/etc/ceph"},
            {"name": "webhook-cert", "mount_path": "/etc/webhook"},
            {"name": "compiled", "mount_path": _COMPILED},
        ],
    }


def _field(name: str, path: str) -> kubernetes.core.v1.EnvVarArgsDict:
    return {"name": name, "value_from": {"field_ref": {"field_path": path}}}
