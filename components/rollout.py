"""When a Deployment of the strategy Recreate is what it should be: Pulumi waits for its new pods, not for the old ones.

Owns the annotation. Does not own the Deployments.

Kubernetes scales the old ReplicaSet down first, and says in that step that it has seen the change, while the revision
and the conditions still speak of the old pods (rolloutRecreate in pkg/controller/deployment/recreate.go). Pulumi's own
wait takes that for the end (checkReplicaSetStatus in pulumi-kubernetes' provider/pkg/await/deployment.go, 4.25.0): an
`up` with a new image ended before its pod was there, and would have ended well if that pod never came.
"""

import json
from typing import Final

ANNOTATION: Final = "pulumi.com/waitFor"
_COUNTS: Final = ("updatedReplicas", "replicas", "availableReplicas")
"""As `kubectl rollout status` counts: all of the newest form, no others, all ready."""


def recreated(replicas: int) -> dict[str, str]:
    """The annotation: Pulumi's wait ends when `replicas` new pods are ready and no old one is left.

    It also waits until Kubernetes has seen the change (`observedGeneration`). Instead of the pods' faults the operator
    then sees which count is awaited; `make status` says why.
    """
    return {ANNOTATION: json.dumps([f"jsonpath={{.status.{each}}}={replicas}" for each in _COUNTS])}
