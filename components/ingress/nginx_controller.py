"""ingress-nginx's pods: on every node one that takes connections on the host's ports 80 and 443.

Owns their DaemonSet's specification and configuration. Does not own the objects around it (nginx.py).
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.ingress import ports
from components.ingress.nginx_access import LEADER
from components.ingress.serving import GRACE_SECONDS

NAME = "ingress-nginx-controller"
ACCOUNT = "ingress-nginx"
IMAGE = "registry.k8s.io/ingress-nginx/controller:v1.15.1"
LABELS = {"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller"}
WEBHOOK_SECRET = "ingress-nginx-admission"  # noqa: S105 - a Secret's name
CLASS = "nginx"
CONTROLLER = "k8s.io/ingress-nginx"
HEALTH_PORT = 10254
WEBHOOK_PORT = 8443


@dataclass(frozen=True, kw_only=True)
class ControllerArgs:
    """What the controller is told; `certificate` is namespace/name of the Secret for names that bring none."""

    image: str
    addresses: pulumi.Input[str]
    certificate: str
    default_class: bool


def configuration(*, proxy_protocol: bool) -> dict[str, str]:
    """The ConfigMap's data. Snippets stay forbidden: who may write one reads every Secret of the cluster."""
    return {
        "allow-snippet-annotations": "false",
        "use-proxy-protocol": str(proxy_protocol).lower(),
    }


def daemon_set_spec(args: ControllerArgs) -> kubernetes.apps.v1.DaemonSetSpecArgsDict:
    """The DaemonSet's spec: on every node, whatever its taints."""
    return {
        "selector": {"match_labels": LABELS},
        # The old one must have given its ports back before a new one can have them.
        "update_strategy": {"type": "RollingUpdate", "rolling_update": {"max_unavailable": 1}},
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {
                "service_account_name": ACCOUNT,
                "priority_class_name": "system-node-critical",
                "termination_grace_period_seconds": GRACE_SECONDS,
                "tolerations": [
                    {"effect": "NoSchedule", "operator": "Exists"},
                    {"effect": "NoExecute", "operator": "Exists"},
                ],
                "containers": [_container(args)],
                "volumes": [{"name": "webhook", "secret": {"secret_name": WEBHOOK_SECRET}}],
            },
        },
    }


def _container(args: ControllerArgs) -> kubernetes.core.v1.ContainerArgsDict:
    health: kubernetes.core.v1.HTTPGetActionArgsDict = {"path": "/healthz", "port": HEALTH_PORT}
    return {
        "name": "controller",
        "image": args.image,
        "args": _arguments(args),
        "env": [
            _field("POD_NAME", "metadata.name"),
            _field("POD_NAMESPACE", "metadata.namespace"),
            {"name": "LD_PRELOAD", "value": "/usr/local/lib/libmimalloc.so"},
        ],
        "ports": [
            {"name": "http", "container_port": ports.HTTP, "host_port": ports.HTTP},
            {"name": "https", "container_port": ports.HTTPS, "host_port": ports.HTTPS},
            {"name": "webhook", "container_port": WEBHOOK_PORT},
        ],
        "liveness_probe": {"http_get": health, "period_seconds": 10, "failure_threshold": 5},
        "readiness_probe": {"http_get": health, "period_seconds": 2, "failure_threshold": 3},
        "lifecycle": {"pre_stop": {"exec": {"command": ["/wait-shutdown"]}}},
        "resources": {"requests": {"cpu": "100m", "memory": "90Mi"}},
        # It listens on ports below 1024 of its own network, and writes its configuration into its image's file system.
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": 101,
            "run_as_group": 82,
            "allow_privilege_escalation": False,
            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "volume_mounts": [
            {"name": "webhook", "mount_path": "/usr/local/certificates", "read_only": True}
        ],
    }


def _arguments(args: ControllerArgs) -> list[pulumi.Input[str]]:
    return [
        "/nginx-ingress-controller",
        f"--election-id={LEADER}",
        f"--controller-class={CONTROLLER}",
        f"--ingress-class={CLASS}",
        f"--configmap=$(POD_NAMESPACE)/{NAME}",
        f"--default-ssl-certificate={args.certificate}",
        f"--watch-ingress-without-class={str(args.default_class).lower()}",
        # Without an address who waits for an Ingress to have one waits in vain.
        pulumi.Output.concat("--publish-status-address=", args.addresses),
        f"--validating-webhook=:{WEBHOOK_PORT}",
        "--validating-webhook-certificate=/usr/local/certificates/tls.crt",
        "--validating-webhook-key=/usr/local/certificates/tls.key",
        "--enable-metrics=false",
    ]


def _field(name: str, path: str) -> kubernetes.core.v1.EnvVarArgsDict:
    return {"name": name, "value_from": {"field_ref": {"field_path": path}}}
