"""Disruption budgets of policy/v1beta1, where an empty selector meant no pod and not every pod."""

from components.application.rewrites.draft import Draft
from components.manifest.body import value_at


def budget(draft: Draft) -> None:
    """No selector means no pod in both versions; an empty one means every pod today."""
    selector = value_at(draft.body, "spec", "selector")
    if isinstance(selector, dict) and not any(selector.values()):
        why = "an empty selector meant no pod, and means every pod in policy/v1; none means no pod in both"
        draft.remove(("spec", "selector"), why)
