from bench.page import PAGE, page
from bench.rows import ROWS


def test_the_page_says_what_the_committed_results_say() -> None:
    assert PAGE.read_text() == page(), "run `python -m bench page`"


def test_every_row_has_committed_results_and_a_section() -> None:
    for row in ROWS:
        assert row.runs(), row.name
        assert row.told().startswith("## "), row.name
