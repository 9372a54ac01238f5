"""Who waits for whom."""

from hypothesis import given
from hypothesis import strategies as st

from operate.graph.state import read
from operate.graph.waits import Waits, waits_of
from review.graph import Graph, Resource
from tests.operate.graph.given import (
    HOST,
    MEMBER,
    OBJECT,
    PODS,
    PREPARE,
    PROVIDER,
    big,
    entry,
    exported,
    small,
)


def reached(waits: Waits, urn: str) -> set[str]:
    """All that a reader comes to who goes on from one to the next."""
    seen: set[str] = set()
    todo = [urn]
    while todo:
        new = waits.nearest[todo.pop()] - seen
        seen |= new
        todo += new
    return seen


def test_a_resource_waits_for_what_it_names_and_for_its_provider() -> None:
    waits = waits_of(read(small(), "dev"))
    assert waits.nearest[PREPARE] == {HOST}
    assert waits.nearest[HOST] == {PROVIDER}
    assert waits.every[PREPARE] == {HOST, PROVIDER}


def test_what_follows_from_another_is_left_out_and_still_reached() -> None:
    waits = waits_of(read(small(), "dev"))
    assert waits.nearest[MEMBER] == {PREPARE}, "the host is waited for by way of the step before"
    assert HOST in reached(waits, MEMBER)


def test_what_a_component_waits_for_its_parts_wait_for() -> None:
    assert waits_of(read(small(), "dev")).nearest[PODS] == {MEMBER}


def test_who_waits_for_a_component_waits_for_all_its_parts() -> None:
    assert waits_of(read(small(), "dev")).nearest[OBJECT] == {PODS}


def test_a_part_of_a_component_does_not_wait_for_its_neighbours() -> None:
    waits = waits_of(read(small(), "dev"))
    assert MEMBER not in waits.every[PREPARE]


def test_a_part_of_another_resource_waits_for_that() -> None:
    path = "kubernetes:core/v1:ConfigMap"
    graph = read(
        exported([entry(path, "a"), entry(path, "b", parent=entry(path, "a")["urn"])]), "x"
    )
    assert waits_of(graph).nearest[entry(path, "b")["urn"]] == {entry(path, "a")["urn"]}


def test_followers_are_the_reverse_of_waiting() -> None:
    waits = waits_of(read(big(), "dev"))
    there = {(each, before) for each, found in waits.nearest.items() for before in found}
    back = {(each, before) for before, found in waits.followers.items() for each in found}
    assert there == back
    assert len(there) > 500


@given(st.lists(st.sets(st.integers(0, 19)), min_size=1, max_size=20))
def test_every_dependency_is_reached_by_going_on_from_one_to_the_next(
    numbers: list[set[int]],
) -> None:
    def urn(number: int) -> str:
        return f"urn:pulumi:x::appliance::a:b:C::{number}"

    resources = [
        Resource(
            urn=urn(number),
            type="a:b:C",
            name=str(number),
            custom=True,
            waits=tuple(urn(each) for each in sorted(before) if each < number),
        )
        for number, before in enumerate(numbers)
    ]
    waits = waits_of(Graph(stack="x", resources={each.urn: each for each in resources}))
    for each in resources:
        assert set(each.waits) <= waits.every[each.urn] == reached(waits, each.urn)
        for before in waits.nearest[each.urn]:
            others = waits.nearest[each.urn] - {before}
            assert all(before not in waits.every[other] for other in others), "one too many"
