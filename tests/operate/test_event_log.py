"""Event logs as the engine writes them."""

import json

from operate.event_log import ALLOWED, read
from tests.operate.events import HOST, changed, event, urn


def test_a_work_lasts_from_its_resources_first_event_to_its_end_and_stands_in_the_order_of_ends() -> (
    None
):
    log = [
        event("resourcePreEvent", 100, "create", *HOST, name="slow"),
        *changed(101, 103, *HOST, name="quick"),
        event("resOutputsEvent", 109, "create", *HOST, name="slow"),
    ]
    works = read(log).works
    assert [(each.urn, each.began, each.ended, each.seconds) for each in works] == [
        (urn(*HOST, name="quick"), 101, 103, 2),
        (urn(*HOST, name="slow"), 100, 109, 9),
    ]
    assert {each.outcome for each in works} == {"done"}


def test_the_operation_lasts_as_long_as_its_log() -> None:
    log = [
        json.dumps({"sequence": 0, "timestamp": 90, "preludeEvent": {}}),
        *changed(100, 103, *HOST),
        json.dumps({"sequence": 9, "timestamp": 110, "summaryEvent": {"resourceChanges": {}}}),
    ]
    assert (read(log).began, read(log).ended) == (90, 110)


def test_steps_that_make_nothing_are_no_work() -> None:
    ops = ("same", "read", "refresh", "replace")
    assert read([line for op in ops for line in changed(1, 9, *HOST, op=op)]).works == ()


def test_the_two_halves_of_a_replacement_are_two_works() -> None:
    log = [
        *changed(10, 20, *HOST, op="create-replacement"),
        *changed(20, 20, *HOST, op="replace"),
        *changed(50, 55, *HOST, op="delete-replaced"),
    ]
    assert [(each.operation, each.seconds) for each in read(log).works] == [
        ("create-replacement", 10),
        ("delete-replaced", 5),
    ]


def test_what_failed_and_what_was_interrupted_says_so_and_ends_with_what_is_known() -> None:
    log = [
        event("resourcePreEvent", 12, "create", *HOST, name="torn"),
        *changed(10, 40, *HOST, failed=True),
        '{"seq',
    ]
    assert [(each.outcome, each.seconds) for each in read(log).works] == [
        ("failed", 30),
        ("interrupted", 28),
    ]


def test_a_log_in_which_nothing_stands_is_no_fault() -> None:
    assert read([]).works == ()
    assert ALLOWED == {"PULUMI_DEBUG_COMMANDS": "true"}
