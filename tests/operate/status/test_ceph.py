"""What is said of Ceph, by statuses in the shape that Rook 1.12's resource definitions have."""

import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from operate.status.facts import Facts
from operate.status.section import Health, Line
from operate.status.sections import ceph
from tests.operate.status.seen import HEALTHY, HEALTHY_OBJECTS, NOW, by_kind, deployment

VERSION = "ceph version 16.2.15 (618f440892089921c3e944a991122ddc44e60516) pacific (stable)"
CLUSTER: dict[str, Any] = {
    "kind": "CephCluster",
    "metadata": {"name": "rook-ceph", "namespace": "rook-ceph"},
    "spec": {"mon": {"count": 3}},
    "status": {
        "phase": "Ready",
        "message": "Cluster created successfully",
        "ceph": {
            "health": "HEALTH_OK",
            "lastChecked": "2026-11-21T13:59:10Z",
            "capacity": {
                "bytesTotal": 25769803776,
                "bytesUsed": 6442450944,
                "bytesAvailable": 19327352832,
                "lastUpdated": "2026-11-21T13:59:10Z",
            },
            "versions": {"mon": {VERSION: 3}, "osd": {VERSION: 2}, "overall": {VERSION: 6}},
            "fsid": "8d6a2b0e-4f8c-4a63-9d56-1f1f0a7a7a11",
        },
        "storage": {"deviceClasses": [{"name": "hdd"}], "osd": {"storeType": {"bluestore": 2}}},
    },
}
STORE: dict[str, Any] = {
    "kind": "CephObjectStore",
    "metadata": {"name": "replicated", "namespace": "rook-ceph"},
    "spec": {},
    "status": {
        "phase": "Ready",
        "endpoints": {
            "insecure": ["http://rook-ceph-rgw-replicated.rook-ceph.svc:80"],
            "secure": None,
        },
    },
}


def daemon(app: str, which: str, *, ready: int = 1, **labels: str) -> dict[str, Any]:
    made = deployment(f"{app}-{which}", ready, 1)
    made["metadata"] |= {"namespace": "rook-ceph", "labels": {"app": app, **labels}}
    return made


OSDS = [daemon("rook-ceph-osd", number) for number in ("0", "1")]
MONS = [daemon("rook-ceph-mon", letter) for letter in "abc"]
COMPONENTS = frozenset({"appliance:storage:CephCluster", "appliance:storage:ObjectStore"})


def facts(*objects: dict[str, Any], **changes: Any) -> Facts:
    """A stack with Ceph; `objects` replace those of the same kind and name, `changes` are of Ceph's own status."""
    cluster = copy.deepcopy(CLUSTER)
    cluster["status"]["ceph"] |= changes
    given = [cluster, STORE, *OSDS, *MONS]
    names = {(one["kind"], one["metadata"]["name"]) for one in objects}
    kept = [one for one in given if (one["kind"], one["metadata"]["name"]) not in names]
    return replace(
        HEALTHY,
        state=replace(HEALTHY.state, components=COMPONENTS),
        objects=by_kind(*HEALTHY_OBJECTS, *kept, *objects),
    )


def lines(given: Facts) -> dict[str, Line]:
    return {line.subject: line for line in ceph.SECTION.judge(given)}


def test_a_stack_without_rook_says_nothing_of_ceph_even_where_somebody_else_runs_one() -> None:
    given = facts()
    assert list(ceph.SECTION.judge(replace(given, state=HEALTHY.state))) == []


def test_a_healthy_ceph_says_how_full_it_is_and_who_runs() -> None:
    found = lines(facts())
    assert {line.health for line in found.values()} == {Health.OK}
    assert {subject: line.text for subject, line in found.items()} == {
        "health": "HEALTH_OK; 6.0 of 24.0 GiB used (25 %)",
        "OSDs": "2 of 2 up",
        "mons": "3 of 3 run, all in quorum",
        "objects": "Ready; http://rook-ceph-rgw-replicated.rook-ceph.svc:80",
    }


def test_a_warning_is_a_note_with_each_of_ceph_s_reasons() -> None:
    details = {
        "PG_DEGRADED": {"severity": "HEALTH_WARN", "message": "Degraded data redundancy: 4 pgs"},
        "OSD_DOWN": {"severity": "HEALTH_WARN", "message": "1 osds down"},
    }
    line = lines(facts(health="HEALTH_WARN", details=details))["health"]
    assert line.health is Health.NOTE
    assert line.why == ("OSD_DOWN: 1 osds down", "PG_DEGRADED: Degraded data redundancy: 4 pgs")


def test_an_error_is_a_fault_with_its_reasons() -> None:
    details = {"error": {"severity": "Urgent", "message": "failed to get status: timed out"}}
    line = lines(facts(health="HEALTH_ERR", details=details))["health"]
    assert line.health is Health.BAD
    assert line.why == ("error: failed to get status: timed out",)


def test_a_status_that_is_old_is_not_believed() -> None:
    fresh = (NOW - timedelta(minutes=4)).isoformat()
    assert lines(facts(lastChecked=fresh))["health"].health is Health.OK
    line = lines(facts(lastChecked="2026-11-21T13:30:00Z"))["health"]
    assert line.health is Health.BAD
    assert line.why == ("this is 30 minutes old: Rook's operator does not look",)


def test_a_ceph_that_the_operator_has_not_seen_yet_says_what_rook_says() -> None:
    young = copy.deepcopy(CLUSTER)
    young["status"] = {"phase": "Progressing", "message": "Configuring Ceph Mons"}
    line = lines(facts(young))["health"]
    assert line.health is Health.BAD
    assert (line.text, line.why) == ("not known; Progressing", ("Configuring Ceph Mons",))


def test_a_cluster_that_is_gone_is_a_fault_and_takes_nothing_with_it() -> None:
    given = facts()
    found = lines(replace(given, objects={**(given.objects or {}), "CephCluster": ()}))
    assert list(found) == ["health"]
    assert found["health"].health is Health.BAD


def test_an_osd_that_is_down_is_counted_and_named() -> None:
    stopped = daemon("rook-ceph-osd", "1", ready=0)
    line = lines(facts(stopped, versions={"osd": {VERSION: 1}}))["OSDs"]
    assert line.health is Health.BAD
    assert line.text == "1 of 2 up"
    assert line.why == ("rook-ceph-osd-1 does not run",)


def test_a_ceph_without_any_osd_is_a_fault_though_its_health_is_ok() -> None:
    given = facts(versions={})
    others = [one for one in given.of("Deployment") if one not in OSDS]
    found = lines(replace(given, objects={**(given.objects or {}), "Deployment": tuple(others)}))
    assert found["OSDs"].health is Health.BAD
    assert found["health"].health is Health.OK


def test_a_mon_outside_of_the_quorum_is_a_fault_though_its_pod_runs() -> None:
    down = {"MON_DOWN": {"severity": "HEALTH_WARN", "message": "1/3 mons down, quorum a,b"}}
    line = lines(facts(health="HEALTH_WARN", details=down))["mons"]
    assert line.health is Health.BAD
    assert line.text == "1/3 mons down, quorum a,b"


def test_a_mon_that_does_not_run_is_named_before_ceph_misses_it() -> None:
    line = lines(facts(daemon("rook-ceph-mon", "c", ready=0)))["mons"]
    assert line.health is Health.BAD
    assert (line.text, line.why) == ("2 of 3 run", ("rook-ceph-mon-c does not run",))


def test_a_place_that_rook_tries_out_is_no_mon() -> None:
    canary = daemon("rook-ceph-mon", "d-canary", mon_canary="true")
    assert lines(facts(canary))["mons"].text == "3 of 3 run, all in quorum"


@pytest.mark.parametrize("status", [{"phase": "Progressing"}, {"phase": "Failure"}, {}])
def test_an_object_store_that_is_not_ready_is_a_fault(status: dict[str, str]) -> None:
    assert lines(facts({**STORE, "status": status}))["objects"].health is Health.BAD


def test_without_an_object_store_in_the_stack_none_is_missed() -> None:
    given = facts()
    alone = frozenset({"appliance:storage:CephCluster"})
    assert "objects" not in lines(replace(given, state=replace(given.state, components=alone)))
