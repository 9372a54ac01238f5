"""What the sections of storage, ingress and Replicated say of facts that were made by hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from operate.status.facts import Daemon, Facts, Ingress, Shown
from operate.status.section import Health, Line, Section
from operate.status.sections import ingress, replicated, storage
from operate.status.strength import ABSENT, NONE
from tests.operate.status.seen import (
    HEALTHY,
    HEALTHY_OBJECTS,
    NEXT_YEAR,
    NOW,
    by_kind,
    daemon_set,
    deployment,
    pod,
    replica_set,
)

STATE = replace(
    HEALTHY.state,
    components=frozenset({"appliance:storage:HostPath"}),
    ingress=Ingress(
        provider="contour",
        namespace="heptio-contour",
        addresses=("10.0.0.11",),
        certificate="heptio-contour/default-certificate",
    ),
    daemon=Daemon(console="https://10.0.0.11:30880", registry="10.100.100.101:9874"),
)


def placed(made: dict[str, Any], namespace: str) -> dict[str, Any]:
    made["metadata"]["namespace"] = namespace
    return made


def volume(name: str, made_by: str) -> dict[str, Any]:
    annotations = {"pv.kubernetes.io/provisioned-by": made_by}
    return {"kind": "PersistentVolume", "metadata": {"name": name, "annotations": annotations}}


def platform(*objects: dict[str, Any], **changes: Any) -> Facts:
    """A healthy platform; `objects` replace those of the same kind and name, `changes` are of the facts."""
    given = [
        placed(deployment("local-path-provisioner", 1, 1), "local-path-storage"),
        volume("pvc-1", "rancher.io/local-path"),
        volume("pvc-2", "somebody.else/of-theirs"),
        placed(daemon_set("envoy"), "heptio-contour"),
        placed(deployment("replicated", 1, 1), "default"),
    ]
    names = {(one["kind"], one["metadata"]["name"]) for one in objects}
    kept = [one for one in given if (one["kind"], one["metadata"]["name"]) not in names]
    facts = replace(
        HEALTHY,
        state=STATE,
        objects=by_kind(*HEALTHY_OBJECTS, *kept, *objects),
        ingress=NEXT_YEAR,
        console=Shown(until=NEXT_YEAR),
    )
    return replace(facts, **changes)


def lines(section: Section, facts: Facts) -> dict[str, Line]:
    return {line.subject: line for line in section.judge(facts)}


def without(facts: Facts, kind: str) -> Facts:
    return replace(facts, objects={**(facts.objects or {}), kind: ()})


ALL = (storage.SECTION, ingress.SECTION, replicated.SECTION)


@pytest.mark.parametrize("section", ALL, ids=lambda section: section.title)
def test_a_stack_without_the_layer_has_no_section_of_it(section: Section) -> None:
    assert list(section.judge(HEALTHY)) == []


@pytest.mark.parametrize("section", ALL, ids=lambda section: section.title)
def test_a_healthy_platform_is_found_healthy(section: Section) -> None:
    found: Iterable[Line] = section.judge(platform())
    assert {line.health for line in found} == {Health.OK}


def test_host_paths_count_their_own_volumes() -> None:
    assert lines(storage.SECTION, platform())["hostpath"].text == (
        "the provisioner runs; 1 volume on nodes"
    )


def test_a_provisioner_that_does_not_run_says_why() -> None:
    crashed = {"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "restartCount": 4}
    name = "local-path-provisioner"
    facts = platform(
        placed(deployment(name, 0, 1), "local-path-storage"),
        replica_set(f"{name}-1", name),
        pod(f"{name}-1-a", owner=f"{name}-1", ready=False, container=crashed),
    )
    line = lines(storage.SECTION, facts)["hostpath"]
    assert line.health is Health.BAD
    assert line.text == "no new volumes: 0 of 1 pods ready; 1 volume on nodes"
    assert line.why == ("n1: c: CrashLoopBackOff, 4 restarts",)


@pytest.mark.parametrize(
    ("section", "kind", "subject"),
    [
        (storage.SECTION, "Deployment", "hostpath"),
        (ingress.SECTION, "DaemonSet", "contour"),
        (replicated.SECTION, "Deployment", "daemon"),
    ],
    ids=["storage", "ingress", "replicated"],
)
def test_what_the_state_has_and_the_cluster_lacks_is_a_fault(
    section: Section, kind: str, subject: str
) -> None:
    line = lines(section, without(platform(), kind))[subject]
    assert line.health is Health.BAD
    assert line.why == (ABSENT,)


def test_a_node_where_nobody_serves_is_counted() -> None:
    facts = platform(placed(daemon_set("envoy", ready=1), "heptio-contour"))
    line = lines(ingress.SECTION, facts)["contour"]
    assert line.health is Health.BAD
    assert line.text == "serves ports 80 and 443 of 1 of 2 nodes; Ingresses show 10.0.0.11"


def test_nginx_is_looked_for_where_nginx_is() -> None:
    assert STATE.ingress is not None
    given = replace(STATE.ingress, provider="nginx", namespace="ingress-nginx")
    controller = placed(daemon_set("ingress-nginx-controller"), "ingress-nginx")
    facts = platform(controller, state=replace(STATE, ingress=given))
    assert lines(ingress.SECTION, facts)["nginx"].health is Health.OK


def test_the_ingress_s_certificate_is_a_fault_when_it_ends_soon_or_is_not_there() -> None:
    soon = NOW + timedelta(days=29)
    line = lines(ingress.SECTION, platform(ingress=soon))["certificate"]
    assert line.health is Health.BAD
    assert line.text == "heptio-contour/default-certificate ends on 2026-12-20, in 29 days"
    assert lines(ingress.SECTION, platform(ingress=None))["certificate"].health is Health.BAD


def test_a_daemon_that_somebody_scaled_to_none_is_a_fault_though_nothing_is_missing() -> None:
    facts = platform(placed(deployment("replicated", 0, 0), "default"))
    line = lines(replicated.SECTION, facts)["daemon"]
    assert line.health is Health.BAD
    assert line.why == (NONE,)


def test_a_console_that_does_not_answer_though_its_pod_is_ready_blames_the_way_there() -> None:
    line = lines(replicated.SECTION, platform(console=Shown(until=None)))["console"]
    assert line.health is Health.BAD
    assert line.why == ("its pod is ready: the way there is blocked",)
    away = platform(placed(deployment("replicated", 0, 1), "default"), console=Shown(until=None))
    assert lines(replicated.SECTION, away)["console"].why == ()


def test_a_console_that_this_machine_cannot_reach_is_no_fault() -> None:
    line = lines(replicated.SECTION, platform(console=None))["console"]
    assert line.health is Health.OK
    assert "not asked" in line.text


def test_a_console_s_certificate_that_ends_soon_is_a_fault() -> None:
    soon = Shown(until=NOW + timedelta(days=1))
    assert lines(replicated.SECTION, platform(console=soon))["console"].health is Health.BAD
