"""What each section says of facts that were made by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from operate.status.facts import ApiServer, Facts, Host
from operate.status.section import Health, Line, Section
from operate.status.sections import (
    SECTIONS,
    certificates,
    control_plane,
    hosts,
    network,
    nodes,
    registry,
    state,
    workloads,
)
from tests.operate.status.seen import (
    HEALTHY,
    HOST1,
    HOST2,
    N1,
    N2,
    NOW,
    OFF,
    READY,
    daemon_set,
    deployment,
    node,
    pod,
    with_host,
    with_objects,
    without_api,
)


def by_subject(lines: object) -> dict[str, Line]:
    return {line.subject: line for line in lines}  # type: ignore[attr-defined]


# Sections of layers that this stack does not have (test_platform.py, test_ceph.py, test_application.py).
PLATFORM = {"storage", "ceph", "ingress", "replicated", "application", "snapshots"}


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_every_section_finds_a_healthy_cluster_healthy(section: Section) -> None:
    lines = list(section.judge(HEALTHY))
    assert {line.health for line in lines} == (set() if section.title in PLATFORM else {Health.OK})


def test_a_host_that_cannot_be_reached_is_named_with_the_reason() -> None:
    line = by_subject(hosts.judge(with_host("n2", OFF)))["n2"]
    assert line.health is Health.BAD
    assert line.why == (OFF.fault,)


@pytest.mark.parametrize("unit", hosts.UNITS)
def test_a_service_that_does_not_run_is_named(unit: str) -> None:
    host = replace(HOST2, units={**HOST2.units, unit: "failed"})
    line = by_subject(hosts.judge(with_host("n2", host)))["n2"]
    assert line.health is Health.BAD
    assert line.why == (f"{unit} is failed",)
    host = replace(host, said={unit: "too many open files"})
    line = by_subject(hosts.judge(with_host("n2", host)))["n2"]
    assert line.why == (f"{unit} is failed: too many open files",)


def test_without_a_bundle_no_registry_is_missed() -> None:
    nodes = tuple(replace(node, registry=False) for node in HEALTHY.state.nodes)
    facts = replace(
        with_host("n1", replace(HOST1, registry="", units=HOST2.units)),
        state=replace(HEALTHY.state, nodes=nodes),
    )
    assert list(registry.judge(facts)) == []
    assert by_subject(hosts.judge(facts))["n1"].health is Health.OK


def test_only_control_planes_must_run_a_registry() -> None:
    host = replace(HOST1, units={**HOST1.units, "appliance-registry": "inactive"})
    found = by_subject(hosts.judge(with_host("n1", host)))
    assert found["n1"].why == ("appliance-registry is inactive",)
    assert found["n2"].health is Health.OK


def test_failed_checks_of_an_api_server_are_named() -> None:
    broken = ApiServer(checks=35, failed=("etcd", "etcd-readiness"))
    line = by_subject(control_plane.judge(replace(HEALTHY, api_servers={"n1": broken})))["n1"]
    assert line.health is Health.BAD
    assert line.why == ("failed checks: etcd, etcd-readiness",)


def test_an_endpoint_is_not_blamed_for_api_servers_that_are_down() -> None:
    assert [line.subject for line in control_plane.judge(without_api("refused"))] == ["n1"]


def test_an_endpoint_that_is_down_is_told_from_api_servers_that_are() -> None:
    facts = replace(HEALTHY, endpoint=ApiServer(error="refused"))
    found = by_subject(control_plane.judge(facts))
    assert found["n1"].health is Health.OK
    assert found["endpoint"].health is Health.BAD
    assert found["endpoint"].why == ("refused",)


def test_an_api_server_that_only_its_own_host_reaches_says_that_the_way_is_blocked() -> None:
    line = by_subject(control_plane.judge(without_api("refused")))["n1"]
    assert line.why == ("refused", "on its own host it is ready: the way there is blocked")


@pytest.mark.parametrize(("answers", "health"), [("200", Health.OK), ("500", Health.BAD)])
def test_behind_a_balancer_an_api_server_is_what_its_own_host_says(
    answers: str, health: Health
) -> None:
    n1 = replace(N1, balanced=True)
    facts = replace(
        HEALTHY,
        state=replace(HEALTHY.state, nodes=(n1, *HEALTHY.state.nodes[1:])),
        api_servers={"n1": ApiServer(error="no answer within 8 s")},
        hosts={**HEALTHY.hosts, "n1": replace(HEALTHY.hosts["n1"], api=answers)},
    )
    assert by_subject(control_plane.judge(facts))["n1"].health is health
    down = replace(facts, endpoint=ApiServer(error="refused"))
    assert by_subject(control_plane.judge(down))["n1"].health is Health.BAD
    silent = replace(HOST1, api="000")
    facts = replace(without_api("refused"), hosts={"n1": silent, "n2": HOST2})
    assert by_subject(control_plane.judge(facts))["n1"].why == ("refused",)


def test_a_control_plane_s_program_that_is_missing_or_not_ready_is_named() -> None:
    crashed = {"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "restartCount": 4}
    facts = with_objects(pod("kube-scheduler-n1", ready=False, container=crashed))
    assert facts.objects is not None
    pods = [one for one in facts.of("Pod") if one["metadata"]["name"] != "etcd-n1"]
    facts = replace(facts, objects={**facts.objects, "Pod": tuple(pods)})
    line = by_subject(control_plane.judge(facts))["n1"]
    assert line.health is Health.BAD
    assert line.why == (
        "etcd has no pod: kubelet does not run it",
        "kube-scheduler: c: CrashLoopBackOff, 4 restarts",
    )


def test_a_node_that_is_not_ready_says_since_when_and_that_its_host_is_gone_too() -> None:
    facts = with_objects(node(N2, Ready="Unknown"))
    line = by_subject(nodes.judge(facts))["n2"]
    assert line.health is Health.BAD
    assert line.text.startswith("not Ready; worker; v1.35.4; 10.0.0.12")
    assert line.why == ("about Ready (since 2026-11-21T13:41:12Z)",)
    facts = replace(facts, hosts={"n1": HOST1, "n2": OFF})
    assert by_subject(nodes.judge(facts))["n2"].why[-1] == "its host cannot be looked at either"


@pytest.mark.parametrize("pressure", nodes.PRESSURES)
def test_pressure_on_a_node_that_is_ready_is_a_fault(pressure: str) -> None:
    line = by_subject(nodes.judge(with_objects(node(N2, **{pressure: "True"}))))["n2"]
    assert line.health is Health.BAD
    assert line.why == (f"{pressure}: about {pressure}",)


def test_a_cordoned_node_is_told_and_is_no_fault() -> None:
    cordoned = node(N2)
    cordoned["spec"]["unschedulable"] = True
    line = by_subject(nodes.judge(with_objects(cordoned)))["n2"]
    assert line.health is Health.NOTE
    assert "cordoned" in line.text


def test_a_node_of_the_state_that_the_cluster_lacks_is_a_fault_and_the_other_way_round_a_note() -> (
    None
):
    facts = replace(HEALTHY, state=replace(HEALTHY.state, nodes=(N1, replace(N2, name="n3"))))
    facts = replace(facts, hosts={"n1": HOST1, "n3": HOST2})
    found = by_subject(nodes.judge(facts))
    assert found["n3"].health is Health.BAD
    assert "not in the cluster" in found["n3"].text
    assert "--target '**n3-member'" in found["n3"].why[0]
    assert found["n2"].health is Health.NOTE
    assert "not in the stack's state" in found["n2"].text


def test_a_kubelet_of_another_version_or_at_another_address_than_the_state_s_is_a_fault() -> None:
    moved = node(replace(N2, address="10.0.0.99"), version="v1.34.2")
    line = by_subject(nodes.judge(with_objects(moved)))["n2"]
    assert line.why == (
        "kubelet is 1.34.2, the state says 1.35.4",
        "its address is 10.0.0.12 in the state",
    )


def test_a_workload_below_its_strength_is_named_and_the_others_are_counted() -> None:
    facts = with_objects(daemon_set("kube-proxy", ready=1), deployment("coredns", ready=0))
    found = by_subject(workloads.judge(facts))
    assert found["kube-system/kube-proxy"].text == "DaemonSet, 1 of 2 pods ready"
    assert found["kube-system/coredns"].text == "Deployment, 0 of 2 pods ready"
    assert found["others"].text == "at full strength: 1 DaemonSet"
    assert by_subject(workloads.judge(HEALTHY))["all"].text == (
        "at full strength: 2 DaemonSets, 1 Deployment"
    )


def test_a_rollout_that_is_stuck_half_way_is_a_fault_though_all_pods_are_ready() -> None:
    stuck = daemon_set("kube-proxy")
    stuck["status"]["updatedNumberScheduled"] = 1
    line = by_subject(workloads.judge(with_objects(stuck)))["kube-system/kube-proxy"]
    assert line.health is Health.BAD
    assert "1 of 2 pods of the newest form" in line.text


def test_a_daemon_set_that_no_node_wants_and_a_deployment_of_none_are_at_full_strength() -> None:
    facts = with_objects(daemon_set("kube-proxy", ready=0, wanted=0), deployment("coredns", 0, 0))
    assert {line.health for line in workloads.judge(facts)} == {Health.OK}


def test_a_network_that_runs_in_clear_though_the_state_says_encrypted_is_a_fault() -> None:
    line = next(network.judge(with_objects(daemon_set("weave-net"))))
    assert line.health is Health.BAD
    assert line.text == "traffic between hosts is in clear, and encrypted in the stack's state"
    clear = replace(HEALTHY, state=replace(HEALTHY.state, encrypted=False))
    assert next(network.judge(clear)).health is Health.BAD


def test_a_router_without_a_connection_names_both_hosts() -> None:
    peers = ("-> 10.0.0.11:6783 retrying dial tcp: i/o timeout",)
    line = next(network.judge(with_host("n2", replace(HOST2, peers=peers))))
    assert line.health is Health.BAD
    assert line.why == ("n2 → n1: retrying dial tcp: i/o timeout",)


def test_a_router_that_no_other_has_is_named_and_one_that_cannot_be_asked_is_not() -> None:
    alone = replace(HOST1, peers=())
    facts = replace(HEALTHY, hosts={"n1": alone, "n2": replace(HOST2, peers=())})
    assert next(network.judge(facts)).why == (
        "n1: no other router has a connection with it",
        "n2: no other router has a connection with it",
    )
    facts = replace(HEALTHY, hosts={"n1": alone, "n2": OFF})
    line = next(network.judge(facts))
    assert line.health is Health.OK
    assert line.text.endswith("routers are connected (n2 could not be asked)")


def test_a_connection_in_clear_is_a_fault_where_encryption_is_promised() -> None:
    peers = ("-> 10.0.0.11:6783 established unencrypted fastdp 5a:22(n1) mtu=1376",)
    facts = with_host("n2", replace(HOST2, peers=peers))
    assert next(network.judge(facts)).why == ("n2 → n1: in clear",)
    other = with_objects(daemon_set("weave-net"))
    clear = replace(other, hosts=facts.hosts, state=replace(other.state, encrypted=False))
    assert next(network.judge(clear)).health is Health.OK


def test_another_network_than_weave_is_taken_as_the_state_has_it() -> None:
    facts = replace(HEALTHY, state=replace(HEALTHY.state, network="flannel", encrypted=False))
    line = next(network.judge(facts))
    assert (line.subject, line.health) == ("flannel", Health.OK)
    assert "in clear" in line.text


@pytest.mark.parametrize(
    ("code", "said"), [("000", "does not answer"), ("", "does not answer"), ("503", "answers 503")]
)
def test_a_registry_that_does_not_serve_is_a_fault(code: str, said: str) -> None:
    facts = with_host("n1", replace(HOST1, registry=code))
    line = next(registry.judge(facts))
    assert line.health is Health.BAD
    assert line.text == f"{said} on 10.0.0.11:5000"


def test_a_registry_on_a_host_that_cannot_be_asked_is_no_second_fault() -> None:
    line = next(registry.judge(with_host("n1", Host(fault="off"))))
    assert line.health is Health.NOTE


def test_certificates_that_end_soon_or_have_ended_are_named_with_the_day() -> None:
    soon, ended = NOW + timedelta(days=29), NOW - timedelta(days=2)
    host = replace(HOST1, certificates={"pki/apiserver.crt": soon, "admin.conf": ended})
    facts = replace(with_host("n1", host), kubeconfig=ended)
    found = by_subject(certificates.judge(facts))
    assert found["n1"].health is Health.BAD
    assert found["n1"].why == (
        "admin.conf ended on 2026-11-19",
        "pki/apiserver.crt ends on 2026-12-20, in 29 days",
    )
    assert found["kubeconfig"].health is Health.BAD
    assert found["n2"].health is Health.OK


def test_what_an_api_server_shows_counts_even_where_its_file_is_new() -> None:
    shown = replace(READY, certificate=NOW + timedelta(days=1))
    line = by_subject(certificates.judge(replace(HEALTHY, api_servers={"n1": shown})))["n1"]
    assert line.why == ("what the API server shows ends on 2026-11-22, in 1 day",)


def facts_of_a_command(**changes: object) -> Facts:
    return replace(HEALTHY, **changes)  # type: ignore[arg-type]


def test_a_command_at_work_and_interrupted_operations_are_notes() -> None:
    at_work = facts_of_a_command(command="`make up` (pid 1) has been at work on this stack since …")
    line = by_subject(state.judge(at_work))["command"]
    assert (line.health, line.text) == (Health.NOTE, at_work.command)
    left = facts_of_a_command(state=replace(HEALTHY.state, interrupted=2))
    line = by_subject(state.judge(left))["command"]
    assert line.health is Health.NOTE
    assert "2 operations were interrupted" in line.text
