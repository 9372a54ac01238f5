"""Who the daemon is, and what it may do: far less than the cluster-admin that Replicated's own installer gave.

Owns the ServiceAccount and its rights, each with its reason. Does not own what the application's pods may do.
"""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.replicated.places import NAME, NAMESPACE


@dataclass(frozen=True, kw_only=True)
class Right:
    """Verbs on kinds of objects. `namespaced`: only in the daemon's own namespace. `why` goes into the object."""

    name: str
    why: str
    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...] = ("list",)
    namespaced: bool = False


RIGHTS = (
    Right(
        name="nodes",
        why="The page shows each node, its state and version.",
        group="",
        resources=("nodes",),
    ),
    Right(
        name="workloads",
        why="The page shows of each layer how many of its pods are ready.",
        group="apps",
        resources=("deployments", "statefulsets", "daemonsets"),
    ),
    Right(
        name="storage-classes",
        why="The page shows which storage there is.",
        group="storage.k8s.io",
        resources=("storageclasses",),
    ),
    Right(
        name="ingress-classes",
        why="The page shows how requests come in.",
        group="networking.k8s.io",
        resources=("ingressclasses",),
    ),
    Right(
        name="claims",
        why="The page shows whether the daemon's own claims have volumes.",
        group="",
        resources=("persistentvolumeclaims",),
        namespaced=True,
    ),
)


def access(prefix: str, parent: pulumi.Resource) -> list[pulumi.Resource]:
    """`{prefix}-account`, and a role and a binding for each right."""
    child = pulumi.ResourceOptions(parent=parent)
    account = kubernetes.core.v1.ServiceAccount(
        f"{prefix}-account", metadata={"name": NAME, "namespace": NAMESPACE}, opts=child
    )
    return [account, *(made for right in RIGHTS for made in _granted(prefix, right, child))]


def _granted(prefix: str, right: Right, child: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    name = f"{NAME}-{right.name}"
    metadata: dict[str, Any] = {
        "name": name,
        "annotations": {"kubernetes.io/description": right.why},
    }
    api = kubernetes.rbac.v1
    if right.namespaced:
        metadata["namespace"] = NAMESPACE
    role = api.Role if right.namespaced else api.ClusterRole
    binding = api.RoleBinding if right.namespaced else api.ClusterRoleBinding
    return [
        role(
            f"{prefix}-{right.name}-role",
            metadata=metadata,
            rules=[
                {
                    "api_groups": [right.group],
                    "resources": list(right.resources),
                    "verbs": list(right.verbs),
                }
            ],
            opts=child,
        ),
        binding(
            f"{prefix}-{right.name}-binding",
            metadata=metadata,
            role_ref={
                "api_group": "rbac.authorization.k8s.io",
                "kind": "Role" if right.namespaced else "ClusterRole",
                "name": name,
            },
            subjects=[{"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}],
            opts=child,
        ),
    ]
