from dataclasses import replace

import pytest

from operate.status.facts import ApiServer, Facts
from operate.status.report import judge
from operate.status.section import Section, bad, note, ok
from operate.status.sections import SECTIONS
from tests.operate.status.seen import HEALTHY, N1, OFF, by_kind, node, with_host, without_api


def section(*lines: object, needs_api: bool = False) -> Section:
    return Section(title="things", judge=lambda _: lines, needs_api=needs_api)  # type: ignore[arg-type,return-value]


def test_a_stack_without_a_fault_is_healthy_and_says_what_runs_where() -> None:
    report = judge(HEALTHY, SECTIONS)
    assert report.healthy
    assert report.sentence == (
        "core is healthy: Kubernetes 1.35.4 on 2 nodes at https://10.0.0.11:6443"
    )


def test_a_note_is_no_fault() -> None:
    assert judge(HEALTHY, [section(ok("a", "fine"), note("b", "odd"))]).healthy


def test_the_sentence_of_a_degraded_stack_has_the_first_fault_and_how_many_more() -> None:
    one = judge(HEALTHY, [section(ok("a", "fine"), bad("b", "is broken", "a reason"))])
    assert not one.healthy
    assert one.sentence == "core is degraded: things: b: is broken"
    two = judge(HEALTHY, [section(bad("b", "is broken"), bad("c", "is lost"))])
    assert two.sentence == "core is degraded: things: b: is broken, and 1 more"


def test_without_an_api_server_the_hosts_that_answer_are_named() -> None:
    down = without_api("refused")
    assert judge(down, SECTIONS).sentence == (
        "core is degraded: no API server can be asked (refused); on SSH n1, n2 answer"
    )
    one = replace(down, hosts=with_host("n2", OFF).hosts)
    assert judge(one, SECTIONS).sentence.endswith("on SSH n1 answers")
    none = replace(down, hosts={"n1": OFF, "n2": OFF})
    assert judge(none, SECTIONS).sentence.endswith("on SSH no host answers")


@pytest.mark.parametrize(("facts", "shown"), [(HEALTHY, ["things"]), (without_api("refused"), [])])
def test_a_section_that_needs_the_api_is_left_out_when_no_server_answers(
    facts: Facts, shown: list[str]
) -> None:
    titles = [title for title, _ in judge(facts, [section(needs_api=True)]).sections]
    assert titles == shown


def test_a_cluster_that_answers_elsewhere_than_at_its_endpoint_is_degraded_and_judged() -> None:
    facts = replace(HEALTHY, endpoint=ApiServer(error="no route"))
    report = judge(facts, SECTIONS)
    assert not report.healthy
    assert "endpoint: https://10.0.0.11:6443 does not answer" in report.sentence


def test_one_node_is_one_node() -> None:
    single = replace(
        HEALTHY,
        state=replace(HEALTHY.state, nodes=(N1,)),
        hosts={"n1": replace(HEALTHY.hosts["n1"], peers=())},
        objects={**(HEALTHY.objects or {}), **by_kind(node(N1))},
    )
    assert "on 1 node at" in judge(single, SECTIONS).sentence
