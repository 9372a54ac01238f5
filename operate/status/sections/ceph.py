"""Ceph as Rook's operator last saw it: health and its reasons, room, OSDs, mons, the object store.

Owns reading the status that Rook writes into its resources; nothing is run in a pod. Does not own Rook's pods
(workloads.py). Which OSDs are in, and not only up, Rook does not write down.

Sources: `CephStatus`, `CephStorage` and `ObjectStoreStatus` in Rook 1.12's pkg/apis/ceph.rook.io/v1/types.go, filled by
pkg/operator/ceph/cluster/cephstatus.go every minute; `ceph versions` counts the OSDs that are up
(OSDMonitor::count_metadata).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from components.storage.names import CEPH, OBJECT_STORE
from operate.status.facts import Facts, Object
from operate.status.objects import name, status
from operate.status.reasons import shortened
from operate.status.section import Line, Section, bad, note, ok

CLUSTER: Final = "appliance:storage:CephCluster"
OBJECTS: Final = "appliance:storage:ObjectStore"
STALE: Final = timedelta(minutes=5)
"""The operator looks every minute; on a busy machine it may be late."""

GIB: Final = 2**30
MON_DOWN: Final = "MON_DOWN"
"""Ceph's name for a mon that is not in the quorum; its message says who is."""


def judge(facts: Facts) -> Iterator[Line]:
    """The lines of a stack with Rook; a cluster of somebody else's in other namespaces is not looked at."""
    if CLUSTER not in facts.state.components:
        return
    cluster = _named(facts, "CephCluster", CEPH)
    if cluster is None:
        yield bad("health", "the CephCluster is in the stack's state and not in the cluster")
        return
    seen = status(cluster).get("ceph") or {}
    yield _health(cluster, seen, facts.now)
    yield _osds(facts, seen)
    yield _mons(facts, cluster, seen)
    if OBJECTS in facts.state.components:
        yield _objects(facts)


def _named(facts: Facts, kind: str, wanted: str) -> Object | None:
    found = (one for one in facts.of(kind) if one["metadata"]["namespace"] == CEPH)
    return next((one for one in found if name(one) == wanted), None)


def _health(cluster: Object, seen: Mapping[str, Any], now: datetime) -> Line:
    if not seen:
        phase = status(cluster).get("phase", "no phase")
        said = status(cluster).get("message") or "Rook's operator has not looked at it yet"
        return bad("health", f"not known; {phase}", said)
    why = tuple(_reasons(seen.get("details") or {}))
    text = f"{seen.get('health', 'not known')}; {_room(seen.get('capacity') or {})}"
    if late := _late(seen, now):
        return bad("health", text, late, *why)
    match seen.get("health"):
        case "HEALTH_OK":
            return ok("health", text)
        case "HEALTH_WARN":
            # Data is served; what is at fault in the cluster has lines of its own.
            return note("health", text, *why)
        case _:
            return bad("health", text, *why)


def _reasons(details: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each of Ceph's checks, by its name, which Ceph's documents explain."""
    for check, said in sorted(details.items()):
        yield shortened(f"{check}: {said.get('message', '')}")


def _late(seen: Mapping[str, Any], now: datetime) -> str:
    """Since when nobody has looked; empty if somebody did just now."""
    text = seen.get("lastChecked")
    if not text:
        return ""
    ago = now - datetime.fromisoformat(text)
    if ago < STALE:
        return ""
    return f"this is {int(ago.total_seconds() // 60)} minutes old: Rook's operator does not look"


def _room(capacity: Mapping[str, Any]) -> str:
    """How full it is. Ceph says so itself when that gets too much."""
    total, used = capacity.get("bytesTotal", 0), capacity.get("bytesUsed", 0)
    if not total:
        return "its room is not known yet"
    return f"{used / GIB:.1f} of {total / GIB:.1f} GiB used ({100 * used / total:.0f} %)"


def _daemons(facts: Facts, app: str) -> list[Object]:
    """The Deployments of a kind of daemon, one each; not those by which Rook tries a place out for a mon."""
    return [
        one
        for one in facts.of("Deployment")
        if one["metadata"]["namespace"] == CEPH
        and (one["metadata"].get("labels") or {}).get("app") == app
        and "mon_canary" not in one["metadata"]["labels"]
    ]


def _osds(facts: Facts, seen: Mapping[str, Any]) -> Line:
    total = len(_daemons(facts, "rook-ceph-osd"))
    up = sum(((seen.get("versions") or {}).get("osd") or {}).values())
    text = f"{up} of {total} up"
    if total == 0:
        return bad("OSDs", "there is none: nothing can be stored")
    return ok("OSDs", text) if up >= total else bad("OSDs", text, *_stopped(facts, "rook-ceph-osd"))


def _mons(facts: Facts, cluster: Object, seen: Mapping[str, Any]) -> Line:
    wanted = cluster["spec"]["mon"]["count"]
    ready = sum(status(one).get("readyReplicas", 0) for one in _daemons(facts, "rook-ceph-mon"))
    outside = (seen.get("details") or {}).get(MON_DOWN)
    if outside:
        return bad("mons", shortened(outside.get("message", MON_DOWN)))
    if ready < wanted:
        return bad("mons", f"{ready} of {wanted} run", *_stopped(facts, "rook-ceph-mon"))
    return ok("mons", f"{ready} of {wanted} run, all in quorum")


def _stopped(facts: Facts, app: str) -> Iterator[str]:
    """The daemons whose pods are not ready; the section of workloads says why."""
    for one in _daemons(facts, app):
        if not status(one).get("readyReplicas"):
            yield f"{name(one)} does not run"


def _objects(facts: Facts) -> Line:
    store = _named(facts, "CephObjectStore", OBJECT_STORE)
    if store is None:
        return bad("objects", "the CephObjectStore is in the stack's state and not in the cluster")
    found = status(store)
    endpoints = found.get("endpoints") or {}
    where = ", ".join((*(endpoints.get("secure") or ()), *(endpoints.get("insecure") or ())))
    text = f"{found.get('phase', 'no phase')}; {where or 'no endpoint yet'}"
    if found.get("phase") == "Ready":
        return ok("objects", text)
    return bad("objects", text, *filter(None, [found.get("message", "")]))


SECTION: Final = Section(
    title="ceph",
    judge=judge,
    kinds=("cephclusters.ceph.rook.io", "cephobjectstores.ceph.rook.io", "deployments"),
    needs_api=True,
)
