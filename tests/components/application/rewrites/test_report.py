import json

from components.application.rewrites.finding import Finding, Verdict
from components.application.rewrites.report import Report, name_of
from tests.components.application.rewrites.objects import made


def finding(verdict: Verdict = Verdict.CHANGED, **fields: object) -> Finding:
    given = {"rule": "images", "path": ("spec", "a", 0, "b"), "old": "x", "new": "y", "why": "z"}
    return Finding(verdict=verdict, **{**given, **fields})  # type: ignore[arg-type]


def report(*findings: Finding) -> Report:
    made_ = Report()
    made_.add("Pod/app/x", findings)
    return made_


def test_a_line_says_what_where_and_why() -> None:
    (row,) = report(finding()).rows()
    assert row == {
        "object": "Pod/app/x",
        "rule": "images",
        "verdict": "changed",
        "path": "spec.a[0].b",
        "old": "x",
        "new": "y",
        "why": "z",
    }
    assert str(report(finding()).lines[0]) == "Pod/app/x spec.a[0].b: x → y (images: z)"


def test_the_table_survives_whatever_vendors_write() -> None:
    text = report(finding(old="a|b\nc", new={"k": "`<"})).markdown()
    head, rule, row = text.splitlines()
    assert head.count("|") == rule.count("|") == 8
    assert row.replace("\\|", "").count("|") == 8
    assert "a\\|b c" in row


def test_the_same_stands_in_json() -> None:
    made_ = report(finding(), finding(Verdict.LEFT))
    assert json.loads(made_.json()) == made_.rows()
    assert json.loads(Report().json()) == []


def test_long_values_are_cut_and_late_ones_are_called_so() -> None:
    (row,) = report(finding(old="x" * 500, new=object())).rows()
    assert len(row["old"]) == 120
    assert row["new"] == "(known after deployment)"


def test_refusals_can_be_asked_for_alone() -> None:
    made_ = report(finding(), finding(Verdict.REFUSED))
    assert [each.finding.verdict for each in made_.refusals()] == [Verdict.REFUSED]


def test_objects_are_called_by_kind_namespace_and_name() -> None:
    assert name_of(made("v1", "Pod", metadata={"name": "x", "namespace": "app"})) == "Pod/app/x"
    assert name_of({"kind": "Pod"}) == "Pod"
