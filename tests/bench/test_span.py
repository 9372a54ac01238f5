from bench.span import Span, covered, critical_path


def span(name: str, began: float, ended: float) -> Span:
    return Span(name=name, began=began, ended=ended)


def test_time_that_two_spans_share_counts_once_and_gaps_do_not_count() -> None:
    spans = [span("c", 10, 11), span("a", 0, 4), span("b", 2, 6)]
    assert covered(spans) == 7


def test_the_critical_path_goes_back_along_whoever_ended_last() -> None:
    spans = [span("quick", 0, 1), span("slow", 0, 5), span("next", 5, 6), span("aside", 0, 3)]
    path = critical_path(spans, {"next": ["quick", "slow", "unknown"]})
    assert [each.name for each in path] == ["slow", "next"]
