"""What ingress-nginx may do: its rights as its maker publishes them for version 1.15.

Owns the rules, by what they are for. Does not own who has them (nginx.py).
"""

from collections.abc import Iterable
from typing import Final

import pulumi_kubernetes as kubernetes

Rule = kubernetes.rbac.v1.PolicyRuleArgsDict

LEADER: Final = "ingress-nginx-leader"
_READ: Final = ("get", "list", "watch")


def _rule(group: str, resources: Iterable[str], verbs: Iterable[str]) -> Rule:
    return {"api_groups": [group], "resources": [*resources], "verbs": [*verbs]}


_SERVED: Final[tuple[Rule, ...]] = (
    _rule("", ["services"], _READ),
    _rule("networking.k8s.io", ["ingresses", "ingressclasses"], _READ),
    _rule("networking.k8s.io", ["ingresses/status"], ["update"]),
    _rule("discovery.k8s.io", ["endpointslices"], _READ),
    _rule("", ["events"], ["create", "patch"]),
)

CLUSTER: Final[tuple[Rule, ...]] = (
    *_SERVED,
    _rule(
        "",
        ["configmaps", "endpoints", "nodes", "pods", "secrets", "namespaces"],
        ["list", "watch"],
    ),
    _rule("", ["nodes"], ["get"]),
    _rule("coordination.k8s.io", ["leases"], ["list", "watch"]),
)
"""In all namespaces: what it serves, wherever that is."""

OWN: Final[tuple[Rule, ...]] = (
    *_SERVED,
    _rule("", ["namespaces"], ["get"]),
    _rule("", ["configmaps", "pods", "secrets", "endpoints"], _READ),
    {
        **_rule("coordination.k8s.io", ["leases"], ["get", "update"]),
        "resource_names": [LEADER],
    },
    _rule("coordination.k8s.io", ["leases"], ["create"]),
)
"""In its own namespace: its configuration, and who of several writes the addresses of Ingresses."""
