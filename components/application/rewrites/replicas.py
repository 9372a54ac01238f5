"""How many pods a workload has that does not say: one, unless an autoscaler looks after that.

Owns `replicas` where it is missing. Does not own autoscalers.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Rewritten
from components.manifest.body import Body, text_at, value_at
from components.manifest.templates import group_and_kind

RULE: Final = "replicas"
Workload = tuple[str, str, str, str]
"""Group, kind, namespace and name."""

_SCALED: Final = frozenset(
    {
        ("", "ReplicationController"),
        *(("apps", kind) for kind in ("Deployment", "ReplicaSet", "StatefulSet")),
    }
)
_SCALERS: Final = frozenset(
    {("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject")}
)


def replicas(body: Body, autoscaled: frozenset[Workload], namespace: str = "default") -> Rewritten:
    """An object with `replicas: 1` if it is a workload without; `autoscaled` are those that an autoscaler owns."""
    draft = Draft(RULE, body)
    spec = body.get("spec")
    if group_and_kind(body) not in _SCALED or not isinstance(spec, dict):
        return draft.done()
    if spec.get("replicas") is not None:
        return draft.done()
    if workload(body, namespace) in autoscaled:
        draft.leave(("spec", "replicas"), "an autoscaler looks after it")
    else:
        draft.set(("spec", "replicas"), 1, "a workload that does not say starts with one pod")
    return draft.done()


def workload(body: Body, namespace: str = "default") -> Workload:
    """What an autoscaler names a workload by. Workloads of the group extensions count as those of apps."""
    group, kind = group_and_kind(body)
    home = text_at(body, "metadata", "namespace") or namespace
    return _modern(group), kind, home, text_at(body, "metadata", "name")


def autoscaled(bodies: Iterable[Body], namespace: str = "default") -> Iterator[Workload]:
    """The workloads that autoscalers among these objects own: of Kubernetes itself, in any version, and of KEDA."""
    for body in bodies:
        if group_and_kind(body) not in _SCALERS:
            continue
        target = value_at(body, "spec", "scaleTargetRef")
        home = text_at(body, "metadata", "namespace") or namespace
        # KEDA takes a Deployment where nothing is said.
        kind = text_at(target, "kind") or "Deployment"
        group = text_at(target, "apiVersion").rpartition("/")[0]
        if not text_at(target, "apiVersion") and kind != "ReplicationController":
            group = "apps"
        yield _modern(group), kind, home, text_at(target, "name")


def _modern(group: str) -> str:
    return "apps" if group == "extensions" else group
