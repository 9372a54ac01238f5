"""The look at a whole stack before its resources are touched."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from operate import policies
from operate.failure import OperateError
from operate.phases import Phases
from review.graph import Graph, GraphError
from review.policies.finding import Finding
from review.policies.judgement import Judged
from stacks import license as licenses
from stacks.config.policies import Severity, Waiver
from tests.review.given import graph, pods
from tests.review.policies.test_rules import configuration


def look(severity: Severity) -> policies.Look:
    finding = Finding(urn="urn:a::b::c::web", what="is from elsewhere", cure="move it")
    judged = Judged(rule="images", severity=severity, finding=finding)
    return policies.Look(graph=graph(), secrets={}, judged=(judged,), idle=())


def test_a_refusal_names_all_findings_and_what_can_be_done() -> None:
    with pytest.raises(OperateError, match=r"images: web is from elsewhere; move it\n.*waivers"):
        policies.require(look("refuse"))


def test_what_is_only_told_does_not_refuse(capsys: pytest.CaptureFixture[str]) -> None:
    policies.require(look("warn"))
    assert capsys.readouterr().err == "policy: images: web is from elsewhere; move it\n"


def test_a_preview_tells_what_up_would_refuse(capsys: pytest.CaptureFixture[str]) -> None:
    policies.tell(look("refuse"))
    assert "policy (make up refuses): images" in capsys.readouterr().err


def test_a_waiver_that_nothing_needs_any_more_is_told_by_up_and_preview(
    capsys: pytest.CaptureFixture[str],
) -> None:
    waiver = Waiver(rule="images", reason="the vendor's next release drops it", until="2027-03-31")
    found = replace(look("warn"), judged=(), idle=(waiver,))
    for said in (policies.tell, policies.require):
        said(found)
        assert "Nothing needs the waiver of images until 2027-03-31" in capsys.readouterr().err


def test_the_rules_see_the_graph_of_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, str]] = []

    def made(checkout: Path, stack: str, _secrets: object, _told: Mapping[str, str]) -> Graph:
        asked.append((checkout, stack))
        return graph(pods("web", {"image": "quay.io/other/web:1"}))

    monkeypatch.setattr(policies, "graph_of", made)
    found = policies.look(Path("/checkout"), configuration(), Phases(quiet=True))
    assert asked == [(Path("/checkout"), "test")]
    assert [each.rule for each in found.refused] == ["images"]


def test_a_program_that_gives_no_graph_is_told_by_what_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def made(*_: object) -> Graph:
        raise GraphError("the program calls aws:getZones")

    monkeypatch.setattr(policies, "graph_of", made)
    with pytest.raises(OperateError, match="aws:getZones"):
        policies.look(Path(), configuration(), Phases(quiet=True))


def test_the_program_is_told_of_a_license_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def ended(_configuration: object, today: object) -> bool:
        seen.append(today)
        return True

    monkeypatch.setattr(licenses, "expired", ended)
    assert policies.told(configuration()) == {licenses.FROZEN: "1"}
    assert seen == [datetime.now(UTC).date()]
