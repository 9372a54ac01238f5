"""Contour's own pods: they read Ingresses and HTTPProxies, and tell every Envoy what to do.

Owns their Deployment's specification and configuration file. Does not own the objects around it (contour.py).
"""

import hashlib
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
import yaml

NAME = "contour"
IMAGE = "ghcr.io/projectcontour/contour:v1.33.8"
PROGRAM = "/bin/contour"
LABELS = {"app": NAME}
CONFIGURATION = "contour.yaml"
SERVER_SECRET = "contourcert"  # noqa: S105 - a Secret's name
XDS_PORT = 8001
HEALTH_PORT = 8000
# Two: one goes on when a node goes away, and a drain may take the other.
REPLICAS = 2

UNPRIVILEGED: kubernetes.core.v1.PodSecurityContextArgsDict = {
    "run_as_non_root": True,
    "run_as_user": 65534,
    "run_as_group": 65534,
    "seccomp_profile": {"type": "RuntimeDefault"},
}
CONFINED: kubernetes.core.v1.SecurityContextArgsDict = {
    "allow_privilege_escalation": False,
    "read_only_root_filesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


@dataclass(frozen=True, kw_only=True)
class ServerArgs:
    """What Contour is told.

    `addresses` are shown as those of every Ingress, with commas between them. `fallback` is namespace and name of the
    Secret shown to clients that name no server.
    """

    image: str
    addresses: pulumi.Input[str]
    fallback: tuple[str, str]
    default_class: bool
    proxy_protocol: bool


def configuration(args: ServerArgs) -> str:
    """The file `contour.yaml`; what has a flag of its own is no part of it."""
    namespace, name = args.fallback
    document = {"tls": {"fallback-certificate": {"name": name, "namespace": namespace}}}
    return yaml.safe_dump(document, sort_keys=True)


def deployment_spec(args: ServerArgs) -> kubernetes.apps.v1.DeploymentSpecArgsDict:
    """The Deployment's spec."""
    text = configuration(args)
    return {
        "replicas": REPLICAS,
        "selector": {"match_labels": LABELS},
        # The new ones first: an Envoy that starts meanwhile finds one that answers.
        "strategy": {"rolling_update": {"max_surge": "50%", "max_unavailable": 0}},
        "template": {
            "metadata": {
                "labels": LABELS,
                # It is read once, when a pod starts.
                "annotations": {
                    "appliance.dev/configuration": hashlib.sha256(text.encode()).hexdigest()
                },
            },
            "spec": {
                "service_account_name": NAME,
                "priority_class_name": "system-cluster-critical",
                "security_context": UNPRIVILEGED,
                # It is as much a part of the cluster as DNS, and there may be no other nodes.
                "tolerations": [
                    {
                        "key": "node-role.kubernetes.io/control-plane",
                        "operator": "Exists",
                        "effect": "NoSchedule",
                    }
                ],
                "affinity": {"pod_anti_affinity": _apart()},
                "containers": [_container(args)],
                "volumes": [
                    {"name": "certificates", "secret": {"secret_name": SERVER_SECRET}},
                    {"name": "configuration", "config_map": {"name": NAME}},
                ],
            },
        },
    }


def _apart() -> kubernetes.core.v1.PodAntiAffinityArgsDict:
    term: kubernetes.core.v1.PodAffinityTermArgsDict = {
        "label_selector": {"match_labels": LABELS},
        "topology_key": "kubernetes.io/hostname",
    }
    return {
        "preferred_during_scheduling_ignored_during_execution": [
            {"weight": 100, "pod_affinity_term": term}
        ]
    }


def _container(args: ServerArgs) -> kubernetes.core.v1.ContainerArgsDict:
    return {
        "name": NAME,
        "image": args.image,
        "command": [PROGRAM],
        "args": [
            "serve",
            "--incluster",
            "--xds-address=0.0.0.0",
            f"--xds-port={XDS_PORT}",
            "--contour-cafile=/certs/ca.crt",
            "--contour-cert-file=/certs/tls.crt",
            "--contour-key-file=/certs/tls.key",
            f"--config-path=/config/{CONFIGURATION}",
            # Without an address who waits for an Ingress to have one waits in vain.
            pulumi.Output.concat("--ingress-status-address=", args.addresses),
            # Without this flag it serves objects of the class contour and those of none.
            *([] if args.default_class else [f"--ingress-class-name={NAME}"]),
            *(["--use-proxy-protocol"] if args.proxy_protocol else []),
        ],
        "env": [
            field("CONTOUR_NAMESPACE", "metadata.namespace"),
            field("POD_NAME", "metadata.name"),
        ],
        "ports": [
            {"name": "xds", "container_port": XDS_PORT},
            {"name": "metrics", "container_port": HEALTH_PORT},
        ],
        "liveness_probe": {"http_get": {"path": "/healthz", "port": HEALTH_PORT}},
        "readiness_probe": {"tcp_socket": {"port": XDS_PORT}, "period_seconds": 2},
        "resources": {"requests": {"cpu": "50m", "memory": "100Mi"}},
        "security_context": CONFINED,
        "volume_mounts": [
            {"name": "certificates", "mount_path": "/certs", "read_only": True},
            {"name": "configuration", "mount_path": "/config", "read_only": True},
        ],
    }


def field(name: str, path: str) -> kubernetes.core.v1.EnvVarArgsDict:
    """A variable with something of the pod's own object."""
    return {"name": name, "value_from": {"field_ref": {"field_path": path}}}
