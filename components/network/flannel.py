"""Flannel: a plain pod network, as typed resources. It routes; it neither encrypts nor enforces NetworkPolicies.

Owns the objects in kube-flannel that run it. Does not own its images (the bundle builds them) nor the addresses of each
node: the controller manager gives them out.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_kubernetes as kubernetes

NAMESPACE = "kube-flannel"
NAME = "flannel"
DAEMON_SET = "kube-flannel-ds"
CONFIGURATION = "kube-flannel-cfg"
LABELS = {"k8s-app": NAME}
SELECTOR = {"app": NAME}
DAEMON = "ghcr.io/flannel-io/flannel:v0.28.4"
PLUGIN = "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel1"
# What VXLAN puts around each packet; flannel wants to know the size outside.
_VXLAN_OVERHEAD = 50

Backend = Literal["vxlan", "host-gw"]


def images() -> tuple[str, ...]:
    """The two images, by upstream's names."""
    return (DAEMON, PLUGIN)


@dataclass(frozen=True, kw_only=True)
class FlannelArgs:
    """How the network is to be.

    `backend` is vxlan, which needs UDP port 8472 between hosts, or host-gw: plain routes, for hosts on one link.
    `api_host`, `api_port`: the API server, reached without kube-proxy, which may start later. `images` maps upstream's
    names to the references to run. `mtu` is that of pods, in bytes; None leaves Flannel's own choice.
    """

    pod_subnet: str
    api_host: str
    api_port: int
    images: Mapping[str, str]
    backend: Backend = "vxlan"
    mtu: int | None = None


class Flannel(pulumi.ComponentResource):
    """Flannel: Namespace, ServiceAccount, RBAC, `{name}-configuration`, and the DaemonSet as `{name}-daemon-set`."""

    ready: kubernetes.apps.v1.DaemonSet
    """Made only when its pods run on every node of that time; what needs pod networking depends on it."""

    def __init__(
        self, name: str, args: FlannelArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:network:Flannel", name, None, opts)
        namespace = kubernetes.core.v1.Namespace(
            f"{name}-namespace",
            metadata={
                "name": NAMESPACE,
                # The daemon works in the host's own network, which no stricter level allows.
                "labels": {**LABELS, "pod-security.kubernetes.io/enforce": "privileged"},
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        # The API server refuses objects in a namespace that is not there.
        inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        before: list[pulumi.Resource] = [*self._access(name, inside)]
        before.append(
            kubernetes.core.v1.ConfigMap(
                f"{name}-configuration",
                metadata={"name": CONFIGURATION, "namespace": NAMESPACE, "labels": LABELS},
                data=configuration(args),
                opts=inside,
            )
        )
        self.ready = kubernetes.apps.v1.DaemonSet(
            f"{name}-daemon-set",
            metadata={"name": DAEMON_SET, "namespace": NAMESPACE, "labels": LABELS},
            spec=daemon_set_spec(args),
            # Without its rights a pod crashes in a loop, and without its configuration it does not start: both would
            # be counted against the DaemonSet's time to become ready.
            opts=pulumi.ResourceOptions(parent=self, depends_on=before),
        )
        self.register_outputs({})

    def _access(self, name: str, inside: pulumi.ResourceOptions) -> list[pulumi.Resource]:
        """Who Flannel is and what it may do: read nodes, and write its own host's address and readiness to its node."""
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-account",
            metadata={"name": NAME, "namespace": NAMESPACE, "labels": LABELS},
            opts=inside,
        )
        cluster_wide = {"name": NAME, "labels": LABELS}
        child = pulumi.ResourceOptions(parent=self)
        role = kubernetes.rbac.v1.ClusterRole(
            f"{name}-cluster-role",
            metadata=cluster_wide,
            rules=[
                {"api_groups": [""], "resources": ["pods"], "verbs": ["get"]},
                {"api_groups": [""], "resources": ["nodes"], "verbs": ["get", "list", "watch"]},
                {"api_groups": [""], "resources": ["nodes/status"], "verbs": ["patch"]},
            ],
            opts=child,
        )
        binding = kubernetes.rbac.v1.ClusterRoleBinding(
            f"{name}-cluster-role-binding",
            metadata=cluster_wide,
            role_ref={
                "api_group": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": NAME,
            },
            subjects=[{"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}],
            opts=child,
        )
        return [account, role, binding]


def configuration(args: FlannelArgs) -> dict[str, str]:
    """The two files: what kubelet's runtime does for a pod, and what the daemon does for the host."""
    backend: dict[str, str | int] = {"Type": args.backend}
    if args.mtu is not None:
        backend["MTU"] = args.mtu + (_VXLAN_OVERHEAD if args.backend == "vxlan" else 0)
    plugins = [
        {"type": "flannel", "delegate": {"hairpinMode": True, "isDefaultGateway": True}},
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ]
    conflist = {"name": "cbr0", "cniVersion": "0.3.1", "plugins": plugins}
    network = {"Network": args.pod_subnet, "EnableNFTables": False, "Backend": backend}
    return {
        "cni-conf.json": json.dumps(conflist, indent=2) + "\n",
        "net-conf.json": json.dumps(network, indent=2) + "\n",
    }


def daemon_set_spec(args: FlannelArgs) -> kubernetes.apps.v1.DaemonSetSpecArgsDict:
    """The DaemonSet's spec: puts plugin and configuration in place, then runs; on every node, whatever its taints."""
    files = json.dumps(configuration(args), sort_keys=True)
    return {
        "selector": {"match_labels": SELECTOR},
        "update_strategy": {"type": "RollingUpdate", "rolling_update": {"max_unavailable": 1}},
        "template": {
            "metadata": {
                "labels": {**LABELS, **SELECTOR},
                # Pods read their configuration when they start: another one must start new pods.
                "annotations": {
                    "appliance.dev/configuration": hashlib.sha256(files.encode()).hexdigest()
                },
            },
            "spec": {
                "service_account_name": NAME,
                "host_network": True,
                "priority_class_name": "system-node-critical",
                "tolerations": [
                    {"effect": "NoSchedule", "operator": "Exists"},
                    {"effect": "NoExecute", "operator": "Exists"},
                ],
                "init_containers": [
                    _copy("install-cni-plugin", args.images[PLUGIN], "/flannel", "cni-plugin"),
                    _copy(
                        "install-cni",
                        args.images[DAEMON],
                        "/etc/kube-flannel/cni-conf.json",
                        "cni",
                    ),
                ],
                "containers": [_daemon(args)],
                "volumes": [
                    _host_path("run", "/run/flannel", "DirectoryOrCreate"),
                    _host_path("cni-plugin", "/opt/cni/bin", "DirectoryOrCreate"),
                    _host_path("cni", "/etc/cni/net.d", "DirectoryOrCreate"),
                    {"name": "flannel-cfg", "config_map": {"name": CONFIGURATION}},
                    _host_path("xtables-lock", "/run/xtables.lock", "FileOrCreate"),
                ],
            },
        },
    }


_PLACES = {
    "cni-plugin": ("/opt/cni/bin", "/opt/cni/bin/flannel"),
    "cni": ("/etc/cni/net.d", "/etc/cni/net.d/10-flannel.conflist"),
}


def _copy(name: str, image: str, source: str, volume: str) -> kubernetes.core.v1.ContainerArgsDict:
    directory, target = _PLACES[volume]
    return {
        "name": name,
        "image": image,
        "command": ["cp", "-f", source, target],
        "volume_mounts": [
            {"name": volume, "mount_path": directory},
            {"name": "flannel-cfg", "mount_path": "/etc/kube-flannel"},
        ],
    }


def _daemon(args: FlannelArgs) -> kubernetes.core.v1.ContainerArgsDict:
    return {
        "name": "kube-flannel",
        "image": args.images[DAEMON],
        # By the node's own address, since the default route of a host may lead elsewhere.
        "command": [
            "/opt/bin/flanneld",
            "--ip-masq",
            "--kube-subnet-mgr",
            "--iface=$(NODE_ADDRESS)",
        ],
        "env": [
            _field("POD_NAME", "metadata.name"),
            _field("POD_NAMESPACE", "metadata.namespace"),
            _field("NODE_ADDRESS", "status.hostIP"),
            {"name": "EVENT_QUEUE_DEPTH", "value": "5000"},
            {"name": "CONT_WHEN_CACHE_NOT_READY", "value": "false"},
            {"name": "KUBERNETES_SERVICE_HOST", "value": args.api_host},
            {"name": "KUBERNETES_SERVICE_PORT", "value": str(args.api_port)},
        ],
        # Written when link, routes and rules are there; before, the plugin refuses every pod.
        "readiness_probe": {
            "exec": {"command": ["test", "-s", "/run/flannel/subnet.env"]},
            "period_seconds": 2,
        },
        "resources": {"requests": {"cpu": "100m", "memory": "50Mi"}},
        "security_context": {
            "privileged": False,
            "capabilities": {"add": ["NET_ADMIN", "NET_RAW"]},
        },
        "volume_mounts": [
            {"name": "run", "mount_path": "/run/flannel"},
            {"name": "flannel-cfg", "mount_path": "/etc/kube-flannel"},
            {"name": "xtables-lock", "mount_path": "/run/xtables.lock"},
        ],
    }


def _field(name: str, path: str) -> kubernetes.core.v1.EnvVarArgsDict:
    return {"name": name, "value_from": {"field_ref": {"field_path": path}}}


def _host_path(name: str, path: str, kind: str) -> kubernetes.core.v1.VolumeArgsDict:
    return {"name": name, "host_path": {"path": path, "type": kind}}
