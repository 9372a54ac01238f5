"""Envoy on every node: it takes connections on the host's ports 80 and 443 and hands requests on to pods.

Owns its DaemonSet's specification. Does not own what it is told (Contour tells it, over TLS), nor the objects around it
(contour.py).

Its pods are in the pod network and not in the host's: so NetworkPolicies know them by their namespace, and it needs no
privilege for ports below 1024. A CNI plugin (portmap) hands the host's ports on.
"""

from dataclasses import dataclass

import pulumi_kubernetes as kubernetes

from components.ingress import ports
from components.ingress.contour_server import CONFINED, PROGRAM, UNPRIVILEGED, XDS_PORT, field
from components.ingress.contour_server import NAME as SERVER
from components.ingress.serving import GRACE_SECONDS

NAME = "envoy"
IMAGE = "docker.io/envoyproxy/envoy:v1.38.2"
LABELS = {"app": NAME}
CLIENT_SECRET = "envoycert"  # noqa: S105 - a Secret's name
HTTP_PORT = 8080
HTTPS_PORT = 8443
HEALTH_PORT = 8002
SHUTDOWN_PORT = 8090


@dataclass(frozen=True, kw_only=True)
class EnvoyArgs:
    """The references of the two images: Envoy's, and Contour's, which writes its first configuration and ends it."""

    envoy: str
    contour: str


def daemon_set_spec(args: EnvoyArgs) -> kubernetes.apps.v1.DaemonSetSpecArgsDict:
    """The DaemonSet's spec: on every node, whatever its taints."""
    return {
        "selector": {"match_labels": LABELS},
        # The old one must have given its ports back before a new one can have them.
        "update_strategy": {"type": "RollingUpdate", "rolling_update": {"max_unavailable": 1}},
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {
                "service_account_name": NAME,
                "automount_service_account_token": False,
                "priority_class_name": "system-node-critical",
                "termination_grace_period_seconds": GRACE_SECONDS,
                "security_context": UNPRIVILEGED,
                "tolerations": [
                    {"effect": "NoSchedule", "operator": "Exists"},
                    {"effect": "NoExecute", "operator": "Exists"},
                ],
                "init_containers": [_bootstrap(args)],
                "containers": [_shutdown_manager(args), _envoy(args)],
                "volumes": [
                    {"name": "admin", "empty_dir": {}},
                    {"name": "configuration", "empty_dir": {}},
                    {"name": "certificates", "secret": {"secret_name": CLIENT_SECRET}},
                ],
            },
        },
    }


def _bootstrap(args: EnvoyArgs) -> kubernetes.core.v1.ContainerArgsDict:
    """Writes where Contour is and how to be sure of it. The certificates' files are read again when they change."""
    return {
        "name": "bootstrap",
        "image": args.contour,
        "command": [PROGRAM],
        "args": [
            "bootstrap",
            "/config/envoy.json",
            f"--xds-address={SERVER}",
            f"--xds-port={XDS_PORT}",
            "--xds-resource-version=v3",
            "--resources-dir=/config/resources",
            "--envoy-cafile=/certs/ca.crt",
            "--envoy-cert-file=/certs/tls.crt",
            "--envoy-key-file=/certs/tls.key",
        ],
        "env": [field("CONTOUR_NAMESPACE", "metadata.namespace")],
        "resources": {"requests": {"cpu": "10m", "memory": "50Mi"}},
        "security_context": CONFINED,
        "volume_mounts": [
            {"name": "configuration", "mount_path": "/config"},
            {"name": "certificates", "mount_path": "/certs", "read_only": True},
        ],
    }


def _shutdown_manager(args: EnvoyArgs) -> kubernetes.core.v1.ContainerArgsDict:
    """Lets Envoy end only when its clients are done; has no liveness probe, since a restart would cut that short."""
    return {
        "name": "shutdown-manager",
        "image": args.contour,
        "command": [PROGRAM],
        "args": ["envoy", "shutdown-manager"],
        "lifecycle": {
            "pre_stop": {"exec": {"command": [PROGRAM, "envoy", "shutdown", "--check-interval=1s"]}}
        },
        "resources": {"requests": {"cpu": "5m", "memory": "50Mi"}},
        "security_context": CONFINED,
        "volume_mounts": [{"name": "admin", "mount_path": "/admin"}],
    }


def _envoy(args: EnvoyArgs) -> kubernetes.core.v1.ContainerArgsDict:
    return {
        "name": NAME,
        "image": args.envoy,
        "command": ["/usr/local/bin/envoy"],
        "args": [
            *("-c", "/config/envoy.json"),
            *("--service-cluster", "$(CONTOUR_NAMESPACE)"),
            *("--service-node", "$(POD_NAME)"),
            *("--log-level", "info"),
        ],
        "env": [
            field("CONTOUR_NAMESPACE", "metadata.namespace"),
            field("POD_NAME", "metadata.name"),
        ],
        "ports": [
            {"name": "http", "container_port": HTTP_PORT, "host_port": ports.HTTP},
            {"name": "https", "container_port": HTTPS_PORT, "host_port": ports.HTTPS},
            {"name": "metrics", "container_port": HEALTH_PORT},
        ],
        # Answers when Contour has told it what to serve.
        "readiness_probe": {
            "http_get": {"path": "/ready", "port": HEALTH_PORT},
            "initial_delay_seconds": 1,
            "period_seconds": 2,
        },
        "lifecycle": {"pre_stop": {"http_get": {"path": "/shutdown", "port": SHUTDOWN_PORT}}},
        "resources": {"requests": {"cpu": "50m", "memory": "100Mi"}},
        "security_context": CONFINED,
        "volume_mounts": [
            {"name": "configuration", "mount_path": "/config", "read_only": True},
            {"name": "certificates", "mount_path": "/certs", "read_only": True},
            {"name": "admin", "mount_path": "/admin"},
        ],
    }
