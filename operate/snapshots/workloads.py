"""Who mounts a claim: the workloads that can be scaled down, and pods that cannot.

Owns finding them, scaling them down and up again, and remembering how many pods there were: on the workload itself, so
that a restore that was interrupted can be repeated. Does not own the claim (`claims.py`).
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from operate.failure import OperateError
from operate.snapshots.namespace import MANAGER, Namespace, Object, wait

REMEMBERED: Final = "appliance.dev/replicas-before-restore"
GONE_WITHIN: Final = 300
READY_WITHIN: Final = 600
_OVER: Final = ("Succeeded", "Failed")


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A Deployment or StatefulSet whose pods mount the claim."""

    kind: str
    name: str
    body: Object

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    @property
    def replicas(self) -> int:
        """How many pods it has when nobody restores."""
        remembered = (self.body["metadata"].get("annotations") or {}).get(REMEMBERED)
        return int(remembered if remembered is not None else self.body["spec"].get("replicas", 1))

    @property
    def takes_claims_along(self) -> bool:
        """Whether its claims, all of them, are deleted when it is scaled down."""
        policy = self.body["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
        return bool(policy.get("whenScaled") == "Delete")

    def template_of(self, claim: str) -> Object | None:
        """The claim template that it makes a claim of this name from."""
        for template in self.body["spec"].get("volumeClaimTemplates") or ():
            prefix = f"{template['metadata']['name']}-{self.name}-"
            if re.fullmatch(rf"{re.escape(prefix)}[0-9]+", claim):
                found: Object = template
                return found
        return None

    def mounts(self, claim: str) -> bool:
        """Whether one of its pods mounts the claim."""
        return self.template_of(claim) is not None or claim in _claims(
            self.body["spec"]["template"]["spec"]
        )


def mounting(namespace: Namespace, claim: str) -> tuple[Workload, ...]:
    """The workloads whose pods mount a claim, running or not. Raises OperateError for one that must not be scaled."""
    bodies = namespace.all("deployments,statefulsets")
    workloads = (
        Workload(kind=body["kind"], name=body["metadata"]["name"], body=body) for body in bodies
    )
    found = tuple(each for each in workloads if each.mounts(claim))
    for each in found:
        if each.takes_claims_along:
            raise OperateError(
                f"{each} deletes all its claims when it is scaled down "
                "(persistentVolumeClaimRetentionPolicy.whenScaled); let the release say Retain there before a restore"
            )
    return found


def refuse_others(namespace: Namespace, claim: str, workloads: Sequence[Workload]) -> None:
    """Raises OperateError if pods use the claim that no scaling ends."""
    own = {str(each) for each in workloads}
    sets = {body["metadata"]["name"]: body for body in namespace.all("replicasets")}
    others = [
        pod["metadata"]["name"] for pod in users(namespace, claim) if _owner(pod, sets) not in own
    ]
    if others:
        raise OperateError(
            f"the claim {claim} is in use by {', '.join(sorted(others))}, of no Deployment and no "
            f"StatefulSet that could be scaled down; delete what runs there (kubectl -n "
            f"{namespace.name} describe pod says whose it is), or wait until it ends"
        )


def users(namespace: Namespace, claim: str) -> list[Object]:
    """The pods that use a claim now."""
    return [
        pod
        for pod in namespace.all("pods")
        if pod.get("status", {}).get("phase") not in _OVER and claim in _claims(pod["spec"])
    ]


def scale_down(namespace: Namespace, claim: str, workloads: Sequence[Workload]) -> None:
    """Ends all pods that use the claim. Raises OperateError if some do not end."""
    for each in workloads:
        change = {
            "metadata": {"annotations": {REMEMBERED: str(each.replicas)}},
            "spec": {"replicas": 0},
        }
        namespace.patch(each.kind, each.name, change)
    wait(
        lambda: not users(namespace, claim),
        GONE_WITHIN,
        f"pods that use the claim {claim} did not end within {GONE_WITHIN} s; kubectl -n {namespace.name} get pods "
        "shows which, and make restore can be repeated",
    )


def scale_up(namespace: Namespace, workloads: Sequence[Workload]) -> None:
    """As many pods as before, ready. Raises OperateError if they do not get so."""
    for each in workloads:
        change: dict[str, Any] = {
            "metadata": {"annotations": {REMEMBERED: None}},
            "spec": {"replicas": each.replicas},
        }
        namespace.patch(each.kind, each.name, change)
        _give_back(namespace, each)
    for each in workloads:
        words = ("rollout", "status", str(each).lower(), f"--timeout={READY_WITHIN}s")
        try:
            namespace.kubectl(*words, limit=READY_WITHIN + 30)
        except OperateError as fault:
            raise OperateError(
                f"the data is back, and {each} is scaled up to {each.replicas}, but does not get ready: {fault}"
            ) from None


def _give_back(namespace: Namespace, workload: Workload) -> None:
    """Leaves no field to this command: whoever made the workload would be refused when it changes that."""
    words = ("get", workload.kind, workload.name, "--show-managed-fields", "-o", "json")
    entries = json.loads(namespace.kubectl(*words))["metadata"].get("managedFields") or ()
    kept = [each for each in entries if each.get("manager") != MANAGER]
    namespace.patch(workload.kind, workload.name, {"metadata": {"managedFields": kept}})


def _owner(pod: Object, sets: dict[str, Object]) -> str:
    """Kind and name of who made a pod; of a ReplicaSet's pods that is its Deployment."""
    kind, name = _maker(pod)
    if kind == "ReplicaSet" and name in sets:
        kind, name = _maker(sets[name])
    return f"{kind}/{name}"


def _maker(one: Object) -> tuple[str, str]:
    made: dict[str, str] = next(iter(one["metadata"].get("ownerReferences") or ()), {})
    return made.get("kind", ""), made.get("name", "")


def _claims(spec: Object) -> Iterator[str]:
    for volume in spec.get("volumes") or ():
        if name := (volume.get("persistentVolumeClaim") or {}).get("claimName"):
            yield name
