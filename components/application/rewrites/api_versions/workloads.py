"""Deployments, DaemonSets, ReplicaSets and StatefulSets of extensions/v1beta1, apps/v1beta1 and apps/v1beta2.

Owns the selector, which was optional, and how pods are replaced, where the default was another. How many old revisions
are kept, and how long a Deployment may take, get today's defaults: they change nothing that runs.
"""

from typing import Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import is_late
from components.manifest.body import Body, groups_at, text_at, texts_at, value_at

_LABELS: Final = ("spec", "template", "metadata", "labels")
_OLD: Final = "was the default of the old version"


def selecting(draft: Draft) -> None:
    """The selector, from the labels of the pods where none is given. One that misses them is refused."""
    path = ("spec", "selector")
    selector, labels = value_at(draft.body, *path), value_at(draft.body, *_LABELS)
    if is_late(selector) or is_late(labels):
        draft.refuse(path, "is only known after deployment; give selector and labels as they are")
    elif selector is None and isinstance(labels, dict) and labels:
        draft.set(
            path,
            {"matchLabels": dict(labels)},
            "apps/v1 takes no workload without; it was made of the labels of the pods",
        )
    elif selector is None:
        draft.refuse(
            path,
            "cannot be made, since the pods have no labels; give spec.template.metadata.labels",
        )
    elif isinstance(selector, dict) and not _selects(
        selector, labels if isinstance(labels, dict) else {}
    ):
        draft.refuse(
            path, "does not select the labels of the pods, which apps/v1 refuses; make them agree"
        )


def labelled(draft: Draft) -> None:
    """The selector, and the object's own labels, which were those of the pods if it had none."""
    selecting(draft)
    labels = value_at(draft.body, *_LABELS)
    if isinstance(labels, dict) and labels and not value_at(draft.body, "metadata", "labels"):
        draft.set(
            ("metadata", "labels"),
            dict(labels),
            "those of the pods were the default of the old version",
        )


def deployment(draft: Draft) -> None:
    """A Deployment of apps/v1beta1."""
    labelled(draft)
    if value_at(draft.body, "spec", "rollbackTo") is not None:
        draft.remove(
            ("spec", "rollbackTo"), "went back once when it was applied; apps/v1 has no such field"
        )


def first_deployment(draft: Draft) -> None:
    """A Deployment of extensions/v1beta1, which replaced one pod at a time however many there were."""
    deployment(draft)
    strategy = value_at(draft.body, "spec", "strategy")
    if text_at(strategy, "type") == "Recreate":
        return
    for key in ("maxSurge", "maxUnavailable"):
        if value_at(strategy, "rollingUpdate", key) is None:
            draft.set(
                ("spec", "strategy", "rollingUpdate", key), 1, f"1 {_OLD}; that of apps/v1 is 25%"
            )


def daemons(draft: Draft) -> None:
    """A DaemonSet of apps/v1beta2."""
    selecting(draft)
    _uncounted(draft)


def first_daemons(draft: Draft) -> None:
    """A DaemonSet of extensions/v1beta1, whose pods stayed until somebody deleted them."""
    labelled(draft)
    _uncounted(draft)
    _on_delete(draft)


def first_stateful(draft: Draft) -> None:
    """A StatefulSet of apps/v1beta1, whose pods stayed until somebody deleted them."""
    labelled(draft)
    _on_delete(draft)


def _uncounted(draft: Draft) -> None:
    if value_at(draft.body, "spec", "templateGeneration") is not None:
        draft.remove(("spec", "templateGeneration"), "the API server counts by itself")


def _on_delete(draft: Draft) -> None:
    strategy = value_at(draft.body, "spec", "updateStrategy")
    if not text_at(strategy, "type"):
        path = ("spec", "updateStrategy", "type")
        draft.set(path, "OnDelete", f"OnDelete {_OLD}; that of apps/v1 replaces the pods by itself")


def _selects(selector: Body, labels: Body) -> bool:
    """Whether a selector selects pods with these labels."""
    wanted = selector.get("matchLabels") or {}
    if not isinstance(wanted, dict):
        return True
    return all(labels.get(key) == value or is_late(value) for key, value in wanted.items()) and all(
        _matches(one, labels) for one in groups_at(selector, "matchExpressions")
    )


def _matches(expression: Body, labels: Body) -> bool:
    key, values = text_at(expression, "key"), texts_at(expression, "values")
    match text_at(expression, "operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return True
