"""The reference in docs/user."""

from pathlib import Path

from stacks.config.reference import PAGE, page

ROOT = Path(__file__).parents[3]


def test_the_reference_is_up_to_date() -> None:
    assert (ROOT / PAGE).read_text() == page(), "run `python -m stacks.config.reference`"


def test_every_key_is_explained() -> None:
    rows = [row.split(" | ") for row in page().splitlines() if row.startswith("| `")]

    assert len(rows) > 30
    assert all(len(row) == 4 and row[1].strip() and row[3].strip("| ") for row in rows)
