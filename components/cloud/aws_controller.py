"""AWS's own controller in the cluster: it introduces nodes as the machines that they are, and makes load balancers.

Owns the objects in kube-system that run it, and its rights in the cluster. Does not own its rights in the account
(components/machines/aws/rights.py), nor how a node says which machine it is (components/cluster/kubeadm.py).

It runs on the control planes, in their own network: only there are credentials (pods behind the pod network do not
reach the metadata service), and it must run before there is a pod network at all, since until it has seen a node that
node takes no other pods. It asks the API server by the host's own balancer, which needs neither kube-proxy nor names.

Its maker's manifests give it every verb on nodes, and tokens of other accounts; here it has what its controllers do.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

NAMESPACE: Final = "kube-system"
NAME: Final = "aws-cloud-controller-manager"
LABELS: Final = {"k8s-app": NAME}
LEASE: Final = "cloud-controller-manager"
PORT: Final = 10258
CONTROLLERS: Final = (
    "cloud-node-controller",
    "cloud-node-lifecycle-controller",
    "service-lb-controller",
)
"""Those that are wanted. Not the one for routes, which would carry pods' packets in place of the pod network, nor the
one for tags, which Pulumi sets."""
CONTROL_PLANE: Final = "node-role.kubernetes.io/control-plane"
UNINITIALIZED: Final = "node.cloudprovider.kubernetes.io/uninitialized"
_READ: Final = ["get", "list", "watch"]


@dataclass(frozen=True, kw_only=True)
class AwsControllerArgs:
    """`cluster` is the name in the tags of what is the cluster's; `api_host`, `api_port`: the API server.

    `environment` are variables of a proxy, if AWS is reached through one.
    """

    image: str
    cluster: str
    api_host: str
    api_port: int
    environment: list[kubernetes.core.v1.EnvVarArgsDict] = field(default_factory=list)


class AwsController(pulumi.ComponentResource):
    """The controller: `{name}-account`, its rights, and `{name}-daemon-set`."""

    ready: tuple[pulumi.Resource, ...]
    """Made only when it runs on every control plane; nodes take ordinary pods from then on."""

    def __init__(
        self, name: str, args: AwsControllerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:cloud:AwsController", name, None, opts)
        daemon_set = kubernetes.apps.v1.DaemonSet(
            f"{name}-daemon-set",
            metadata={"name": NAME, "namespace": NAMESPACE, "labels": LABELS},
            spec=daemon_set_spec(args),
            # Without its rights it ends at once, again and again.
            opts=pulumi.ResourceOptions(parent=self, depends_on=self._access(name)),
        )
        self.ready = (daemon_set,)
        self.register_outputs({})

    def _access(self, name: str) -> list[pulumi.Resource]:
        """Who it is, what it may do everywhere, and in its own namespace."""
        child = pulumi.ResourceOptions(parent=self)
        inside: kubernetes.meta.v1.ObjectMetaArgsDict = {
            "name": NAME,
            "namespace": NAMESPACE,
            "labels": LABELS,
        }
        everywhere: kubernetes.meta.v1.ObjectMetaArgsDict = {"name": NAME, "labels": LABELS}
        subjects: list[kubernetes.rbac.v1.SubjectArgsDict] = [
            {"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}
        ]
        return [
            kubernetes.core.v1.ServiceAccount(f"{name}-account", metadata=inside, opts=child),
            kubernetes.rbac.v1.ClusterRole(
                f"{name}-cluster-role", metadata=everywhere, rules=cluster_rules(), opts=child
            ),
            kubernetes.rbac.v1.ClusterRoleBinding(
                f"{name}-cluster-role-binding",
                metadata=everywhere,
                role_ref=_to("ClusterRole", NAME),
                subjects=subjects,
                opts=child,
            ),
            kubernetes.rbac.v1.Role(f"{name}-role", metadata=inside, rules=own_rules(), opts=child),
            kubernetes.rbac.v1.RoleBinding(
                f"{name}-role-binding",
                metadata=inside,
                role_ref=_to("Role", NAME),
                subjects=subjects,
                opts=child,
            ),
            # How whoever asks for its metrics is known; without it the program does not start.
            kubernetes.rbac.v1.RoleBinding(
                f"{name}-authentication",
                metadata={**inside, "name": f"{NAME}-authentication"},
                role_ref=_to("Role", "extension-apiserver-authentication-reader"),
                subjects=subjects,
                opts=child,
            ),
        ]


def cluster_rules() -> list[Any]:
    """What it does to nodes and Services (controllers/ of k8s.io/cloud-provider); nothing of Secrets and pods."""
    return [
        # A node whose machine is gone for good goes too.
        {
            "api_groups": [""],
            "resources": ["nodes"],
            "verbs": [*_READ, "update", "patch", "delete"],
        },
        {"api_groups": [""], "resources": ["nodes/status"], "verbs": ["patch"]},
        {"api_groups": [""], "resources": ["services"], "verbs": _READ},
        # Its finalizer too is written through the status.
        {"api_groups": [""], "resources": ["services/status"], "verbs": ["patch"]},
        {"api_groups": [""], "resources": ["events"], "verbs": ["create", "patch", "update"]},
    ]


def own_rules() -> list[Any]:
    """Which of several is at work."""
    group = "coordination.k8s.io"
    return [
        {"api_groups": [group], "resources": ["leases"], "verbs": ["create"]},
        {
            "api_groups": [group],
            "resources": ["leases"],
            "resource_names": [LEASE],
            "verbs": ["get", "update"],
        },
    ]


def daemon_set_spec(args: AwsControllerArgs) -> kubernetes.apps.v1.DaemonSetSpecArgsDict:
    """The DaemonSet's spec: on every control plane, also on one that is not Ready and that nobody has introduced."""
    return {
        "selector": {"match_labels": LABELS},
        # The old one must have given its port back before a new one can have it.
        "update_strategy": {"type": "RollingUpdate", "rolling_update": {"max_unavailable": 1}},
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {
                "service_account_name": NAME,
                "host_network": True,
                # Names of AWS by the host's resolver: those of the cluster come with a pod that waits for this one.
                "dns_policy": "Default",
                "priority_class_name": "system-cluster-critical",
                "node_selector": {CONTROL_PLANE: ""},
                "tolerations": [
                    {"key": CONTROL_PLANE, "operator": "Exists", "effect": "NoSchedule"},
                    {"key": UNINITIALIZED, "operator": "Exists", "effect": "NoSchedule"},
                    {
                        "key": "node.kubernetes.io/not-ready",
                        "operator": "Exists",
                        "effect": "NoSchedule",
                    },
                ],
                "containers": [_container(args)],
            },
        },
    }


def _container(args: AwsControllerArgs) -> kubernetes.core.v1.ContainerArgsDict:
    health: kubernetes.core.v1.HTTPGetActionArgsDict = {
        "host": "127.0.0.1",
        "path": "/healthz",
        "port": PORT,
        "scheme": "HTTPS",
    }
    return {
        "name": NAME,
        "image": args.image,
        "args": [
            "--cloud-provider=aws",
            f"--cluster-name={args.cluster}",
            f"--controllers={','.join(CONTROLLERS)}",
            "--configure-cloud-routes=false",
            "--allocate-node-cidrs=false",
            # One account, with the rights above, instead of one for each of its controllers.
            "--use-service-account-credentials=false",
            # It has no clients on other machines.
            "--bind-address=127.0.0.1",
            f"--secure-port={PORT}",
            "--v=2",
        ],
        "env": [
            {"name": "KUBERNETES_SERVICE_HOST", "value": args.api_host},
            {"name": "KUBERNETES_SERVICE_PORT", "value": str(args.api_port)},
            *args.environment,
        ],
        "liveness_probe": {
            "http_get": health,
            "initial_delay_seconds": 20,
            "period_seconds": 10,
            "timeout_seconds": 15,
            "failure_threshold": 8,
        },
        "readiness_probe": {"http_get": health, "period_seconds": 2, "failure_threshold": 3},
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
        "security_context": {
            "allow_privilege_escalation": False,
            "capabilities": {"drop": ["ALL"]},
            "read_only_root_filesystem": True,
            "run_as_non_root": True,
            "run_as_user": 65532,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
    }


def _to(kind: str, name: str) -> kubernetes.rbac.v1.RoleRefArgsDict:
    return {"api_group": "rbac.authorization.k8s.io", "kind": kind, "name": name}
