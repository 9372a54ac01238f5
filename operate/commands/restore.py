"""`make restore ID=…`: the claim of a snapshot, as it was.

Owns the order: who uses the claim is scaled down, the claim is there, what is in it is what was in it, who used it runs
again. Each step finds done what an interrupted restore did.
"""

from operate.commands.snapshots import listed, namespace_of
from operate.failure import OperateError
from operate.phases import Phases
from operate.snapshots import claims, workloads
from operate.snapshots.listing import Snapshot, chosen, size
from operate.snapshots.namespace import Namespace, Object
from operate.snapshots.task import FOREVER, Done, Task
from operate.snapshots.workloads import Workload
from operate.workplace import Workplace, alone, open_workplace


def restore(name: str, wanted: str, phases: Phases, *, wait: bool) -> None:
    """Bring back what a snapshot holds. Raises OperateError."""
    if not wanted:
        raise OperateError(
            "say which snapshot: make restore ID=…; make snapshots lists them", code=2
        )
    opened = open_workplace(name, phases)
    with alone(opened, "restore", wait=wait) as place, namespace_of(place) as (ready, namespace):
        with phases.phase("snapshot"):
            found = chosen(listed(namespace), wanted)
            users = workloads.mounting(namespace, found.claim)
            workloads.refuse_others(namespace, found.claim, users)
            claim = _claim(ready, namespace, found, users)
        with phases.phase(f"nobody uses {found.claim}"):
            workloads.scale_down(namespace, found.claim, users)
        try:
            with phases.phase(f"restore of {found.claim}"):
                made = claims.make(namespace, found.claim, claim)
                done = _bring_back(namespace, found)
        except OperateError as fault:
            raise OperateError(
                f"{fault}; {_left(users)}make restore ID={wanted} can be repeated"
            ) from None
        with phases.phase("who used it runs again"):
            workloads.scale_up(namespace, users)
        print(said(found, done, users, made=made), flush=True)


def _claim(
    place: Workplace, namespace: Namespace, found: Snapshot, users: tuple[Workload, ...]
) -> Object:
    """What the claim has to be; asked before anything is scaled down, since it may be nowhere to be found."""
    there = namespace.one("pvc", found.claim)
    if there is not None and "deletionTimestamp" not in there["metadata"]:
        return there
    return claims.body(namespace, found.claim, users, place.engine)


def _bring_back(namespace: Namespace, found: Snapshot) -> Done:
    return Task(
        namespace=namespace,
        suffix=f"restore-{found.short}",
        arguments=("restore", found.id, found.path),
        claim=found.claim,
        mounted=found.path,
        within=FOREVER,
    ).run()


def _left(users: tuple[Workload, ...]) -> str:
    names = ", ".join(map(str, users))
    return f"{names} stay scaled down meanwhile; " if users else ""


def said(found: Snapshot, done: Done, users: tuple[Workload, ...], *, made: bool) -> str:
    """What was done, in one sentence for each part."""
    summary = next((line for line in done.printed.splitlines() if line.startswith("Summary: ")), "")
    again = ", ".join(f"{each} ({each.replicas})" for each in users)
    return "\n".join(
        (
            f"{found.claim} is as it was on {found.time:%Y-%m-%d at %H:%M:%S} UTC (snapshot {found.short}, "
            f"{found.files} files, {size(found.size)}); on {done.node}"
            + (", where the claim was made anew." if made else "."),
            f"restic: {summary.removeprefix('Summary: ')}; every file was read again and is right.",
            f"Run again and are ready: {again}." if again else "Nobody used it.",
        )
    )
