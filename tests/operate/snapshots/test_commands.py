"""`make snapshot` and `make restore`: which pods are asked, and what is said in the end."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from operate.commands import snapshots as commands
from operate.commands.restore import said
from operate.commands.snapshots import at_work, containers, settled
from operate.snapshots.listing import Snapshot
from operate.snapshots.task import Done
from operate.snapshots.workloads import mounting
from tests.operate.snapshots.cluster import CLAIM, Memory, pod, stateful

FOUND = Snapshot(
    id="cefd92ac" * 8,
    time=datetime(2026, 11, 22, 0, 45, 18, tzinfo=UTC),
    claim=CLAIM,
    namespace="replicated-guestbook",
    pod="guestbook-0",
    path="/snapshot/entries",
    size=3 * 2**20,
    files=3,
)


def running(name: str, *env: str, container: str = "replicated-snapshot") -> Any:
    made = pod(name, CLAIM)
    variables = [{"name": each, "value": "x"} for each in env]
    made["spec"] = {"containers": [{"name": "own"}, {"name": container, "env": variables}]}
    return made


def test_pods_with_claims_are_asked_and_the_jobs_of_the_commands_are_not() -> None:
    ended = copy.deepcopy(running("ended", "SNAPSHOT_CLAIMS"))
    ended["status"]["phase"] = "Failed"
    objects = [running("web-0", "SNAPSHOT_CLAIMS"), running("job", "POD_NAME"), ended]
    namespace = Memory(objects=[*objects, running("other", "SNAPSHOT_CLAIMS", container="mine")])
    assert [each["metadata"]["name"] for each in containers(namespace)] == ["web-0"]


def working(name: str, state: str = "running", **metadata: str) -> Any:
    made = running(name, "SNAPSHOT_CLAIMS")
    made["status"]["containerStatuses"] = [
        {"name": "own", "state": {"running": {}}},
        {"name": "replicated-snapshot", "state": {state: {}}},
    ]
    made["metadata"] |= metadata
    return made


def test_a_container_is_at_work_when_it_runs_in_a_pod_that_stays() -> None:
    assert at_work(working("web-0"))
    assert not at_work(working("web-0", "waiting"))
    assert not at_work(working("web-0", deletionTimestamp="2026-11-22T00:45:18Z"))
    assert not at_work(running("web-0", "SNAPSHOT_CLAIMS"))


def test_a_pod_that_is_about_to_be_replaced_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = working("web-0", deletionTimestamp="2026-11-22T00:45:18Z"), working("web-0")
    namespace = Memory(objects=[old])
    monkeypatch.setattr("time.sleep", lambda _: namespace.objects.__setitem__(0, new))
    assert settled(namespace) == [new]


def rolled(**status: int) -> dict[str, Any]:
    made = stateful(replicas=1)
    made["metadata"]["generation"] = 2
    made["spec"]["template"]["spec"] = running("x", "SNAPSHOT_CLAIMS")["spec"]
    ready = {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1}
    return {**made, "status": {**ready, **status}}


@pytest.mark.parametrize("late", [{"observedGeneration": 1}, {"readyReplicas": 0}])
def test_a_workload_between_two_pods_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, late: dict[str, int]
) -> None:
    namespace = Memory(objects=[rolled(**late)])
    monkeypatch.setattr(
        "time.sleep", lambda _: namespace.objects.__setitem__(slice(None), [rolled(), working("x")])
    )
    assert settled(namespace) == [working("x")]


def test_a_workload_without_snapshots_is_nobody_s_concern(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("it waits"))
    other = rolled(readyReplicas=0)
    other["spec"]["template"]["spec"]["containers"] = [{"name": "own"}]
    assert settled(Memory(objects=[other])) == []


def test_a_pod_that_never_gets_there_is_named_and_the_others_are_not_kept_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands, "STARTS_WITHIN", 0)
    monkeypatch.setattr("time.sleep", lambda _: None)
    stuck = working("web-1", "waiting")
    found = settled(Memory(objects=[working("web-0"), stuck]))
    assert [at_work(each) for each in found] == [True, False]


def test_a_restore_says_what_is_back_where_it_is_and_who_runs_again() -> None:
    users = mounting(Memory(objects=[stateful()]), CLAIM)
    done = Done(printed="x\nSummary: Restored 7 files/dirs in 0:01\nfinished", node="n1")
    lines = said(FOUND, done, users, made=True).splitlines()
    assert lines[0].startswith(f"{CLAIM} is as it was on 2026-11-22 at 00:45:18 UTC")
    assert lines[0].endswith("on n1, where the claim was made anew.")
    assert lines[1].startswith("restic: Restored 7 files/dirs in 0:01; every file was read again")
    assert lines[2] == "Run again and are ready: StatefulSet/guestbook (3)."
    assert said(FOUND, done, (), made=False).endswith("Nobody used it.")
