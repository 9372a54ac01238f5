"""A namespace that strangers' code runs in has default deny, a quota and limits.

Owns the rule for the daemon's and the application's namespace. Does not own what the walls let through.
"""

from collections.abc import Iterator
from typing import Final

from review.graph import Graph
from review.policies.finding import Case, Finding
from review.policies.pods import APPLICATION

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
QUOTA: Final = "kubernetes:core/v1:ResourceQuota"
LIMITS: Final = "kubernetes:core/v1:LimitRange"


def denied(case: Case) -> Iterator[Finding]:
    """An application's namespace that anybody may connect to."""
    for urn, name in _of_application(case.graph):
        policies = (each for each in case.graph.of(POLICY) if _in(each.inputs, name))
        if not any(_denies(each.inputs.get("spec") or {}) for each in policies):
            yield Finding(
                urn=urn,
                what=f"nothing denies connections to the pods in {name} by default",
                cure="choose a network.provider that enforces NetworkPolicies",
            )


def bounded(case: Case) -> Iterator[Finding]:
    """An application's namespace that may use all that the nodes have."""
    for urn, name in _of_application(case.graph):
        for type_, what in ((QUOTA, "quota"), (LIMITS, "limits")):
            if not any(_in(each.inputs, name) for each in case.graph.of(type_)):
                yield Finding(
                    urn=urn,
                    what=f"the namespace {name} has no {what}",
                    cure=f"name {name} in the group quotas",
                )


def _of_application(graph: Graph) -> Iterator[tuple[str, str]]:
    """URN and name of the vendors' namespaces."""
    for each in graph.of(NAMESPACE):
        if APPLICATION in each.urn.split("::")[2]:
            yield each.urn, str(each.at("metadata", "name"))


def _in(inputs: object, namespace: str) -> bool:
    metadata = inputs.get("metadata") if isinstance(inputs, dict) else None
    return isinstance(metadata, dict) and metadata.get("namespace") == namespace


def _denies(spec: dict[str, object]) -> bool:
    """Whether all pods of the namespace are closed to who is not admitted by another policy."""
    everything = not spec.get("podSelector")
    return everything and "Ingress" in (spec.get("policyTypes") or ("Ingress",))  # type: ignore[operator]
