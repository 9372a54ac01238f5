"""The line of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.graph.timeline import MARKS, STEPS, THIN, Timeline, clock, took


@pytest.mark.parametrize(
    ("seconds", "step", "last"), [(0, 1, 1), (66, 10, 60), (192, 30, 180), (3600, 600, 3600)]
)
def test_marks_are_few_and_a_person_can_count_by_them(seconds: int, step: int, last: int) -> None:
    line = Timeline(began=100, ended=100 + seconds)
    assert (line.step, line.marks[0], line.marks[-1]) == (step, 0, last)
    assert len(line.marks) <= MARKS + 1


@given(st.integers(0, 10_000), st.data())
def test_no_bar_leaves_the_line_and_none_is_too_thin_to_be_seen(
    seconds: int, data: st.DataObject
) -> None:
    line = Timeline(began=0, ended=seconds)
    began = data.draw(st.integers(0, seconds))
    ended = data.draw(st.integers(began, seconds))
    left, width = line.span(began, ended)
    assert width >= THIN
    assert left >= 0
    assert left + width <= 100.01


def test_a_bar_stands_at_its_time() -> None:
    line = Timeline(began=1000, ended=1200)
    assert line.span(1050, 1100) == (25.0, 25.0)
    assert [clock(each) for each in (0, 9, 75, 600)] == ["0:00", "0:09", "1:15", "10:00"]
    assert [took(each) for each in (0, 9, 75)] == ["under 1 s", "9 s", "1 min 15 s"]
    assert tuple(sorted(STEPS)) == STEPS
