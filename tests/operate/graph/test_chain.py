"""Why an `up` took as long as it did."""

from hypothesis import given
from hypothesis import strategies as st

from operate.event_log import Work
from operate.graph.chain import Chain, Course
from operate.last_up import LastUp
from tests.operate.graph.given import START, up, work


def urn(name: str) -> str:
    return f"urn:pulumi:x::appliance::a:b:C::{name}"


def course(last: LastUp, **waits: str) -> Course:
    """The course of an `up`; `waits` are the names that a name waits for."""
    named = {urn(name): frozenset(map(urn, before.split())) for name, before in waits.items()}
    return Course(up=last, waits=named)


def names(chain: Chain) -> list[str]:
    return [each.work.urn.rpartition("::")[2] for each in chain.links]


def test_the_chain_goes_back_from_the_last_end_to_what_each_waited_for_longest() -> None:
    last = up(
        work(urn("host"), 1, 3),
        work(urn("bundle"), 3, 9),
        work(urn("prepare"), 9, 20),
        work(urn("aside"), 3, 22),
        work(urn("member"), 20, 37),
    )
    chain = course(
        last, bundle="host", prepare="host bundle", aside="host", member="prepare"
    ).chain()
    assert names(chain) == ["host", "bundle", "prepare", "member"]
    assert [each.idle for each in chain.links] == [1, 0, 0, 0]
    assert (chain.worked, chain.idle, chain.rest) == (36, 1, 0)


def test_what_ended_last_held_the_next_up_and_not_what_began_last() -> None:
    last = up(work(urn("a"), 0, 10), work(urn("b"), 5, 7), work(urn("c"), 10, 12))
    assert names(course(last, c="a b").chain()) == ["a", "c"]


def test_what_was_left_alone_is_passed_through() -> None:
    last = up(work(urn("a"), 0, 4), work(urn("c"), 5, 9))
    chain = course(last, b="a", c="b").chain()
    assert names(chain) == ["a", "c"]
    assert chain.links[1].idle == 1


def test_of_two_that_ended_in_one_second_the_later_in_the_log_is_meant() -> None:
    first, second = work(urn("a"), 0, 4), work(urn("b"), 1, 4)
    last = up(first, second, work(urn("c"), 4, 9))
    assert names(course(last, c="a b").chain()) == ["b", "c"]


def test_what_is_deleted_waits_for_all_that_was_done_before() -> None:
    last = up(work(urn("a"), 0, 4), work(urn("old"), 5, 30, "delete"))
    assert names(course(last).chain()) == ["a", "old"]


def test_a_replacement_that_deletes_first_waits_for_its_own_deletion() -> None:
    last = up(
        work(urn("a"), 0, 20, "delete-replaced"),
        work(urn("a"), 20, 26, "create-replacement"),
    )
    chain = course(last, a="").chain()
    assert [each.work.operation for each in chain.links] == [
        "delete-replaced",
        "create-replacement",
    ]


def test_an_up_without_works_has_no_chain() -> None:
    assert course(up(ended=5)).chain() == Chain(links=(), rest=0)


def test_a_resource_says_what_it_waited_for_longest() -> None:
    last = up(work(urn("a"), 0, 4), work(urn("b"), 0, 6), work(urn("c"), 6, 9))
    found = course(last, c="a b")
    awaited = found.awaited(urn("c"))
    assert awaited is not None
    assert awaited.urn == urn("b")
    assert found.awaited(urn("a")) is None
    assert found.awaited(urn("nobody")) is None


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """An engine that begins each work at some time after all that it waits for."""
    works: list[Work] = []
    waits: dict[str, frozenset[str]] = {}
    ends: dict[str, int] = {}
    for number in range(draw(st.integers(1, 8))):
        before = draw(st.sets(st.sampled_from(sorted(ends)))) if ends else set()
        own = urn(str(number))
        began = max((ends[each] for each in before), default=0) + draw(st.integers(0, 3))
        ends[own] = began + draw(st.integers(0, 9))
        waits[own] = frozenset(before)
        operation = draw(st.sampled_from(["create", "update", "delete"]))
        works.append(work(own, began, ends[own], operation))
    return Course(up=up(*works, ended=max(ends.values()) + 1), waits=waits)


@given(courses())
def test_works_and_pauses_together_are_the_whole_time(found: Course) -> None:
    chain = found.chain()
    assert chain.worked + chain.idle == found.up.seconds
    assert chain.rest == 1
    assert chain.links[-1].work.ended == max(each.ended for each in found.up.works)
    moment = START
    for each in chain.links:
        assert each.idle >= 0
        assert each.work.began == moment + each.idle
        moment = each.work.ended
