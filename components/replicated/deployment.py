"""The daemon's Deployment: two containers in one pod, as Replicated's own installer had them.

Owns the pod's spec. Does not own what it mounts. What the original mounted of its host is not here: the socket of
Docker, which is gone, and /proc, by which it looked at hosts that `make check-hosts` looks at; temporary files and
support bundles lie in a volume of the pod and on the claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes

from components.replicated import places
from components.replicated.places import NAME, SELECTOR, UI

Container = kubernetes.core.v1.ContainerArgsDict
Volume = kubernetes.core.v1.VolumeArgsDict
Variable = kubernetes.core.v1.EnvVarArgsDict

# No user of the images' own: any number but root's will do, and files of the claim belong to it.
USER = 10001
FINGERPRINT = "appliance.dev/configuration"
REPLICAS = 1


@dataclass(frozen=True, kw_only=True)
class PodArgs:
    """What the pod runs. `registry` is HOST:PORT as nodes call it, `proxy` maps variables to values."""

    image: str
    ui_image: str
    channel: str
    release_sequence: int | None
    log_level: str
    airgapped: bool
    storage_class: str
    registry: str
    fingerprint: pulumi.Input[str]
    pull_secret: bool = False
    proxy: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


def spec(args: PodArgs) -> kubernetes.apps.v1.DeploymentSpecArgsDict:
    """The Deployment's spec. Recreate: two pods would write to one registry's disk."""
    return {
        "replicas": REPLICAS,
        "strategy": {"type": "Recreate"},
        "selector": {"match_labels": SELECTOR},
        "template": {
            "metadata": {"labels": SELECTOR, "annotations": {FINGERPRINT: args.fingerprint}},
            "spec": {
                "service_account_name": NAME,
                # A Service called replicated would put variables of its own beside those of the contract.
                "enable_service_links": False,
                "image_pull_secrets": [{"name": places.PULL_SECRET}] * args.pull_secret,
                "tolerations": [
                    {
                        "key": "node-role.kubernetes.io/control-plane",
                        "operator": "Exists",
                        "effect": "NoSchedule",
                    }
                ],
                "security_context": {
                    "run_as_non_root": True,
                    "run_as_user": USER,
                    "run_as_group": USER,
                    "fs_group": USER,
                    # A registry of many gigabytes is not walked through at every start.
                    "fs_group_change_policy": "OnRootMismatch",
                    "seccomp_profile": {"type": "RuntimeDefault"},
                },
                "containers": [_daemon(args), _console(args)],
                "volumes": _volumes(),
            },
        },
    }


def _daemon(args: PodArgs) -> Container:
    ports = {
        "registry": places.REGISTRY_PORT,
        "api": places.API_PORT,
        "internal": places.INTERNAL_PORT,
        "snapshots": places.SNAPSHOTS_PORT,
    }
    return {
        "name": NAME,
        "image": args.image,
        "ports": [{"name": name, "container_port": port} for name, port in ports.items()],
        "env": _environment(args),
        # Nodes pull from the registry, so the pod is ready when that answers.
        "readiness_probe": {
            "http_get": {"path": "/v2/", "port": "registry", "scheme": "HTTPS"},
            "period_seconds": 5,
            "timeout_seconds": 5,
        },
        "liveness_probe": {"tcp_socket": {"port": "api"}, "period_seconds": 20},
        "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}},
        "security_context": _confined(),
        "volume_mounts": [
            {"name": "data", "mount_path": places.DATA_DIRECTORY},
            {"name": "temporary", "mount_path": places.TEMPORARY_DIRECTORY},
            *_shared_mounts(),
            {"name": "push", "mount_path": places.PUSH_DIRECTORY, "read_only": True},
        ],
    }


def _console(args: PodArgs) -> Container:
    return {
        "name": UI,
        "image": args.ui_image,
        "ports": [{"name": "ui", "container_port": places.UI_PORT}],
        "env": [
            {"name": "RELEASE_CHANNEL", "value": args.channel},
            {"name": "LOG_LEVEL", "value": args.log_level},
            _field("K8S_NAMESPACE", "metadata.namespace"),
        ],
        "readiness_probe": {"tcp_socket": {"port": "ui"}, "period_seconds": 5},
        "liveness_probe": {"tcp_socket": {"port": "ui"}, "period_seconds": 20},
        "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}},
        "security_context": _confined(),
        "volume_mounts": [
            *_shared_mounts(),
            {"name": "overview", "mount_path": places.OVERVIEW_DIRECTORY, "read_only": True},
        ],
    }


def _environment(args: PodArgs) -> list[Variable]:
    """The original's variables, but for those of its high availability, its Docker and its operator."""
    values: dict[str, pulumi.Input[str]] = {
        "SCHEDULER_ENGINE": "kubernetes",
        "RELEASE_CHANNEL": args.channel,
        "LOG_LEVEL": args.log_level,
        "AIRGAP": str(int(args.airgapped)),
        "REPLICATED_TMP_PATH": places.TEMPORARY_DIRECTORY,
        "SUPPORT_BUNDLES_PATH": f"{places.DATA_DIRECTORY}/support-bundles",
        "K8S_STORAGECLASS": args.storage_class,
        "REGISTRY_ADVERTISE_ADDRESS": args.registry,
        # Storage nodes are the stack's business.
        "MAINTAIN_ROOK_STORAGE_NODES": "0",
        **args.proxy,
    }
    if args.release_sequence is not None:
        values["RELEASE_SEQUENCE"] = str(args.release_sequence)
    fields = {
        "K8S_NAMESPACE": "metadata.namespace",
        "LOCAL_ADDRESS": "status.podIP",
        "K8S_POD_IP": "status.podIP",
        "K8S_MASTER_ADDRESS": "status.hostIP",
        "K8S_HOST_IP": "status.hostIP",
    }
    return [
        *({"name": name, "value": value} for name, value in values.items()),
        *(_field(name, path) for name, path in fields.items()),
    ]


def _field(name: str, path: str) -> Variable:
    return {"name": name, "value_from": {"field_ref": {"field_path": path}}}


def _confined() -> kubernetes.core.v1.SecurityContextArgsDict:
    return {
        "allow_privilege_escalation": False,
        "read_only_root_filesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def _shared_mounts() -> list[kubernetes.core.v1.VolumeMountArgsDict]:
    """What both containers have: how they talk, the configuration, the certificate."""
    return [
        {"name": "socket", "mount_path": places.SOCKET_DIRECTORY},
        {
            "name": "conf",
            "mount_path": places.CONF_FILE,
            "sub_path": places.CONF_KEY,
            "read_only": True,
        },
        {"name": "tls", "mount_path": places.TLS_DIRECTORY, "read_only": True},
    ]


def _volumes() -> list[Volume]:
    # The file's group is the pod's, by fs_group; nobody else in it reads them.
    readable = 0o440
    return [
        {"name": "data", "persistent_volume_claim": {"claim_name": places.DATA_CLAIM}},
        {"name": "temporary", "empty_dir": {}},
        {"name": "socket", "empty_dir": {"medium": "Memory", "size_limit": "1Mi"}},
        {
            "name": "conf",
            "secret": {"secret_name": places.CONF_SECRET, "default_mode": readable},
        },
        {"name": "tls", "secret": {"secret_name": places.TLS_SECRET, "default_mode": readable}},
        {"name": "push", "secret": {"secret_name": places.PUSH_SECRET, "default_mode": readable}},
        {"name": "overview", "config_map": {"name": places.OVERVIEW}},
    ]
