"""The rows, a file each: what a run of it holds, how it is measured, how it is told."""

from typing import Any, Final

from bench.results import Row
from bench.rows import (
    bring_up,
    cold,
    imports,
    many_nodes,
    offline,
    one_more_worker,
    rewrites,
    unchanged,
)

ROWS: Final[tuple[Row[Any], ...]] = (
    bring_up.ROW,
    unchanged.ROW,
    many_nodes.ROW,
    one_more_worker.ROW,
    cold.ROW,
    rewrites.ROW,
    imports.ROW,
    offline.ROW,
)
"""In the order of the page."""
