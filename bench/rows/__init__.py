"""The rows, a file each: what a run of it holds, how it is measured, how it is told."""

from typing import Any, Final

from bench.results import Row
from bench.rows import bring_up, cold, many_nodes, one_more_worker, rewrites, unchanged

ROWS: Final[tuple[Row[Any], ...]] = (
    bring_up.ROW,
    unchanged.ROW,
    many_nodes.ROW,
    one_more_worker.ROW,
    cold.ROW,
    rewrites.ROW,
)
"""In the order of the page."""
