"""Markdown tables and numbers as the page shows them.

Owns their form. Does not own what stands in them.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from bench.machine import Machine
from bench.results import Measured

BUSY: Final = (
    " That is a machine busy with other work: times are long, differences of times are noisy, and only what was "
    "measured by turns compares."
)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the first column is text, the others are numbers."""
    lines = [head, ["---", *("--:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def seconds(value: float) -> str:
    """Seconds, the fewer the finer."""
    return f"{value:.2f} s" if abs(value) < 10 else f"{value:.1f} s"  # noqa: PLR2004


def verdict(*, met: bool) -> str:
    """Whether a bar is met."""
    return "met" if met else "**missed**"


def circumstances(runs: Sequence[Measured]) -> str:
    """When and on what the runs were made, in a line."""
    machines = [run.machine for run in runs]
    loads = ", ".join(f"{machine.load:g}" for machine in machines if machine.load is not None)
    busy = any(machine.load is not None and machine.load > machine.cores for machine in machines)
    return (
        f"{len(runs)} {'run' if len(runs) == 1 else 'runs'} on {day(machines[0])}: {described(machines[0])}; "
        f"load average before each: {loads}.{BUSY if busy else ''}"
    )


def day(machine: Machine) -> str:
    """The date."""
    return machine.date.strftime("%Y-%m-%d")


def described(machine: Machine) -> str:
    """The machine itself."""
    return f"{machine.cores} cores, {machine.memory_gb:g} GB, Linux {machine.kernel}"
