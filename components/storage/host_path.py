"""Volumes that are directories of the node that their pod runs on: rancher's local-path-provisioner.

Owns everything in its namespace, its rights and its StorageClass. Does not own the directories: those of a claim go
with it, and what is left when the cluster goes stays on the host.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.isolation.bounds import Bounds
from components.isolation.namespace import ManagedNamespace, NamespaceArgs
from components.storage.storage_class import ClassName

NAMESPACE = "local-path-storage"
NAME = "local-path-provisioner"
CONFIGURATION = "local-path-config"
PROVISIONER = "rancher.io/local-path"
LABELS = {"app": NAME}
DAEMON = "docker.io/rancher/local-path-provisioner:v0.0.30"
SHELL = "docker.io/library/busybox:1.35.0"

_READ = ["get", "list", "watch"]
_CHANGE = ["create", "patch", "update", "delete"]


def images() -> tuple[str, ...]:
    """The daemon, and the shell of the pods that make and remove directories on nodes."""
    return (DAEMON, SHELL)


@dataclass(frozen=True, kw_only=True)
class HostPathArgs:
    """`path` is the directory on each node; `images` maps upstream's names to the references to run.

    `bounds` are its namespace's, where the pods that make and remove directories run too.
    """

    path: str
    class_name: ClassName
    images: Mapping[str, str]
    policies: bool
    bounds: Bounds = field(default_factory=Bounds)
    after: tuple[pulumi.Resource, ...] = ()
    """What pods need to run: the network."""


class HostPath(pulumi.ComponentResource):
    """`{name}-walls` (the namespace), account, rights, `{name}-configuration`, `{name}-deployment`, `{name}-class`."""

    ready: tuple[pulumi.Resource, ...]

    def __init__(
        self, name: str, args: HostPathArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:HostPath", name, None, opts)
        walls = ManagedNamespace(
            f"{name}-walls",
            NamespaceArgs(
                name=NAMESPACE,
                # Its helper pods mount directories of the host.
                level="privileged",
                policies=args.policies,
                bounds=args.bounds,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        # The API server refuses objects in a namespace that is not there.
        inside = pulumi.ResourceOptions(parent=self, depends_on=[*walls.ready])
        before = [*self._access(name, inside)]
        before.append(
            kubernetes.core.v1.ConfigMap(
                f"{name}-configuration",
                metadata={"name": CONFIGURATION, "namespace": NAMESPACE, "labels": LABELS},
                data=configuration(args),
                opts=inside,
            )
        )
        deployment = kubernetes.apps.v1.Deployment(
            f"{name}-deployment",
            metadata={"name": NAME, "namespace": NAMESPACE, "labels": LABELS},
            spec=deployment_spec(args),
            # It ends without its rights or configuration; without a network it reaches no API server.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*before, *args.after]),
        )
        storage_class = kubernetes.storage.v1.StorageClass(
            f"{name}-class",
            metadata=args.class_name.metadata,
            provisioner=PROVISIONER,
            # Only then is it known on which node the directory must be.
            volume_binding_mode="WaitForFirstConsumer",
            reclaim_policy="Delete",
            # Claims that find the class should find who serves them.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        self.ready = (deployment, storage_class)
        self.register_outputs({})

    def _access(self, name: str, inside: pulumi.ResourceOptions) -> list[pulumi.Resource]:
        """Who it is and what it may do: make volumes for claims, and pods in its own namespace."""
        metadata: kubernetes.meta.v1.ObjectMetaArgsDict = {
            "name": NAME,
            "namespace": NAMESPACE,
            "labels": LABELS,
        }
        cluster_wide: kubernetes.meta.v1.ObjectMetaArgsDict = {"name": NAME, "labels": LABELS}
        subjects: list[kubernetes.rbac.v1.SubjectArgsDict] = [
            {"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}
        ]
        api = "rbac.authorization.k8s.io"
        child = pulumi.ResourceOptions(parent=self)
        return [
            kubernetes.core.v1.ServiceAccount(f"{name}-account", metadata=metadata, opts=inside),
            kubernetes.rbac.v1.Role(
                f"{name}-role",
                metadata=metadata,
                rules=[{"api_groups": [""], "resources": ["pods"], "verbs": [*_READ, *_CHANGE]}],
                opts=inside,
            ),
            kubernetes.rbac.v1.RoleBinding(
                f"{name}-role-binding",
                metadata=metadata,
                role_ref={"api_group": api, "kind": "Role", "name": NAME},
                subjects=subjects,
                opts=inside,
            ),
            kubernetes.rbac.v1.ClusterRole(
                f"{name}-cluster-role", metadata=cluster_wide, rules=_rules(), opts=child
            ),
            kubernetes.rbac.v1.ClusterRoleBinding(
                f"{name}-cluster-role-binding",
                metadata=cluster_wide,
                role_ref={"api_group": api, "kind": "ClusterRole", "name": NAME},
                subjects=subjects,
                opts=child,
            ),
        ]


def configuration(args: HostPathArgs) -> dict[str, str]:
    """The files that it reads: where volumes are made, with which commands, and the pod that runs these."""
    paths = [{"node": "DEFAULT_PATH_FOR_NON_LISTED_NODES", "paths": [args.path]}]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "helper-pod", "labels": LABELS},
        "spec": {
            "priorityClassName": "system-node-critical",
            "automountServiceAccountToken": False,
            "tolerations": [{"operator": "Exists"}],
            "containers": [{"name": "helper-pod", "image": args.images[SHELL]}],
        },
    }
    return {
        "config.json": json.dumps({"nodePathMap": paths}, indent=2) + "\n",
        # Whoever the pod runs as must be able to write.
        "setup": '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
        "teardown": '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
        # JSON is YAML, and has no words that YAML would take for something else.
        "helperPod.yaml": json.dumps(pod, indent=2) + "\n",
    }


def deployment_spec(args: HostPathArgs) -> kubernetes.apps.v1.DeploymentSpecArgsDict:
    """One daemon, without rights on its host."""
    files = json.dumps(configuration(args), sort_keys=True)
    container: kubernetes.core.v1.ContainerArgsDict = {
        "name": NAME,
        "image": args.images[DAEMON],
        "command": [
            *(NAME, "start", "--config", "/etc/config/config.json"),
            # Whom its helper pods are, which is also who makes them.
            *("--service-account-name", NAME),
        ],
        "env": [
            {
                "name": "POD_NAMESPACE",
                "value_from": {"field_ref": {"field_path": "metadata.namespace"}},
            },
            {"name": "CONFIG_MOUNT_PATH", "value": "/etc/config/"},
        ],
        "resources": {"requests": {"cpu": "20m", "memory": "32Mi"}},
        "security_context": {
            "allow_privilege_escalation": False,
            "capabilities": {"drop": ["ALL"]},
            "read_only_root_filesystem": True,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "volume_mounts": [{"name": "config", "mount_path": "/etc/config/"}],
    }
    return {
        "replicas": 1,
        "selector": {"match_labels": LABELS},
        "template": {
            "metadata": {
                "labels": LABELS,
                # It reads most of its configuration when it starts.
                "annotations": {
                    "appliance.dev/configuration": hashlib.sha256(files.encode()).hexdigest()
                },
            },
            "spec": {
                "service_account_name": NAME,
                "priority_class_name": "system-cluster-critical",
                "containers": [container],
                "volumes": [{"name": "config", "config_map": {"name": CONFIGURATION}}],
            },
        },
    }


def _rules() -> list[Any]:
    """What it may do in the whole cluster."""
    return [
        {
            "api_groups": [""],
            "resources": ["nodes", "persistentvolumeclaims", "configmaps", "pods", "pods/log"],
            "verbs": _READ,
        },
        {
            "api_groups": [""],
            "resources": ["persistentvolumes"],
            "verbs": [*_READ, *_CHANGE],
        },
        {"api_groups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
        {"api_groups": ["storage.k8s.io"], "resources": ["storageclasses"], "verbs": _READ},
    ]
