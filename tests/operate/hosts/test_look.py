import pytest

from operate.hosts.look import Skew


@pytest.mark.parametrize(
    ("clock", "least"),
    [
        # Asked at 100, answered at 102: a clock that shows anything between may be right.
        (100.0, 0.0),
        (101.0, 0.0),
        (102.0, 0.0),
        (105.0, 3.0),
        (97.0, -3.0),
    ],
)
def test_a_slow_answer_is_no_skew(clock: float, least: float) -> None:
    assert Skew.between(clock, asked=100.0, answered=102.0).least == pytest.approx(least)
