"""Autoscalers of autoscaling/v2beta1, and what autoscalers of any version point at.

Owns how metrics are written.
"""

from typing import Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Path
from components.manifest.body import Body, numbered_at, text_at, value_at
from components.manifest.templates import group_and_kind

_SHAPE: Final = "autoscaling/v2 writes metrics so"
_GONE: Final = frozenset({"extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"})
_NEEDED: Final = {
    "Resource": ("name",),
    "ContainerResource": ("name", "container"),
    "Pods": ("metricName",),
    "Object": ("metricName", "target"),
    "External": ("metricName",),
}


def modern(draft: Draft) -> None:
    """Workloads that moved to apps/v1 are pointed at there: an autoscaler finds none of extensions."""
    where = ("spec", "scaleTargetRef", "apiVersion")
    if group_and_kind(draft.body) != ("autoscaling", "HorizontalPodAutoscaler"):
        return
    if value_at(draft.body, *where) in _GONE:
        draft.set(where, "apps/v1", "workloads of that version are in apps/v1 now")


def first_autoscaler(draft: Draft) -> None:
    """Each metric in the form of v2: what is measured, and a target."""
    for index, metric in numbered_at(draft.body, "spec", "metrics"):
        kind = text_at(metric, "type")
        field = kind[:1].lower() + kind[1:]
        source = metric.get(field)
        where = ("spec", "metrics", index, field)
        if kind not in _NEEDED or not isinstance(source, dict):
            draft.refuse(where[:-1], f"has no type of {', '.join(_NEEDED)} with its group of keys")
        elif missing := [key for key in _NEEDED[kind] if not source.get(key)]:
            draft.refuse((*where, missing[0]), "is missing")
        else:
            _metric(draft, where, kind, source)


def _metric(draft: Draft, where: Path, kind: str, source: Body) -> None:
    found = _target(kind, source)
    if found is None:
        draft.refuse(where, "has no target value, which autoscaling/v2 demands")
        return
    after: Body
    if kind in ("Resource", "ContainerResource"):
        after = {key: source[key] for key in _NEEDED[kind]}
    else:
        selector = source.get("metricSelector" if kind == "External" else "selector")
        after = {"describedObject": source["target"]} if kind == "Object" else {}
        after["metric"] = {
            "name": source["metricName"],
            **({"selector": selector} if selector is not None else {}),
        }
    draft.set(where, {**after, "target": found}, _SHAPE)


def _target(kind: str, source: Body) -> Body | None:
    if kind in ("Resource", "ContainerResource") and source.get("targetAverageUtilization"):
        return {"type": "Utilization", "averageUtilization": source["targetAverageUtilization"]}
    average = source.get("averageValue" if kind == "Object" else "targetAverageValue")
    value = source.get("targetValue") if kind in ("Object", "External") else None
    if kind == "External" and value is not None:
        average = None
    if average is not None:
        return {"type": "AverageValue", "averageValue": average}
    return None if value is None else {"type": "Value", "value": value}
