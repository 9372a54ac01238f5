"""Importing the program, beside importing Pulumi's packages alone."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bench.command import Place
from bench.machine import now
from bench.results import Cost, Measured, Row, median
from bench.table import circumstances, seconds, table, verdict
from operate.checkout import REPOSITORY

BAR: Final = 1.3
ROUNDS: Final = 5
"""Imports of each kind in a run, of which the quickest counts: an import is short, and the machine has other work."""
KUBERNETES: Final = "pulumi_kubernetes."
PROGRAM: Final = "from stacks import appliance, config, outputs, secrets"
"""What `__main__.py` imports."""
QUICKLY: Final = "import gc; gc.disable(); "
"""As `__main__.py` begins."""
TOLD: Final = """
import time
took = time.process_time()
print(took, next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
"""The interpreter knows it best: it is over before anybody has looked at it from outside."""
USED: Final = f"""\
{PROGRAM}
import json, sys
print(json.dumps(sorted(name for name in sys.modules if name.startswith("{KUBERNETES}"))))
"""

WHAT: Final = """\
One interpreter each, start included. pulumi_kubernetes reads its modules when they are first used; importing its name
alone ({lazy}) is nothing that a program could work with. So the bar is over the import of pulumi and of those {modules}
of its {kubernetes} modules that the program's import reads. `pulumi_aws` is read by stacks with `hosts.provider: aws`
alone: nothing of it is in the program's line."""


class Run(Measured):
    """The quickest of some imports of each kind."""

    ours: Cost
    with_aws: Cost
    used: Cost
    """pulumi and the modules of pulumi_kubernetes that ours reads."""
    names: Cost
    """pulumi and the name pulumi_kubernetes."""
    modules: int
    kubernetes: int
    """How many modules pulumi_kubernetes has."""


def measure(times: int) -> Iterator[Run]:
    """Each kind by turns."""
    place = Place(directory=REPOSITORY, environment={})
    used = json.loads(place.run(sys.executable, "-c", USED, together=False).output)
    kinds = {
        "ours": QUICKLY + PROGRAM,
        "with_aws": f"{QUICKLY}{PROGRAM}, aws",
        "used": f"import pulumi, {', '.join(used)}",
        "names": "import pulumi, pulumi_kubernetes",
    }
    for _ in range(times):
        machine = now()
        rounds = [
            {name: imported(place, text) for name, text in kinds.items()} for _ in range(ROUNDS)
        ]
        best = {
            name: min((each[name] for each in rounds), key=lambda one: one.cpu) for name in kinds
        }
        yield Run(machine=machine, modules=len(used), kubernetes=shipped(), **best)


def imported(place: Place, text: str) -> Cost:
    """What an interpreter that does this and nothing else costs; processor time and memory in its own words."""
    ran = place.run(sys.executable, "-c", text + TOLD, together=False)
    cpu, kilobytes = map(float, ran.output.split())
    return Cost(seconds=ran.seconds, cpu=cpu, megabytes=kilobytes / 1000)


def shipped() -> int:
    """How many modules the installed pulumi_kubernetes has."""
    import pulumi_kubernetes  # noqa: PLC0415 - only who measures needs it

    return sum(1 for _ in Path(pulumi_kubernetes.__file__).parent.rglob("*.py"))


def section(found: Sequence[Run]) -> str:
    """The row's text."""
    ratio = median(run.ours.cpu / run.used.cpu for run in found)
    kinds = (
        ("the program", [run.ours for run in found]),
        ("the program with AWS", [run.with_aws for run in found]),
        ("pulumi and what of pulumi_kubernetes is used", [run.used for run in found]),
        ("pulumi and the name pulumi_kubernetes", [run.names for run in found]),
    )
    rows = [
        (
            name,
            seconds(median(each.seconds for each in costs)),
            seconds(median(each.cpu for each in costs)),
            f"{median(each.megabytes for each in costs):.0f} MB",
        )
        for name, costs in kinds
    ]
    held = (
        "processor time over what of Pulumi's is used",
        f"≤ {BAR}",
        f"{ratio:.2f}",
        verdict(met=ratio <= BAR),
    )
    return "\n\n".join(
        (
            "## Importing the program",
            WHAT.format(
                lazy=seconds(median(run.names.seconds for run in found)),
                modules=found[0].modules,
                kubernetes=found[0].kubernetes,
            ),
            table(("", "time", "processor", "memory"), rows),
            table(("bar", "", "measured", ""), (held,)),
            circumstances(found),
        )
    )


ROW: Final = Row(name="imports", kind=Run, measure=measure, section=section)
