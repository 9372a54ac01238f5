"""A preview of a stack of hundreds of nodes, beside a bare program of equal count and payload.

The hosts are of provider ssh and exist nowhere: a preview asks none of them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from bench import bare, checkout, recorded
from bench.command import Place, Ran
from bench.machine import now
from bench.results import Cost, Measured, Row, median
from bench.table import circumstances, seconds, table, verdict

SIZES: Final = (100, 300, 1000)
NODES_FILE: Final = "nodes.yaml"
STACK: Final = "many"
HOST_KEY: Final = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
WORKER: Final = "n2"
NODE_BAR, TIME_BAR, RESOURCE_BAR, COMMAND_BAR, MEMORY_BAR, LINEAR_BAR = 1000, 1.2, 6, 4, 1000, 1.25

BARE: Final = """\
Hosts of provider `ssh` that exist nowhere. The bare program registers the very resources that the appliance does,
with the same inputs as literals from a file, the same parents and dependencies, and computes nothing. It leaves
Python's collector of cycles running, as programs do; the appliance switches it off (`__main__.py`)."""

LINEAR: Final = """\
“Linear” is read as: the processor time that a resource more costs in the upper half of the sizes, over what it costs in
the lower one; processor time, since wall time at three moments says how busy the machine was at each. The engine's own
cost is in it, and it was another in every run: {ours} here, {bare} for the bare program. So the bar is for the one over
the other, run by run. Memory counts shared pages once for each process."""

FILE: Final = """\
The nodes stand in a file of their own (`hosts.nodesFile`): Pulumi hands a program its configuration in one environment
variable, and Linux takes no longer one than 128 KiB, which some 780 nodes with their host keys fill."""


class Size(BaseModel):
    """One size of stack: how many resources it has, those of one worker, and what both previews cost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: int
    resources: int
    worker_resources: int
    worker_commands: int
    ours: Cost
    bare: Cost

    @property
    def ratio(self) -> float:
        """The appliance's wall time over the bare program's; both have as many resources."""
        return self.ours.seconds / self.bare.seconds


class Run(Measured):
    """All sizes, one after the other."""

    sizes: tuple[Size, ...]


def listed(nodes: int) -> list[dict[str, Any]]:
    """One control plane, the rest workers."""
    return [
        {
            "name": f"n{number}",
            "roles": ["control-plane" if number == 1 else "worker"],
            "address": f"192.0.{2 + number // 250}.{1 + number % 250}",
            "hostKey": HOST_KEY,
        }
        for number in range(1, nodes + 1)
    ]


CONFIGURATION: Final[Mapping[str, Any]] = {
    "hosts": {"provider": "ssh", "nodesFile": NODES_FILE},
    "kubernetes": {"version": "1.35.4"},
    "airgap": {"bundle": "local"},
}


def measure(times: int) -> Iterator[Run]:
    """Preview each size and its bare twin by turns."""
    for _ in range(times):
        machine = now()
        yield Run(machine=machine, sizes=tuple(measured(nodes) for nodes in SIZES))


def measured(nodes: int) -> Size:
    """One size."""
    copy = checkout.make(STACK, CONFIGURATION)
    (copy.directory / NODES_FILE).write_text(json.dumps(listed(nodes)))
    with copy.opened() as place:
        resources = planned(place)
        twin = bare.project(place, resources)
        # The plan was a preview too, so that neither is the first to read the programs from disk.
        ours, theirs = place.pulumi("preview"), twin.pulumi("preview")
    of_worker = [each for each in resources if belongs(each, WORKER)]
    return Size(
        nodes=nodes,
        resources=len(resources),
        worker_resources=len(of_worker),
        worker_commands=recorded.commands(of_worker),
        ours=cost(ours),
        bare=cost(theirs),
    )


def planned(place: Place) -> tuple[recorded.Resource, ...]:
    """What the program registers."""
    with TemporaryDirectory() as directory:
        plan = Path(directory) / "plan.json"
        place.pulumi("preview", "--save-plan", str(plan), "--show-secrets")
        return recorded.of_plan(plan.read_text())


def belongs(resource: recorded.Resource, node: str) -> bool:
    """Whether a resource is one node's."""
    return resource.name == node or resource.name.startswith(f"{node}-")


def cost(ran: Ran) -> Cost:
    """What is kept of a command."""
    return Cost(seconds=ran.seconds, cpu=ran.cpu, megabytes=ran.megabytes)


def section(runs: Sequence[Run]) -> str:
    """The row's text."""
    columns = [[run.sizes[index] for run in runs] for index in range(len(runs[0].sizes))]
    head = ("nodes", "resources", "appliance", "bare", "ratio")
    costs = ("processor, appliance", "bare", "memory, appliance", "bare")
    return "\n\n".join(
        (
            "## Preview of hundreds of nodes",
            BARE,
            table((*head, *costs), map(row, columns)),
            table(("bar", "", "measured", ""), bars(columns[-1], linearity(runs))),
            LINEAR.format(ours=grew(runs, "ours"), bare=grew(runs, "bare")),
            FILE,
            circumstances(runs),
        )
    )


def bars(largest: Sequence[Size], linear: float) -> Sequence[Sequence[str]]:
    """What the bars are about, for the largest size."""
    one = largest[0]
    ratio = median(size.ratio for size in largest)
    memory = median(size.ours.megabytes for size in largest)
    held: Sequence[tuple[str, str, str, bool]] = (
        ("nodes in one stack", f"≥ {NODE_BAR:,}", f"{one.nodes:,}", one.nodes >= NODE_BAR),
        (
            "time per resource over the bare program's",
            f"≤ {TIME_BAR}",
            f"{ratio:.2f}",
            ratio <= TIME_BAR,
        ),
        (
            "growth of a resource's cost over the bare program's",
            f"≤ {LINEAR_BAR}",
            f"{linear:.2f}",
            linear <= LINEAR_BAR,
        ),
        (
            "resources a worker",
            f"≤ {RESOURCE_BAR}",
            f"{one.worker_resources}",
            one.worker_resources <= RESOURCE_BAR,
        ),
        (
            "commands a worker",
            f"≤ {COMMAND_BAR}",
            f"{one.worker_commands}",
            one.worker_commands <= COMMAND_BAR,
        ),
        ("memory of all processes", f"< {MEMORY_BAR} MB", f"{memory:.0f} MB", memory < MEMORY_BAR),
    )
    return tuple((what, bar, value, verdict(met=met)) for what, bar, value, met in held)


def row(sizes: Sequence[Size]) -> Sequence[str]:
    """One size's medians."""
    return (
        f"{sizes[0].nodes:,}",
        f"{sizes[0].resources:,}",
        seconds(median(size.ours.seconds for size in sizes)),
        seconds(median(size.bare.seconds for size in sizes)),
        f"{median(size.ratio for size in sizes):.2f}",
        seconds(median(size.ours.cpu for size in sizes)),
        seconds(median(size.bare.cpu for size in sizes)),
        f"{median(size.ours.megabytes for size in sizes):.0f} MB",
        f"{median(size.bare.megabytes for size in sizes):.0f} MB",
    )


def linearity(runs: Sequence[Run]) -> float:
    """The growth of a resource's cost over that of the bare program in the same run."""
    return median(growth(run.sizes, "ours") / growth(run.sizes, "bare") for run in runs)


def grew(runs: Sequence[Run], whose: Literal["ours", "bare"]) -> str:
    """The least and the greatest growth of any run."""
    found = [growth(run.sizes, whose) for run in runs]
    return f"{min(found):.2f} to {max(found):.2f}"


def growth(sizes: Sequence[Size], whose: Literal["ours", "bare"]) -> float:
    """What a resource more costs in the upper half over what it costs in the lower one."""
    return marginal(sizes[1:], whose) / marginal(sizes[:2], whose)


def marginal(sizes: Sequence[Size], whose: Literal["ours", "bare"]) -> float:
    """Processor seconds that a resource more costs between two sizes."""
    small, large = ((size.resources, getattr(size, whose).cpu) for size in sizes)
    return float(large[1] - small[1]) / (large[0] - small[0])


ROW: Final = Row(name="many_nodes", kind=Run, measure=measure, section=section)
