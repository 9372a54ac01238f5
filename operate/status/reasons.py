"""Why pods do not run: from a workload to its pods, from a pod to its containers and to what was last said of it.

Owns finding the nearest cause in a sentence. Does not own which workloads are looked at (sections/workloads.py).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from operate.status.facts import Facts, Object
from operate.status.objects import condition, is_true, name, owners, status

STARTING: Final = frozenset({"ContainerCreating", "PodInitializing"})
"""Reasons to wait that say nothing: what holds it up is in the events."""

LONGEST: Final = 200
"""Characters of a sentence of somebody else's; errors of image pulls repeat themselves for a thousand."""


class Reasons:
    """Finds reasons in the facts; made once for a judgement."""

    def __init__(self, facts: Facts) -> None:
        self._pods: dict[str, list[Object]] = defaultdict(list)
        made_by = {one["metadata"]["uid"]: owners(one) for one in facts.of("ReplicaSet")}
        for pod in facts.of("Pod"):
            for owner in owners(pod):
                # A Deployment's pods belong to a ReplicaSet in between.
                for root in (owner, *made_by.get(owner, ())):
                    self._pods[root].append(pod)
        self._ready = {name(node) for node in facts.of("Node") if is_true(node, "Ready")}
        self._warnings: dict[str, list[Object]] = defaultdict(list)
        for event in sorted(facts.of("Event"), key=_when):
            if event.get("type") == "Warning":
                self._warnings[event["involvedObject"].get("uid", "")].append(event)

    def of_workload(self, workload: Object) -> tuple[str, ...]:
        """A sentence for each cause, with the nodes or pods that it holds for."""
        places: dict[str, list[str]] = defaultdict(list)
        for pod in self._pods[workload["metadata"]["uid"]]:
            if not is_true(pod, "Ready"):
                places[self.of_pod(pod)].append(pod["spec"].get("nodeName") or name(pod))
        found = [f"{', '.join(sorted(where))}: {why}" for why, where in sorted(places.items())]
        # Without any pod it is the making of them that failed.
        failure = condition(workload, "ReplicaFailure")
        if failure.get("status") == "True":
            found.append(shortened(failure["message"]))
        return tuple(found or self._last_words(workload))

    def of_pod(self, pod: Object) -> str:
        """Why a pod is not ready."""
        node = pod["spec"].get("nodeName")
        if not node:
            return shortened(condition(pod, "PodScheduled").get("message") or "not scheduled yet")
        if node not in self._ready:
            return "the node is not Ready"
        if "deletionTimestamp" in pod["metadata"]:
            return "it is being deleted"
        containers = [
            one
            for kind in ("initContainerStatuses", "containerStatuses")
            for one in status(pod).get(kind) or ()
        ]
        causes = [cause for one in containers if (cause := self._of_container(one))]
        said = self._last_words(pod)
        # The container knows its own exit; why it is not even started, or not ready, only the events tell.
        return "; ".join(causes or said) or f"phase {status(pod).get('phase', 'unknown')}"

    def _of_container(self, container: Mapping[str, Any]) -> str:
        state, before = container.get("state", {}), container.get("lastState", {})
        waiting = state.get("waiting", {})
        ended = state.get("terminated") or before.get("terminated") or {}
        if waiting.get("reason") in STARTING or container.get("ready"):
            return ""
        words = [waiting.get("reason", "")]
        if ended and ended.get("reason") != "Completed":
            words.append(f"ended with code {ended['exitCode']} ({ended.get('reason', 'Error')})")
        elif waiting.get("message"):
            words.append(waiting["message"])
        said = ": ".join(word for word in words if word)
        times = container.get("restartCount", 0)
        restarts = f", {times} restarts" if said and times else ""
        return shortened(f"{container['name']}: {said}") + restarts if said else ""

    def _last_words(self, thing: Object) -> Sequence[str]:
        """The last warning about an object, if there is any."""
        events = self._warnings.get(thing["metadata"]["uid"], ())
        return [shortened(f"{events[-1]['reason']}: {events[-1]['message']}")] if events else []


def shortened(text: str) -> str:
    """One line of at most LONGEST characters: the beginning says where it is, the end what is wrong."""
    line = " ".join(text.split())
    if len(line) <= LONGEST:
        return line
    return f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"


def _when(event: Object) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
