"""`make snapshots` and `make snapshot`: which snapshots there are, and one more of each claim."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from components.application.rewrites.snapshot_container import CONTAINER, variables_of
from operate.failure import OperateError
from operate.phases import Phases
from operate.snapshots.listing import Snapshot, read, table
from operate.snapshots.namespace import Namespace, Object, wait
from operate.snapshots.task import Task
from operate.tunnel import reaching
from operate.workplace import Workplace, open_workplace
from stacks.license import license_

LONGEST: Final = 24 * 3600
"""Seconds for the snapshots of one pod."""
STARTS_WITHIN: Final = 120
"""Seconds for pods that come and go, as after a `make up`."""
_OVER: Final = ("Succeeded", "Failed")
_MISSING: Final = "there is no repository at"


def snapshots(name: str) -> None:
    """Print the snapshots in the stack's repository. Raises OperateError."""
    with namespace_of(open_workplace(name, Phases(quiet=True))) as (_, namespace):
        found = listed(namespace)
    print(table(found), end="")


def snapshot(name: str, phases: Phases) -> None:
    """Make a snapshot of each claim now, in the containers that do it by night. Raises OperateError."""
    with namespace_of(open_workplace(name, phases)) as (_, namespace):
        pods = settled(namespace)
        if not pods:
            raise OperateError(
                f"no pod runs in {namespace.name} that mounts a claim of which there are snapshots; see "
                "make status, and the group snapshots"
            )
        faults = [fault for pod in pods for fault in _snapshot(namespace, pod, phases)]
    if faults:
        raise OperateError("\n".join(faults))


@contextmanager
def namespace_of(place: Workplace) -> Iterator[tuple[Workplace, Namespace]]:
    """The application's namespace within reach. Raises OperateError if there is no application with snapshots."""
    licensed = license_(place.configuration)
    if licensed is None:
        raise OperateError(
            f"stack {place.stack.name} has no license, and so no application that there could be snapshots of"
        )
    if place.configuration.snapshots.repository is None:
        raise OperateError(
            f"stack {place.stack.name} has no snapshots; give snapshots.repository in {place.stack.tracked.name} and "
            f"run make up STACK={place.stack.name}"
        )
    if not place.stack.kubeconfig.exists():
        raise OperateError(
            f"stack {place.stack.name} is not deployed; make up STACK={place.stack.name} brings it up"
        )
    with reaching(place) as ready:
        yield ready, Namespace(name=licensed.namespace, environment=ready.engine.environment)


def listed(namespace: Namespace) -> tuple[Snapshot, ...]:
    """The snapshots of the application's claims."""
    printed = Task(namespace=namespace, suffix="list", arguments=("list",)).run().printed
    return tuple(each for each in read(printed) if each.namespace == namespace.name)


def settled(namespace: Namespace) -> list[Object]:
    """The pods that make snapshots, after those that start or end were given some time for it.

    The engine takes a StatefulSet for rolled out that nobody has begun with: between two of its pods there is none.
    """

    def steady() -> bool:
        workloads = namespace.all("deployments,statefulsets")
        rolled_out = all(map(through, filter(_makes, workloads)))
        return rolled_out and all(map(at_work, containers(namespace)))

    with suppress(OperateError):
        wait(steady, STARTS_WITHIN, "")
    return containers(namespace)


def through(workload: Object) -> bool:
    """Whether all pods of a Deployment or StatefulSet are of its newest template, and ready."""
    status, wanted = workload.get("status") or {}, workload["spec"].get("replicas", 1)
    seen = status.get("observedGeneration") == workload["metadata"].get("generation")
    return seen and all(
        status.get(key, 0) == wanted for key in ("replicas", "updatedReplicas", "readyReplicas")
    )


def _makes(workload: Object) -> bool:
    return variables_of(workload["spec"]["template"]["spec"]) is not None


def at_work(pod: Object) -> bool:
    """Whether a pod's snapshot container runs, and is not about to end."""
    status = pod.get("status", {})
    states = [
        each
        for kind in ("containerStatuses", "initContainerStatuses")
        for each in status.get(kind) or ()
    ]
    runs = any(each["name"] == CONTAINER and "running" in each["state"] for each in states)
    return runs and "deletionTimestamp" not in pod["metadata"]


def containers(namespace: Namespace) -> list[Object]:
    """The pods that make snapshots of what they mount, and have not come to an end."""
    return [
        pod
        for pod in namespace.all("pods")
        if pod.get("status", {}).get("phase") not in _OVER and variables_of(pod["spec"]) is not None
    ]


def _snapshot(namespace: Namespace, pod: Object, phases: Phases) -> Iterator[str]:
    """What was wrong, if anything."""
    name = pod["metadata"]["name"]
    if not at_work(pod):
        yield f"{name}: there is no snapshot, since its container {CONTAINER} does not run; see make status"
        return
    with phases.phase(f"snapshots in the pod {name}"):
        try:
            print(_backup(namespace, name), end="", flush=True)
        except OperateError as fault:
            yield f"{name}: {fault}"


def _backup(namespace: Namespace, pod: str) -> str:
    """What the program said. A repository that is gone is made anew; only here, where one asks at a time."""
    # The container's own log has it too, as it has what happens by night: make status reads that.
    script = "set -o pipefail; /bin/sh /program/snapshot.sh backup 2>&1 | tee /proc/1/fd/1"
    words = ("exec", pod, "-c", CONTAINER, "--", "/bin/sh", "-c", f"{script}; echo code $?")
    printed, _, code = namespace.kubectl(*words, limit=LONGEST).strip().rpartition("code ")
    if code == "0":
        return printed
    if _MISSING in printed:
        Task(namespace=namespace, suffix="initialise", arguments=("initialise",)).run()
        printed, _, code = namespace.kubectl(*words, limit=LONGEST).strip().rpartition("code ")
        if code == "0":
            return printed
    last = next(reversed(printed.strip().splitlines()), "it did not say why")
    raise OperateError(last.removeprefix("snapshots: "))
