"""How a workload stands that a layer's section is about, in the words that it uses for it.

Owns the words for one Deployment or DaemonSet. Does not own the list of all that are below their strength
(sections/workloads.py), nor why pods do not run (reasons.py).
"""

from dataclasses import dataclass

from operate.status.facts import Facts, Object
from operate.status.objects import full_name, status
from operate.status.reasons import Reasons

NONE = "it is scaled to 0; make refresh and make up put it right"
ABSENT = "it is in the stack's state and not in the cluster; make refresh and make up put it right"


@dataclass(frozen=True, kw_only=True)
class Strength:
    """`ready` of `wanted` pods, and why not all."""

    ready: int
    wanted: int
    why: tuple[str, ...] = ()

    @property
    def full(self) -> bool:
        """Whether there is at least one pod, and all are ready."""
        return self.ready >= self.wanted > 0

    @property
    def text(self) -> str:
        """In a few words."""
        return f"{self.ready} of {self.wanted} pods ready"


def deployment(facts: Facts, namespace: str, name: str) -> Strength:
    """A Deployment by its name."""
    found = _find(facts, "Deployment", f"{namespace}/{name}")
    if found is None:
        return Strength(ready=0, wanted=1, why=(ABSENT,))
    ready, wanted = status(found).get("readyReplicas", 0), found["spec"].get("replicas", 1)
    if wanted == 0:
        return Strength(ready=ready, wanted=wanted, why=(NONE,))
    return Strength(ready=ready, wanted=wanted, why=_why(facts, found, ready < wanted))


def daemon_set(facts: Facts, namespace: str, name: str) -> Strength:
    """A DaemonSet by its name; `wanted` is the number of nodes that it is to run on."""
    found = _find(facts, "DaemonSet", f"{namespace}/{name}")
    if found is None:
        return Strength(ready=0, wanted=len(facts.state.nodes), why=(ABSENT,))
    now = status(found)
    ready, wanted = now.get("numberReady", 0), now.get("desiredNumberScheduled", 0)
    return Strength(ready=ready, wanted=wanted, why=_why(facts, found, ready < wanted))


def _find(facts: Facts, kind: str, wanted: str) -> Object | None:
    return next((one for one in facts.of(kind) if full_name(one) == wanted), None)


def _why(facts: Facts, found: Object, lacking: bool) -> tuple[str, ...]:  # noqa: FBT001
    return Reasons(facts).of_workload(found) if lacking else ()
