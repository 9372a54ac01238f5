"""The offline preview of the example in AWS, and how much of it the rules take."""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

import yaml

from bench import checkout
from bench.command import Place
from bench.machine import now
from bench.results import Cost, Measured, Row, median
from bench.rows.many_nodes import cost
from bench.table import circumstances, seconds, table, verdict
from operate.checkout import REPOSITORY

EXAMPLE: Final = "examples/aws"
STACK: Final = "aws"
BAR, SHARE_BAR = 15.0, 0.10

WHAT: Final = """\
`make preview-offline` of `{example}`: {resources} resources on 3 control planes and 50 workers, as a report with a
picture. The rules' part is the processor time that judging the graph takes, over all of the preview's."""


class Run(Measured):
    """The whole command, and the rules alone."""

    resources: int
    whole: Cost
    judge: float
    """Seconds of the processor."""

    @property
    def share(self) -> float:
        """The rules' part of the preview without them."""
        return self.judge / (self.whole.cpu - self.judge)


def measure(times: int) -> Iterator[Run]:
    """The same stack again and again."""
    place = prepare()
    for _ in range(times):
        machine = now()
        whole = place.run(
            *(sys.executable, "-m", "operate", "preview-offline"),
            *("--stack", STACK, "--report", "report.md"),
        )
        judged = json.loads(
            place.run(sys.executable, "-m", "bench.judged", STACK, together=False).output
        )
        yield Run(machine=machine, whole=cost(whole), **judged)


def prepare() -> Place:
    """A checkout with the example as its stack."""
    document: dict[str, Any] = yaml.safe_load(
        (REPOSITORY / EXAMPLE / "Pulumi.aws.yaml").read_text()
    )
    groups = {key.partition(":")[2]: value for key, value in document["config"].items()}
    made = checkout.make(STACK, groups)
    shutil.copytree(REPOSITORY / EXAMPLE, made.directory / EXAMPLE)
    (made.directory / "bench").symlink_to(REPOSITORY / "bench")
    return Place(directory=made.directory, environment=dict(os.environ))


def section(found: Sequence[Run]) -> str:
    """The row's text."""
    whole = median(run.whole.seconds for run in found)
    share = median(run.share for run in found)
    held = (
        ("time", f"≤ {BAR:.0f} s", seconds(whole), verdict(met=whole <= BAR)),
        (
            "rules over the rest",
            f"< {SHARE_BAR:.0%}",
            f"{share:.1%}",
            verdict(met=share < SHARE_BAR),
        ),
    )
    return "\n\n".join(
        (
            "## Preview without a cluster",
            WHAT.format(example=EXAMPLE, resources=found[0].resources),
            table(
                ("time", "processor", "rules", "memory"),
                (
                    (
                        seconds(whole),
                        seconds(median(run.whole.cpu for run in found)),
                        seconds(median(run.judge for run in found)),
                        f"{median(run.whole.megabytes for run in found):.0f} MB",
                    ),
                ),
            ),
            table(("bar", "", "measured", ""), held),
            circumstances(found),
        )
    )


ROW: Final = Row(name="offline", kind=Run, measure=measure, section=section)
