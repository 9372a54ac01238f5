"""The claim that a snapshot is brought back to: the one that is there, or a new one.

Owns making it anew. Does not own what it was: a StatefulSet's template says that, or the stack's state.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from operate.engine import Engine
from operate.failure import OperateError
from operate.snapshots.namespace import Namespace, Object, wait
from operate.snapshots.workloads import Workload

TYPE: Final = "kubernetes:core/v1:PersistentVolumeClaim"
GONE_WITHIN: Final = 120
_OWN: Final = "pulumi.com/"


def body(namespace: Namespace, claim: str, workloads: Sequence[Workload], engine: Engine) -> Object:
    """What a claim of this name has to be. Raises OperateError if nobody says it."""
    for each in workloads:
        if (template := each.template_of(claim)) is not None:
            return of_template(namespace.name, claim, each, template)
    exported = json.loads(engine.ask("stack", "export"))
    for one in (exported.get("deployment") or {}).get("resources") or ():
        metadata = (one.get("inputs") or {}).get("metadata") or {}
        if one["type"] == TYPE and metadata.get("name") == claim:
            return of_state(namespace.name, one["inputs"])
    raise OperateError(
        f"the claim {claim} is gone, and neither a StatefulSet nor the release says what it was; make one of that name "
        f"in the namespace {namespace.name} and run make restore again"
    )


def of_template(namespace: str, claim: str, workload: Workload, template: Object) -> Object:
    """The claim as the StatefulSet's controller makes it."""
    selector = workload.body["spec"]["selector"].get("matchLabels") or {}
    metadata = template["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": claim,
            "namespace": namespace,
            "labels": {**(metadata.get("labels") or {}), **selector},
            "annotations": metadata.get("annotations") or {},
        },
        "spec": template["spec"],
    }


def of_state(namespace: str, inputs: Object) -> Object:
    """The claim as the stack made it."""
    metadata = inputs["metadata"]
    annotations: dict[str, Any] = metadata.get("annotations") or {}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": metadata["name"],
            "namespace": namespace,
            "labels": metadata.get("labels") or {},
            "annotations": {k: v for k, v in annotations.items() if not k.startswith(_OWN)},
        },
        "spec": inputs["spec"],
    }


def make(namespace: Namespace, claim: str, wanted: Object) -> bool:
    """Makes the claim if it is not there; whether it did. One that is on its way out is waited for."""
    wait(
        lambda: not _going(namespace.one("pvc", claim)),
        GONE_WITHIN,
        f"the claim {claim} was deleted and does not go within {GONE_WITHIN} s; kubectl -n {namespace.name} describe "
        f"pvc {claim} says who holds it",
    )
    if namespace.one("pvc", claim) is not None:
        return False
    namespace.create(wanted)
    return True


def _going(found: Object | None) -> bool:
    return found is not None and "deletionTimestamp" in found["metadata"]
