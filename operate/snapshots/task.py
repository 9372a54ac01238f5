"""The snapshot program in a Job of its own, as the operator's commands run it.

Owns the Job's life: made from the one that the stack made, watched, read and deleted. Does not own the program
(components/application/snapshot.sh).
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.application.snapshots import JOB, NAME
from operate.failure import OperateError
from operate.snapshots.namespace import Namespace, Object, wait

STARTS_WITHIN: Final = 300
"""Seconds until its pod runs: an image may have to be pulled, a volume made."""
LIST_WITHIN: Final = 300
FOREVER: Final = 7 * 24 * 3600
"""Seconds for a restore; how much there is to bring back is nobody's to say."""
_WRITER: Final = ("CHOWN", "FOWNER", "FSETID", "SETFCAP", "MKNOD")
"""Capabilities of one that makes files as they were: of anybody, with any mode, of any kind."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One run: its name is NAME and `suffix`. With a `claim` it may write to that, at the path `mounted`."""

    namespace: Namespace
    suffix: str
    arguments: tuple[str, ...]
    claim: str = ""
    mounted: str = ""
    within: float = LIST_WITHIN

    @property
    def name(self) -> str:
        """The Job's name."""
        return f"{NAME}-{self.suffix}"

    def run(self) -> "Done":
        """Runs it to its end. Raises OperateError with what it said last if it fails."""
        template = self.namespace.one("job", JOB)
        if template is None:
            raise OperateError(
                f"the namespace {self.namespace.name} has no Job {JOB}, so no snapshots are configured there; give the "
                "group snapshots a repository and run make up"
            )
        # One that an interrupted command left may still be at work.
        self.namespace.delete("job", self.name)
        self.namespace.create(job(template, self))
        try:
            return self._watched()
        finally:
            self.namespace.delete("job", self.name)

    def _watched(self) -> "Done":
        wait(
            lambda: any(_phase(pod) != "Pending" for pod in self._pods()),
            STARTS_WITHIN,
            f"the pod of the Job {self.name} did not start within {STARTS_WITHIN} s; kubectl -n {self.namespace.name} "
            "get events says why",
        )
        wait(
            lambda: any(_phase(pod) in ("Succeeded", "Failed") for pod in self._pods()),
            self.within,
            f"the Job {self.name} did not end within {self.within:.0f} s",
        )
        pod = next(pod for pod in self._pods() if _phase(pod) in ("Succeeded", "Failed"))
        printed = self.namespace.kubectl("logs", pod["metadata"]["name"])
        if _phase(pod) == "Failed":
            last = next(reversed(printed.strip().splitlines()), "it did not say why")
            raise OperateError(last.removeprefix("snapshots: "))
        return Done(printed=printed, node=pod["spec"]["nodeName"])

    def _pods(self) -> list[Object]:
        return [
            pod
            for pod in self.namespace.all("pods")
            if any(each["name"] == self.name for each in pod["metadata"].get("ownerReferences", ()))
        ]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a run printed, and on which node it was."""

    printed: str
    node: str


def job(template: Object, task: Task) -> dict[str, Any]:
    """The Job of a task: the stack's own, with other words for the program."""
    spec: dict[str, Any] = copy.deepcopy(template["spec"]["template"]["spec"])
    container: dict[str, Any] = spec["containers"][0]
    container["args"] = list(task.arguments)
    if task.claim:
        volume = {"name": "claim", "persistentVolumeClaim": {"claimName": task.claim}}
        spec["volumes"] = [*_items(spec, "volumes"), volume]
        mount = {"name": "claim", "mountPath": task.mounted}
        container["volumeMounts"] = [*_items(container, "volumeMounts"), mount]
        capabilities = container["securityContext"]["capabilities"]
        capabilities["add"] = [*capabilities["add"], *_WRITER]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": task.name, "labels": {"app": NAME}},
        "spec": {
            "backoffLimit": 0,
            "template": {"metadata": {"labels": {"app": NAME}}, "spec": spec},
        },
    }


def _items(holder: Mapping[str, Any], key: str) -> Sequence[Any]:
    return holder.get(key) or ()


def _phase(pod: Object) -> str:
    return str(pod.get("status", {}).get("phase", "Pending"))
