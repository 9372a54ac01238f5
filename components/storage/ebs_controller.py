"""The pods that make, attach and resize volumes of EC2: the driver, and beside it what turns claims into its calls.

Owns their Deployment's specification. Does not own the objects around it (ebs.py).

They run on control planes, in their own network: only there are the credentials (the instance profile's, by the
metadata service, which pods behind the pod network do not reach).
"""

from dataclasses import dataclass, field
from typing import Final

import pulumi_kubernetes as kubernetes

from components.cloud.aws_controller import CONTROL_PLANE
from components.cloud.releases import Release

NAME: Final = "ebs-csi-controller"
LABELS: Final = {"app": NAME}
HEALTH_PORT: Final = 9808
_SOCKET: Final = "/csi/csi.sock"
MOST: Final = 2
"""Pods that there are at most: one works, and another one takes over."""


@dataclass(frozen=True, kw_only=True)
class EbsControllerArgs:
    """`replicas` are at most the control planes, since each takes a port of its host.

    `cluster` and `tags` are what volumes carry in the account. `images` maps upstream's names to the references to run.
    """

    release: Release
    images: dict[str, str]
    replicas: int
    cluster: str
    region: str
    tags: dict[str, str]
    environment: list[kubernetes.core.v1.EnvVarArgsDict] = field(default_factory=list)


def deployment_spec(args: EbsControllerArgs) -> kubernetes.apps.v1.DeploymentSpecArgsDict:
    """The Deployment's spec."""
    release = args.release
    return {
        "replicas": args.replicas,
        "selector": {"match_labels": LABELS},
        # The old one must have given its port back before a new one can have it.
        "strategy": {
            "type": "RollingUpdate",
            "rolling_update": {"max_surge": 0, "max_unavailable": 1},
        },
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {
                "service_account_name": NAME,
                "host_network": True,
                # The names that it asks for are AWS's.
                "dns_policy": "Default",
                "priority_class_name": "system-cluster-critical",
                "node_selector": {CONTROL_PLANE: ""},
                "tolerations": [
                    {"key": CONTROL_PLANE, "operator": "Exists", "effect": "NoSchedule"}
                ],
                "containers": [
                    _driver(args),
                    _beside(
                        "csi-provisioner",
                        args.images[release.provisioner],
                        "--extra-create-metadata",
                        "--default-fstype=ext4",
                        "--leader-election=true",
                        "--timeout=60s",
                    ),
                    _beside(
                        "csi-attacher",
                        args.images[release.attacher],
                        "--leader-election=true",
                        "--timeout=60s",
                    ),
                    _beside(
                        "csi-resizer",
                        args.images[release.resizer],
                        # A volume of EC2 grows under its pod, so nobody needs to look at pods.
                        "--handle-volume-inuse-error=false",
                        "--leader-election=true",
                        "--timeout=60s",
                    ),
                    _beside(
                        "liveness-probe",
                        args.images[release.probe],
                        # For kubelet alone, though it is the host's network.
                        f"--http-endpoint=127.0.0.1:{HEALTH_PORT}",
                    ),
                ],
                "volumes": [{"name": "socket", "empty_dir": {}}],
                "security_context": {
                    "run_as_non_root": True,
                    "run_as_user": 1000,
                    "run_as_group": 1000,
                    "fs_group": 1000,
                    "seccomp_profile": {"type": "RuntimeDefault"},
                },
            },
        },
    }


def _driver(args: EbsControllerArgs) -> kubernetes.core.v1.ContainerArgsDict:
    health: kubernetes.core.v1.HTTPGetActionArgsDict = {
        "host": "127.0.0.1",
        "path": "/healthz",
        "port": HEALTH_PORT,
    }
    tags = ",".join(f"{key}={value}" for key, value in args.tags.items())
    return {
        "name": "ebs-plugin",
        "image": args.images[args.release.driver],
        "args": [
            "controller",
            f"--endpoint=unix:{_SOCKET}",
            # With this tag the driver may delete a volume, and with no other (components/machines/aws/rights.py).
            f"--k8s-tag-cluster-id={args.cluster}",
            f"--extra-tags={tags}",
            "--batching=true",
            "--v=2",
        ],
        "env": [
            {
                "name": "CSI_NODE_NAME",
                "value_from": {"field_ref": {"field_path": "spec.nodeName"}},
            },
            {"name": "AWS_REGION", "value": args.region},
            *args.environment,
        ],
        # Nobody connects to it here; the scheduler learns by it that a host has room for one such pod.
        "ports": [{"name": "healthz", "container_port": HEALTH_PORT, "host_port": HEALTH_PORT}],
        "liveness_probe": {
            "http_get": health,
            "initial_delay_seconds": 10,
            "timeout_seconds": 3,
            "period_seconds": 10,
            "failure_threshold": 5,
        },
        "readiness_probe": {
            "http_get": health,
            "timeout_seconds": 3,
            "period_seconds": 5,
            "failure_threshold": 5,
        },
        "resources": {"requests": {"cpu": "10m", "memory": "40Mi"}},
        "security_context": _harmless(),
        "volume_mounts": [{"name": "socket", "mount_path": "/csi"}],
    }


def _beside(name: str, image: str, *words: str) -> kubernetes.core.v1.ContainerArgsDict:
    return {
        "name": name,
        "image": image,
        "args": [f"--csi-address={_SOCKET}", *words, "--v=2"],
        "resources": {"requests": {"cpu": "10m", "memory": "40Mi"}},
        "security_context": _harmless(),
        "volume_mounts": [{"name": "socket", "mount_path": "/csi"}],
    }


def _harmless() -> kubernetes.core.v1.SecurityContextArgsDict:
    return {
        "allow_privilege_escalation": False,
        "capabilities": {"drop": ["ALL"]},
        "read_only_root_filesystem": True,
    }
