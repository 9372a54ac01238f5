"""`python -m bench`: measure rows and keep their results, or write the page from what is kept."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bench.failure import BenchError
from bench.page import PAGE, page
from bench.results import Row
from bench.rows import ROWS
from operate.failure import OperateError
from operate.processes import hear_interrupts

NAMES: Final = tuple(row.name for row in ROWS)
BY_HAND: Final = ("cold",)
STATE: Final = "/var/tmp/appliance-bench"  # noqa: S108 - hosts need a real file system, and a killed run must be found
"""Where benchmarks keep their own stacks and hosts, unless APPLIANCE_STATE says otherwise."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    program = argparse.ArgumentParser(prog="bench", description=__doc__)
    measured = [name for name in NAMES if name not in BY_HAND]
    program.add_argument(
        "rows", nargs="*", metavar="ROW", help=f"{', '.join(measured)} (all), or page"
    )
    program.add_argument("--times", type=int, default=3, help="runs of each row (3)")
    program.add_argument("--more", action="store_true", help="keep the runs that are there already")
    return program


def measure(row: Row[Any], times: int, *, more: bool) -> None:
    """Measure a row; each run is kept as soon as it is done."""
    runs = list(row.runs()) if more else []
    for number, run in enumerate(row.measure(times), start=1):
        runs.append(run)
        row.keep(runs)
        print(f"== bench {row.name}: run {number} of {times}", flush=True)


def main(arguments: Sequence[str]) -> int:
    """Measure what is asked for, then write the page; 1 with a sentence when a measurement fails."""
    given = parser().parse_args(arguments)
    unknown = set(given.rows) - {*NAMES, "page"}
    if unknown:
        parser().error(
            f"there is no row {', '.join(sorted(unknown))}; choose from {', '.join(NAMES)}"
        )
    chosen = given.rows or [name for name in NAMES if name not in BY_HAND]
    # As `make up` does: what is measured must not depend on the shell that started it.
    hear_interrupts()
    os.environ.setdefault("APPLIANCE_STATE", STATE)
    Path(os.environ["APPLIANCE_STATE"]).mkdir(parents=True, exist_ok=True)
    try:
        for row in (row for row in ROWS if row.name in chosen):
            measure(row, given.times, more=given.more)
    except (BenchError, OperateError) as fault:
        print(f"error: {fault}", file=sys.stderr)
        return 1
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
