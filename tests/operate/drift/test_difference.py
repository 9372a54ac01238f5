from typing import Any

import pytest

from operate.drift.difference import Difference, differences, lacks
from operate.drift.row import MISSING


def found(wanted: Any, has: Any) -> list[tuple[str, Any, Any]]:
    return [(one.path, one.wanted, one.found) for one in differences(wanted, has)]


@pytest.mark.parametrize("value", [1, "a", None, [], {}, [1, {"a": [2]}], {"a": {"b": [1]}}])
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert found(value, value) == []


def test_fields_are_named_from_the_top() -> None:
    wanted = {"spec": {"replicas": 2, "paused": True}}
    assert found(wanted, {"spec": {"replicas": 1, "strategy": {}}}) == [
        ("spec.replicas", 2, 1),
        ("spec.paused", True, MISSING),
        ("spec.strategy", MISSING, {}),
    ]


def test_a_key_that_is_no_plain_word_stands_in_brackets() -> None:
    wanted = {"metadata": {"labels": {"example.com/a": "1"}}}
    assert [path for path, *_ in found(wanted, {"metadata": {"labels": {}}})] == [
        'metadata.labels["example.com/a"]'
    ]


def test_elements_with_names_are_matched_by_them_whatever_their_order() -> None:
    one, two = {"name": "one", "image": "a"}, {"name": "two", "image": "b"}
    assert found([one, two], [two, one]) == []
    assert found([one, two], [two, {**one, "image": "c"}]) == [("[one].image", "a", "c")]
    assert found([one], [one, two]) == [("[two]", MISSING, two)]


def test_elements_without_names_are_matched_by_number_and_other_lengths_as_a_whole() -> None:
    assert found([1, 2], [1, 3]) == [("[1]", 2, 3)]
    assert found([1], [1, 3]) == [("", [1], [1, 3])]
    twice = [{"name": "a", "v": 1}, {"name": "a", "v": 2}]
    assert found(twice, [twice[0], {"name": "a", "v": 3}]) == [("[1].v", 2, 3)]


def test_what_is_not_wanted_lacks_nothing() -> None:
    wanted = {"mode": "iptables", "conntrack": {"min": 0}}
    assert list(lacks(wanted, {**wanted, "conntrack": {"min": 0, "max": 1}, "other": 1})) == []
    assert list(lacks(wanted, {"mode": "ipvs"})) == [
        Difference(path="mode", wanted="iptables", found="ipvs"),
        Difference(path="conntrack", wanted={"min": 0}, found=MISSING),
    ]
