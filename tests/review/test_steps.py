import json
from typing import Any

from review.steps import changes

URN = "urn:pulumi:test::appliance::appliance:application:Application$kubernetes:core/v1:{}::{}"


def event(op: str, kind: str, name: str, **more: Any) -> str:
    return json.dumps(
        {"resourcePreEvent": {"metadata": {"op": op, "urn": URN.format(kind, name), **more}}}
    )


def test_the_engines_replacement_is_one_change_with_its_reason() -> None:
    lines = [
        event(op, "PersistentVolumeClaim", "data", **more)
        for op, more in (
            ("create-replacement", {}),
            (
                "replace",
                {
                    "old": {"inputs": {"spec": {"storageClassName": "a"}}, "protect": True},
                    "new": {"inputs": {"spec": {"storageClassName": "b"}}},
                    "detailedDiff": {"spec.storageClassName": {"diffKind": "update-replace"}},
                },
            ),
            ("delete-replaced", {}),
        )
    ]
    (found,) = changes(lines)
    assert (found.operation, found.grave, found.protected) == ("replace", True, True)
    assert [str(each) for each in found.fields] == ["spec.storageClassName: a → b"]
    assert found.fields[0].replaces


def test_what_stays_is_not_told_and_a_line_half_written_is_passed_over() -> None:
    lines = [event("same", "Secret", "a"), '{"resourcePreEv', event("delete", "Secret", "b")]
    assert [(each.operation, each.name) for each in changes(lines)] == [("delete", "b")]
