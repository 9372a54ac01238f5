"""docs/benchmarks.md, written from the committed results so that it cannot say anything else.

Owns the page. Does not own any number in it. `python -m bench page` writes it.
"""

from pathlib import Path
from typing import Final

from bench.rows import ROWS

PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"

HEAD: Final = """# Benchmarks

This page is written by `python -m bench page` from the results in `bench/results/`.

Every number stands beside the one that it is compared with, and both were measured in one run on one machine, by
turns; what counts is the ratio. Times are wall time and the table shows medians. No test asserts a time. `make bench`
measures everything anew (as root on a machine that runs local hosts, tool chain and bundle built) and takes the
better part of an hour; `make bench ARGS=unchanged` measures one row.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *(f"{told}\n" for row in ROWS if (told := row.told()))])
