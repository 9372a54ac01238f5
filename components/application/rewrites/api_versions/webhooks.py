"""Webhook configurations of admissionregistration.k8s.io/v1beta1, whose defaults were milder.

Owns writing the old defaults down. What v1 demands and nobody can guess (side effects) is refused.
"""

from collections import Counter
from typing import Final

from components.application.rewrites.draft import Draft
from components.manifest.body import numbered_at, text_at

_DEFAULTS: Final = {
    "failurePolicy": "Ignore",
    "matchPolicy": "Exact",
    "timeoutSeconds": 30,
    "admissionReviewVersions": ["v1beta1"],
}
_HARMLESS: Final = ("None", "NoneOnDryRun")


def webhooks(draft: Draft) -> None:
    """Each webhook with the defaults that it had."""
    hooks = numbered_at(draft.body, "webhooks")
    names = Counter(text_at(hook, "name") for _, hook in hooks)
    for index, hook in hooks:
        where = ("webhooks", index)
        for key, value in _DEFAULTS.items():
            if not hook.get(key):
                draft.set(
                    (*where, key),
                    value,
                    "was the default of v1beta1; that of v1 is another, or none",
                )
        if hook.get("sideEffects") not in _HARMLESS:
            sentence = (
                "v1 takes only None and NoneOnDryRun; say which of them is true of this webhook"
            )
            draft.refuse((*where, "sideEffects"), sentence)
        if names[text_at(hook, "name")] > 1:
            draft.refuse((*where, "name"), "is given twice, which v1 refuses; give each its own")
