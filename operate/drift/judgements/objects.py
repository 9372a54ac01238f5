"""Objects of the cluster: absent, or with a field that would be another one if the stack's were applied now.

Owns which differences are the stack's business. What is not: status and what the API server keeps itself, whatever the
state has no input for, and what changes by design (see `by_design`).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from operate.drift.difference import differences
from operate.drift.facts import Declared, Facts, Looked
from operate.drift.row import ABSENT, HIDDEN, OTHER, Row, row

CURE: Final = "make refresh STACK={stack}, then make up STACK={stack}"
FOR_LIFE: Final = "delete it, then make refresh STACK={stack} and make up STACK={stack}"
FOR_GOOD: Final = re.compile(r"is invalid|immutable|^\* ")
"""How an API server refuses what it took before: of the object that is there, a field cannot be changed back."""

SERVER_S: Final = ("managedFields", "resourceVersion", "generation")
AUTOSCALERS: Final = ("HorizontalPodAutoscaler", "ScaledObject")
AUTHORITY: Final = re.compile(
    r"(webhooks\[.*\]|spec\.conversion\.webhook|spec)(\.clientConfig)?\.caBundle"
)
"""The authority that an API server checks a webhook by; controllers of certificates write it."""

Scaled = tuple[str, str, str]
"""Namespace, kind and name of a workload that an autoscaler holds."""


def judge(facts: Facts) -> Iterator[Row]:
    """Rows for each object, in the state's order."""
    scaled = frozenset(_scaled(facts.prescribed.objects))
    for looked in facts.objects:
        if looked.found is None:
            yield from _absent(facts.stack, looked.declared)
        elif looked.applied is not None:
            yield from _changed(facts.stack, looked, scaled)
        elif for_good(looked.refused):
            yield row(
                what="a field that cannot be changed",
                where=str(looked.declared),
                wanted="as the stack has it",
                found=looked.refused,
                cure=FOR_LIFE.format(stack=facts.stack),
            )


def for_good(refused: str) -> bool:
    """Whether it was refused because of what is there, and not because nobody could judge it."""
    return FOR_GOOD.search(refused) is not None


def by_design(declared: Declared, path: str, scaled: Collection[Scaled]) -> bool:
    """Whether a field changes without anybody's hand: pods under an autoscaler, rules that a role gathers."""
    if path == "spec.replicas":
        return (declared.namespace, declared.kind, declared.name) in scaled
    # The controller of aggregated roles writes them.
    if path.startswith("rules") and "aggregationRule" in declared.body:
        return True
    return AUTHORITY.fullmatch(path) is not None


def _absent(stack: str, declared: Declared) -> Iterator[Row]:
    # A Job that is to be cleared away after its end is not missed.
    if "ttlSecondsAfterFinished" in (declared.body.get("spec") or {}):
        return
    cure = CURE.format(stack=stack)
    yield row(what="the object", where=str(declared), wanted="there", found=ABSENT, cure=cure)


def _changed(stack: str, looked: Looked, scaled: Collection[Scaled]) -> Iterator[Row]:
    declared = looked.declared
    hidden = declared.secret or declared.kind == "Secret"
    for one in differences(_counted(looked.applied), _counted(looked.found)):
        if not by_design(declared, one.path, scaled):
            yield row(
                what=one.path,
                where=str(declared),
                wanted=HIDDEN if hidden else one.wanted,
                found=OTHER if hidden else one.found,
                cure=CURE.format(stack=stack),
            )


def _counted(thing: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The object without what is nobody's wish."""
    thing = thing or {}
    metadata = {
        name: value for name, value in thing.get("metadata", {}).items() if name not in SERVER_S
    }
    return {**{name: thing[name] for name in thing if name != "status"}, "metadata": metadata}


def _scaled(objects: Collection[Declared]) -> Iterator[Scaled]:
    for one in objects:
        target = (one.body.get("spec") or {}).get("scaleTargetRef")
        if one.kind in AUTOSCALERS and target:
            # KEDA's means a Deployment when it does not say.
            yield one.namespace, target.get("kind", "Deployment"), target["name"]
