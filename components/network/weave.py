"""Weave Net: the pod network, its encryption and its NetworkPolicy controller, as typed resources.

Owns the objects in kube-system that run it. Does not own its images (the bundle builds them) nor the
policies that others declare.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

VERSION = "2.6.5"
NAMESPACE = "kube-system"
NAME = "weave-net"
LABELS = {"name": NAME}
PASSWORD_SECRET = "weave-passwd"  # noqa: S105 - the Secret's name


def images() -> tuple[str, ...]:
    """The two images, by upstream's names."""
    return (
        f"docker.io/weaveworks/weave-kube:{VERSION}",
        f"docker.io/weaveworks/weave-npc:{VERSION}",
    )


@dataclass(frozen=True, kw_only=True)
class WeaveArgs:
    """How the network is to be.

    `password` encrypts the traffic between hosts when it is given; without it traffic is in clear. `password_epoch`
    tells one password from the next without showing it. `api_host`, `api_port`: the API server, reached without
    kube-proxy, which may start later. `fast_datapath` needs the openvswitch module. `images` maps upstream's names to
    the references to run. `mtu` in bytes; None leaves Weave's own choice.
    """

    pod_subnet: str
    api_host: str
    api_port: int
    images: Mapping[str, str]
    fast_datapath: bool
    password: pulumi.Output[str] | None = None
    password_epoch: int = 1
    mtu: int | None = None


class Weave(pulumi.ComponentResource):
    """Weave Net: ServiceAccount, RBAC, the password's Secret, and the DaemonSet `weave-net` as `{name}-daemon-set`."""

    encrypted: bool
    ready: kubernetes.apps.v1.DaemonSet
    """Made only when its pods run on every node of that time; what needs pod networking depends on it."""

    def __init__(
        self, name: str, args: WeaveArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:network:Weave", name, None, opts)
        self.encrypted = args.password is not None
        child = pulumi.ResourceOptions(parent=self)
        before: list[pulumi.Resource] = [*self._access(name, child)]
        if args.password is not None:
            before.append(
                kubernetes.core.v1.Secret(
                    f"{name}-password",
                    metadata={"name": PASSWORD_SECRET, "namespace": NAMESPACE},
                    string_data={"password": args.password},
                    opts=child,
                )
            )
        self.ready = kubernetes.apps.v1.DaemonSet(
            f"{name}-daemon-set",
            metadata={"name": NAME, "namespace": NAMESPACE, "labels": LABELS},
            spec=daemon_set_spec(args),
            # Without its rights a pod crashes in a loop, and without the password's Secret it does not start: both
            # would be counted against the DaemonSet's time to become ready.
            opts=pulumi.ResourceOptions(parent=self, depends_on=before),
        )
        self.register_outputs({})

    def _access(self, name: str, child: pulumi.ResourceOptions) -> list[pulumi.Resource]:
        """Who Weave is and what it may do: read pods, namespaces, nodes and policies; keep its peers in a ConfigMap."""
        metadata = {"name": NAME, "namespace": NAMESPACE, "labels": LABELS}
        cluster_wide = {"name": NAME, "labels": LABELS}
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-account", metadata=metadata, opts=child
        )
        subjects = [{"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}]
        group = "rbac.authorization.k8s.io"
        cluster_role = kubernetes.rbac.v1.ClusterRole(
            f"{name}-cluster-role",
            metadata=cluster_wide,
            rules=[
                {
                    "api_groups": [""],
                    "resources": ["pods", "namespaces", "nodes"],
                    "verbs": ["get", "list", "watch"],
                },
                {
                    "api_groups": ["networking.k8s.io"],
                    "resources": ["networkpolicies"],
                    "verbs": ["get", "list", "watch"],
                },
                {"api_groups": [""], "resources": ["nodes/status"], "verbs": ["patch", "update"]},
            ],
            opts=child,
        )
        cluster_binding = kubernetes.rbac.v1.ClusterRoleBinding(
            f"{name}-cluster-role-binding",
            metadata=cluster_wide,
            role_ref={"api_group": group, "kind": "ClusterRole", "name": NAME},
            subjects=subjects,
            opts=child,
        )
        role = kubernetes.rbac.v1.Role(
            f"{name}-role",
            metadata=metadata,
            rules=[
                {
                    "api_groups": [""],
                    "resources": ["configmaps"],
                    "resource_names": [NAME],
                    "verbs": ["get", "update"],
                },
                {"api_groups": [""], "resources": ["configmaps"], "verbs": ["create"]},
            ],
            opts=child,
        )
        binding = kubernetes.rbac.v1.RoleBinding(
            f"{name}-role-binding",
            metadata=metadata,
            role_ref={"api_group": group, "kind": "Role", "name": NAME},
            subjects=subjects,
            opts=child,
        )
        return [account, cluster_role, cluster_binding, role, binding]


def daemon_set_spec(args: WeaveArgs) -> kubernetes.apps.v1.DaemonSetSpecArgsDict:
    """The DaemonSet's spec: router and policy controller on every node, whatever its taints."""
    return {
        "selector": {"match_labels": LABELS},
        "update_strategy": {"type": "RollingUpdate", "rolling_update": {"max_unavailable": 1}},
        "min_ready_seconds": 5,
        "template": {
            "metadata": {
                "labels": LABELS,
                # Pods read the password when they start: a new one must start new pods.
                "annotations": {"appliance.dev/password-epoch": str(args.password_epoch)},
            },
            "spec": {
                "service_account_name": NAME,
                "host_network": True,
                # The router writes into the host's own network namespace, by way of the host's first process.
                "host_pid": True,
                "dns_policy": "ClusterFirstWithHostNet",
                "priority_class_name": "system-node-critical",
                "restart_policy": "Always",
                "tolerations": [
                    {"effect": "NoSchedule", "operator": "Exists"},
                    {"effect": "NoExecute", "operator": "Exists"},
                ],
                "containers": [_router(args), _policy_controller(args)],
                "volumes": [
                    _host_path("weavedb", "/var/lib/weave", "DirectoryOrCreate"),
                    _host_path("cni-bin", "/opt", "DirectoryOrCreate"),
                    _host_path("cni-bin2", "/home", "DirectoryOrCreate"),
                    _host_path("cni-conf", "/etc", "DirectoryOrCreate"),
                    _host_path("dbus", "/var/lib/dbus", "DirectoryOrCreate"),
                    _host_path("lib-modules", "/lib/modules", "DirectoryOrCreate"),
                    _host_path("xtables-lock", "/run/xtables.lock", "FileOrCreate"),
                ],
            },
        },
    }


def _router(args: WeaveArgs) -> kubernetes.core.v1.ContainerArgsDict:
    environment = [
        *_environment(args),
        _value("IPALLOC_RANGE", args.pod_subnet),
        # Upstream is gone; its version check would only wait for a name that nobody answers.
        _value("CHECKPOINT_DISABLE", "1"),
        # Keeps the client's address on its way to a pod of the same node.
        _value("NO_MASQ_LOCAL", "1"),
    ]
    if not args.fast_datapath:
        environment.append(_value("WEAVE_NO_FASTDP", "1"))
    if args.mtu is not None:
        environment.append(_value("WEAVE_MTU", str(args.mtu)))
    if args.password is not None:
        environment.append(
            {
                "name": "WEAVE_PASSWORD",
                "value_from": {"secret_key_ref": {"name": PASSWORD_SECRET, "key": "password"}},
            }
        )
    return {
        "name": "weave",
        "image": args.images[images()[0]],
        "command": ["/home/weave/launch.sh"],
        "env": environment,
        "readiness_probe": {"http_get": {"host": "127.0.0.1", "path": "/status", "port": 6784}},
        "resources": {"requests": {"cpu": "50m", "memory": "100Mi"}},
        "security_context": {"privileged": True},
        "volume_mounts": [
            {"name": "weavedb", "mount_path": "/weavedb"},
            {"name": "cni-bin", "mount_path": "/host/opt"},
            {"name": "cni-bin2", "mount_path": "/host/home"},
            {"name": "cni-conf", "mount_path": "/host/etc"},
            {"name": "dbus", "mount_path": "/host/var/lib/dbus"},
            {"name": "lib-modules", "mount_path": "/lib/modules"},
            {"name": "xtables-lock", "mount_path": "/run/xtables.lock"},
        ],
    }


def _policy_controller(args: WeaveArgs) -> kubernetes.core.v1.ContainerArgsDict:
    return {
        "name": "weave-npc",
        "image": args.images[images()[1]],
        "env": _environment(args),
        "resources": {"requests": {"cpu": "50m", "memory": "100Mi"}},
        "security_context": {"privileged": True},
        "volume_mounts": [{"name": "xtables-lock", "mount_path": "/run/xtables.lock"}],
    }


def _environment(args: WeaveArgs) -> list[kubernetes.core.v1.EnvVarArgsDict]:
    return [
        {
            "name": "HOSTNAME",
            "value_from": {"field_ref": {"api_version": "v1", "field_path": "spec.nodeName"}},
        },
        _value("KUBERNETES_SERVICE_HOST", args.api_host),
        _value("KUBERNETES_SERVICE_PORT", str(args.api_port)),
    ]


def _value(name: str, value: str) -> kubernetes.core.v1.EnvVarArgsDict:
    return {"name": name, "value": value}


def _host_path(name: str, path: str, kind: str) -> kubernetes.core.v1.VolumeArgsDict:
    return {"name": name, "host_path": {"path": path, "type": kind}}
