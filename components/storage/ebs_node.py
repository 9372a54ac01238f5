"""The pods that mount volumes of EC2: on every node the driver, and what tells kubelet of it.

Owns their DaemonSet's specification. Does not own the objects around it (ebs.py).

They have no credentials and need none: a volume is attached from a control plane, and which machine a pod is on stands
in its Node object, where kubelet and AWS's controller wrote it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi_kubernetes as kubernetes

from components.cloud.releases import Release

NAME: Final = "ebs-csi-node"
LABELS: Final = {"app": NAME}
DRIVER: Final = "ebs.csi.aws.com"
KUBELET: Final = "/var/lib/kubelet"
PLUGIN: Final = f"{KUBELET}/plugins/{DRIVER}"
HEALTH_PORT: Final = 9808
_SOCKET: Final = "/csi/csi.sock"


@dataclass(frozen=True, kw_only=True)
class EbsNodeArgs:
    """`images` maps upstream's names to the references to run.

    `disks` is the number of volumes that machines have besides those of claims, of which the driver cannot know here; a
    node promises so many fewer.
    """

    release: Release
    images: Mapping[str, str]
    disks: int


def daemon_set_spec(args: EbsNodeArgs) -> kubernetes.apps.v1.DaemonSetSpecArgsDict:
    """The DaemonSet's spec: on every node, whatever its taints."""
    release, images = args.release, args.images
    return {
        "selector": {"match_labels": LABELS},
        "update_strategy": {"type": "RollingUpdate", "rolling_update": {"max_unavailable": "10%"}},
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {
                "service_account_name": NAME,
                "priority_class_name": "system-node-critical",
                "termination_grace_period_seconds": 30,
                "tolerations": [{"operator": "Exists"}],
                "containers": [
                    _driver(images[release.driver], args.disks),
                    _registrar(images[release.registrar]),
                    _probe(images[release.probe]),
                ],
                "volumes": [
                    _host_path("kubelet", KUBELET, "Directory"),
                    _host_path("plugin", PLUGIN, "DirectoryOrCreate"),
                    _host_path("registration", f"{KUBELET}/plugins_registry", "Directory"),
                    _host_path("devices", "/dev", "Directory"),
                    {"name": "registered", "empty_dir": {}},
                ],
            },
        },
    }


def _driver(image: str, disks: int) -> kubernetes.core.v1.ContainerArgsDict:
    return {
        "name": "ebs-plugin",
        "image": image,
        "args": [
            "node",
            f"--endpoint=unix:{_SOCKET}",
            # The metadata service is one hop too far, and asking it first would only take time.
            "--metadata-sources=kubernetes",
            f"--reserved-volume-attachments={disks}",
            f"--csi-mount-point-prefix={KUBELET}/plugins/kubernetes.io/csi/{DRIVER}/",
            "--v=2",
        ],
        "env": [
            {
                "name": "CSI_NODE_NAME",
                "value_from": {"field_ref": {"field_path": "spec.nodeName"}},
            },
            # Nobody gives nodes the taint that it would take away, for which it would need rights over all nodes.
            {"name": "DISABLE_TAINT_WATCHER", "value": "true"},
        ],
        "ports": [{"name": "healthz", "container_port": HEALTH_PORT}],
        "liveness_probe": {
            "http_get": {"path": "/healthz", "port": "healthz"},
            "initial_delay_seconds": 10,
            "timeout_seconds": 3,
            "period_seconds": 10,
            "failure_threshold": 5,
        },
        # Only then is a claim mounted here.
        "readiness_probe": {
            "http_get": {"path": "/healthz", "port": "healthz"},
            "timeout_seconds": 3,
            "period_seconds": 5,
            "failure_threshold": 3,
        },
        "lifecycle": {
            "pre_stop": {"exec": {"command": ["/bin/aws-ebs-csi-driver", "pre-stop-hook"]}}
        },
        "resources": {"requests": {"cpu": "10m", "memory": "40Mi"}},
        # It makes file systems and mounts, for kubelet to see; Linux lets nobody else do that.
        "security_context": {
            "privileged": True,
            "read_only_root_filesystem": True,
            "run_as_user": 0,
        },
        "volume_mounts": [
            {
                "name": "kubelet",
                "mount_path": KUBELET,
                "mount_propagation": "Bidirectional",
            },
            {"name": "plugin", "mount_path": "/csi"},
            {"name": "devices", "mount_path": "/dev"},
        ],
    }


def _registrar(image: str) -> kubernetes.core.v1.ContainerArgsDict:
    path = f"--kubelet-registration-path={PLUGIN}/csi.sock"
    return {
        "name": "node-driver-registrar",
        "image": image,
        "args": [f"--csi-address={_SOCKET}", path, "--v=2"],
        "liveness_probe": {
            "exec": {
                "command": [
                    "/csi-node-driver-registrar",
                    path,
                    "--mode=kubelet-registration-probe",
                ]
            },
            "initial_delay_seconds": 30,
            "timeout_seconds": 15,
            "period_seconds": 90,
        },
        "resources": {"requests": {"cpu": "10m", "memory": "40Mi"}},
        "security_context": _harmless(),
        "volume_mounts": [
            {"name": "plugin", "mount_path": "/csi"},
            {"name": "registration", "mount_path": "/registration"},
            {"name": "registered", "mount_path": f"{PLUGIN}/"},
        ],
    }


def _probe(image: str) -> kubernetes.core.v1.ContainerArgsDict:
    return {
        "name": "liveness-probe",
        "image": image,
        "args": [f"--csi-address={_SOCKET}", f"--health-port={HEALTH_PORT}", "--v=2"],
        "resources": {"requests": {"cpu": "10m", "memory": "40Mi"}},
        "security_context": _harmless(),
        "volume_mounts": [{"name": "plugin", "mount_path": "/csi"}],
    }


def _harmless() -> kubernetes.core.v1.SecurityContextArgsDict:
    return {
        # The directory of sockets is root's.
        "run_as_user": 0,
        "allow_privilege_escalation": False,
        "capabilities": {"drop": ["ALL"]},
        "read_only_root_filesystem": True,
        "seccomp_profile": {"type": "RuntimeDefault"},
    }


def _host_path(name: str, path: str, kind: str) -> kubernetes.core.v1.VolumeArgsDict:
    return {"name": name, "host_path": {"path": path, "type": kind}}
