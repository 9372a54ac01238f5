"""A namespace with its walls: who may be what in it, who may connect to its pods, and how much it may use.

Owns the Namespace, its Pod Security level, NetworkPolicies, ResourceQuotas and LimitRange. Does not own what a quota
says (`bounds.py`), what runs in the namespace, nor who must be admitted: the layer that makes it says that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi
import pulumi_kubernetes as kubernetes

from components.isolation.bounds import Bounds, limit_item, quota_spec

Level = Literal["privileged", "baseline", "restricted"]
"""Pod Security Standards, from everything to what an ordinary application needs."""

_SECURITY = "pod-security.kubernetes.io"
_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True, kw_only=True)
class Admits:
    """Who may open TCP connections to which pods.

    `pods` are labels; empty: all pods of the namespace. `ports` are numbers or names; empty: all. Callers are the pods
    of `from_namespaces` and the addresses in `from_blocks` (CIDR); with neither, everybody.
    """

    name: str
    pods: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[int | str, ...] = ()
    from_namespaces: tuple[str, ...] = ()
    from_blocks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NamespaceArgs:
    """One namespace.

    `policies`: whether the pod network enforces NetworkPolicies; none are made that nobody would enforce. `exists`: it
    is Kubernetes' own, such as default; only what stands in it is ours. `keep`: it stays in the cluster, with all that
    is left in it, when it leaves the program.
    """

    name: str
    level: Level
    policies: bool
    admits: tuple[Admits, ...] = ()
    bounds: Bounds = field(default_factory=Bounds)
    exists: bool = False
    keep: bool = False


class ManagedNamespace(pulumi.ComponentResource):
    """`{name}-namespace` and in it `{name}-default-deny`, one NetworkPolicy per `Admits`, quotas and limits."""

    name: str
    ready: tuple[pulumi.Resource, ...]
    """Everything in the namespace; a pod that depends on it never runs outside of its walls."""

    def __init__(
        self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:isolation:ManagedNamespace", name, None, opts)
        self.name = args.name
        namespace = self._namespace(name, args)
        # The API server refuses objects in a namespace that is not there.
        inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        self.ready = (
            namespace,
            *self._policies(name, args, inside),
            *self._bounds(name, args, inside),
        )
        self.register_outputs({})

    def _namespace(self, name: str, args: NamespaceArgs) -> pulumi.Resource:
        labels = {
            f"{_SECURITY}/enforce": args.level,
            f"{_SECURITY}/enforce-version": "latest",
        }
        child = pulumi.ResourceOptions(parent=self)
        if args.exists:
            return kubernetes.core.v1.NamespacePatch(
                f"{name}-namespace", metadata={"name": args.name, "labels": labels}, opts=child
            )
        return kubernetes.core.v1.Namespace(
            f"{name}-namespace",
            metadata={"name": args.name, "labels": labels},
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True) if args.keep else child,
        )

    def _policies(
        self, name: str, args: NamespaceArgs, inside: pulumi.ResourceOptions
    ) -> list[pulumi.Resource]:
        if not args.policies:
            return []
        specs = {
            "default-deny": default_deny(),
            **{each.name: admission(each) for each in args.admits},
        }
        return [
            kubernetes.networking.v1.NetworkPolicy(
                f"{name}-{policy}",
                metadata={"name": policy, "namespace": args.name},
                spec=spec,
                opts=inside,
            )
            for policy, spec in specs.items()
        ]

    def _bounds(
        self, name: str, args: NamespaceArgs, inside: pulumi.ResourceOptions
    ) -> list[pulumi.Resource]:
        bounds: list[pulumi.Resource] = [
            kubernetes.core.v1.ResourceQuota(
                f"{name}-quota-{quota.name}",
                metadata={"name": quota.name, "namespace": args.name},
                spec=quota_spec(quota),
                opts=inside,
            )
            for quota in args.bounds.quotas
        ]
        if args.bounds.limits is not None:
            bounds.append(
                kubernetes.core.v1.LimitRange(
                    f"{name}-limits",
                    metadata={"name": "limits", "namespace": args.name},
                    spec={"limits": [limit_item(args.bounds.limits)]},
                    opts=inside,
                )
            )
        return bounds


def default_deny() -> dict[str, Any]:
    """Nobody from outside reaches a pod of the namespace; its pods reach each other."""
    return {
        "pod_selector": {},
        "policy_types": ["Ingress"],
        "ingress": [{"from_": [{"pod_selector": {}}]}],
    }


def admission(admits: Admits) -> dict[str, Any]:
    """The spec of one exception from the rule."""
    rule: dict[str, Any] = {}
    peers: list[dict[str, Any]] = [
        *(
            {"namespace_selector": {"match_labels": {_NAME: each}}}
            for each in admits.from_namespaces
        ),
        *({"ip_block": {"cidr": each}} for each in admits.from_blocks),
    ]
    # An empty list would admit everybody, like none; none says it.
    if peers:
        rule["from_"] = peers
    if admits.ports:
        rule["ports"] = [{"port": port, "protocol": "TCP"} for port in admits.ports]
    return {
        "pod_selector": {"match_labels": dict(admits.pods)} if admits.pods else {},
        "policy_types": ["Ingress"],
        "ingress": [rule],
    }
