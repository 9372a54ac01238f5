import threading

import pytest

from bench.steps import Step, run


def test_a_step_runs_after_those_that_it_waits_for() -> None:
    done: list[str] = []
    steps = {
        "last": Step(run=lambda: done.append("last"), after=frozenset({"first"})),
        "first": Step(run=lambda: done.append("first")),
    }
    spans = run(steps)
    assert done == ["first", "last"]
    assert [span.name for span in spans] == done
    assert spans[0].ended <= spans[1].began


def test_steps_that_wait_for_nothing_run_side_by_side() -> None:
    meeting = threading.Barrier(2, timeout=10)
    run({name: Step(run=lambda: void(meeting.wait())) for name in ("a", "b")})


def void(_: int) -> None:
    """A step gives nothing back."""


def test_what_waits_for_a_step_that_is_not_run_does_not_wait() -> None:
    done: list[str] = []
    run({"a": Step(run=lambda: done.append("a"), after=frozenset({"elsewhere"}))})
    assert done == ["a"]


def test_a_failure_ends_it_before_what_comes_after() -> None:
    def fail() -> None:
        raise ValueError("broken")

    done: list[str] = []
    steps = {
        "a": Step(run=fail),
        "b": Step(run=lambda: done.append("b"), after=frozenset({"a"})),
    }
    with pytest.raises(ValueError, match="broken"):
        run(steps)
    assert done == []
