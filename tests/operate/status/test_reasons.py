from typing import Any

import pytest

from operate.status.facts import Facts
from operate.status.reasons import LONGEST, Reasons, shortened
from tests.operate.status.seen import (
    N2,
    daemon_set,
    deployment,
    node,
    pod,
    replica_set,
    warning,
    with_objects,
)

PULL = (
    'Back-off pulling image "registry.test/nothing:1": ErrImagePull: failed to pull and unpack image '
    '"registry.test/nothing:1": failed to resolve reference "registry.test/nothing:1": failed to do request: Head '
    '"https://registry.test/v2/nothing/manifests/1": dial tcp: lookup registry.test: connection refused'
)
BROKEN = daemon_set("broken", ready=0)


def reasons_of(workload: Any, *objects: Any) -> tuple[str, ...]:
    facts: Facts = with_objects(workload, *objects)
    return Reasons(facts).of_workload(workload)


def unready(container: dict[str, Any], on: str | None = "n1") -> dict[str, Any]:
    return pod("broken-a", on, owner="broken", ready=False, container=container)


def test_an_image_that_cannot_be_pulled_says_so_in_one_line() -> None:
    waiting = {"state": {"waiting": {"reason": "ImagePullBackOff", "message": PULL}}}
    (reason,) = reasons_of(BROKEN, unready(waiting))
    assert reason.startswith(
        'n1: c: ImagePullBackOff: Back-off pulling image "registry.test/nothing'
    )
    assert reason.endswith("connection refused")
    assert len(reason) < LONGEST + 10


def test_a_container_that_crashes_says_how_its_last_run_ended_and_how_often_it_was_tried() -> None:
    container = {
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting"}},
        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
        "restartCount": 5,
    }
    assert reasons_of(BROKEN, unready(container)) == (
        "n1: c: CrashLoopBackOff: ended with code 137 (OOMKilled), 5 restarts",
    )
    ended = {"state": {"terminated": {"exitCode": 3, "reason": "Error"}}, "restartCount": 1}
    assert reasons_of(BROKEN, unready(ended)) == ("n1: c: ended with code 3 (Error), 1 restarts",)


def test_a_container_that_waits_to_be_made_says_what_the_last_warning_was() -> None:
    starting = unready({"state": {"waiting": {"reason": "ContainerCreating"}}})
    old = warning(starting, "FailedMount", "an older fault", "13:39:00")
    new = warning(starting, "FailedCreatePodSandBox", "no address is free", "13:41:00")
    assert reasons_of(BROKEN, starting, new, old) == (
        "n1: FailedCreatePodSandBox: no address is free",
    )


def test_a_container_that_runs_and_is_not_ready_says_what_its_probe_said() -> None:
    running = unready({"state": {"running": {}}})
    probe = warning(running, "Unhealthy", "Readiness probe failed: HTTP 503")
    assert reasons_of(BROKEN, running, probe) == (
        "n1: Unhealthy: Readiness probe failed: HTTP 503",
    )
    assert reasons_of(BROKEN, running) == ("n1: phase Running",)


def test_a_container_of_the_start_counts_and_one_that_is_done_does_not() -> None:
    waiting = unready({"state": {"waiting": {"reason": "PodInitializing"}}})
    waiting["status"]["initContainerStatuses"] = [
        {
            "name": "first",
            "ready": True,
            "state": {"terminated": {"exitCode": 0, "reason": "Completed"}},
        },
        {"name": "second", "ready": False, "state": {"waiting": {"reason": "ErrImagePull"}}},
    ]
    assert reasons_of(BROKEN, waiting) == ("n1: second: ErrImagePull",)


def test_a_pod_that_has_no_node_says_what_the_scheduler_says() -> None:
    assert reasons_of(BROKEN, unready({}, on=None)) == ("broken-a: no room",)


def test_a_pod_on_a_node_that_is_not_ready_blames_the_node_and_nothing_else() -> None:
    gone = unready({"state": {"waiting": {"reason": "CrashLoopBackOff"}}}, on="n2")
    assert reasons_of(BROKEN, gone, node(N2, Ready="Unknown")) == ("n2: the node is not Ready",)


def test_pods_with_one_reason_are_one_line() -> None:
    waiting = {"state": {"waiting": {"reason": "ErrImagePull"}}}
    both = [
        pod(f"broken-{on}", on, owner="broken", ready=False, container=waiting)
        for on in ("n2", "n1")
    ]
    assert reasons_of(BROKEN, *both) == ("n1, n2: c: ErrImagePull",)


def test_a_deployment_s_pods_are_found_through_its_replica_set() -> None:
    waiting = {"state": {"waiting": {"reason": "ErrImagePull"}}}
    lost = pod("web-1-a", owner="web-1", ready=False, container=waiting)
    assert reasons_of(deployment("web", 0, 1), replica_set("web-1", "web"), lost) == (
        "n1: c: ErrImagePull",
    )


def test_pods_that_cannot_even_be_made_say_why() -> None:
    failure = {
        "type": "ReplicaFailure",
        "status": "True",
        "message": 'serviceaccount "x" not found',
    }
    web = deployment("web", 0, 1, conditions=(failure,))
    assert reasons_of(web) == ('serviceaccount "x" not found',)
    assert reasons_of(BROKEN, warning(BROKEN, "FailedCreate", "quota exceeded")) == (
        "FailedCreate: quota exceeded",
    )


def test_a_pod_that_is_being_deleted_says_so() -> None:
    leaving = unready({})
    leaving["metadata"]["deletionTimestamp"] = "2026-11-21T13:41:12Z"
    assert reasons_of(BROKEN, leaving) == ("n1: it is being deleted",)


@pytest.mark.parametrize("text", ["", "short", "x" * LONGEST])
def test_a_short_sentence_stays_as_it_is(text: str) -> None:
    assert shortened(text) == text


def test_a_long_sentence_keeps_its_beginning_and_its_end_in_one_line() -> None:
    line = shortened("the beginning\n" + "and so on " * 100 + "\nthe end")
    assert line.startswith("the beginning and so on")
    assert line.endswith("the end")
    assert len(line) <= LONGEST + 3
