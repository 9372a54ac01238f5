"""What becomes of a finding."""

from datetime import date
from typing import Any

import pytest

from review.policies.finding import Case
from review.policies.judgement import Judged, idle, judge
from stacks.config.policies import DEFAULTS
from tests.review.given import graph, pods
from tests.review.policies.test_rules import SECRETS, configuration

DAY = date(2026, 11, 22)
REASON = "the vendor moves it next month"


def case(**policies: Any) -> Case:
    given = graph(pods("web", {"image": "quay.io/other/web:1"}))
    policies.setdefault("severity", {})
    policies["severity"] = {"protection": "off", **policies["severity"]}
    return Case(graph=given, configuration=configuration(policies=policies), secrets=SECRETS)


def found(**policies: Any) -> tuple[Judged, ...]:
    return judge(case(**policies), DAY)


def waiver(**fields: str) -> dict[str, str]:
    return {"rule": "images", "reason": REASON, "until": "2026-11-22", **fields}


def test_a_rule_refuses_as_it_usually_does() -> None:
    (one,) = found()
    assert (one.rule, one.refuses) == ("images", DEFAULTS["images"] == "refuse")


@pytest.mark.parametrize(("severity", "refusals"), [("warn", [False]), ("off", [])])
def test_a_stack_may_hold_a_rule_less_strictly(severity: str, refusals: list[bool]) -> None:
    assert [each.refuses for each in found(severity={"images": severity})] == refusals


def test_a_waiver_holds_through_its_last_day() -> None:
    (one,) = found(waivers=[waiver()])
    assert not one.refuses
    assert str(one).endswith(f"(waived until 2026-11-22: {REASON})")


def test_a_waiver_that_has_ended_refuses_again_and_says_so() -> None:
    (one,) = found(waivers=[waiver(until="2026-11-21")])
    assert one.refuses
    assert "its waiver ended on 2026-11-21" in str(one)


@pytest.mark.parametrize("of", [{"resource": "web"}, {}])
def test_a_waiver_is_for_one_resource_or_for_all(of: dict[str, str]) -> None:
    assert not found(waivers=[waiver(**of)])[0].refuses


@pytest.mark.parametrize("of", [{"resource": "other"}, {"rule": "bindings"}])
def test_a_waiver_of_something_else_changes_nothing_and_is_told_as_idle(of: dict[str, str]) -> None:
    given = case(waivers=[waiver(**of)])
    judged = judge(given, DAY)
    assert judged[0].refuses
    assert len(list(idle(given, judged))) == 1
