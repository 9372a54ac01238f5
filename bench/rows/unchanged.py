"""A second `pulumi up` and a preview of a cluster that is as it should be, beside a bare program of like size.

The bare program has as many commands with as much text, which do nothing, and as many objects in the same cluster.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from bench import bare, recorded
from bench.cluster import bring_up, fresh
from bench.command import Place
from bench.machine import now
from bench.results import Cost, Measured, Row, median
from bench.rows.many_nodes import cost
from bench.table import circumstances, seconds, table, verdict

BAR: Final = 1.3
UP: Final = ("up", "--yes", "--skip-preview", "--expect-no-changes")
PREVIEW: Final = ("preview", "--expect-no-changes")

BARE: Final = """\
A second `pulumi up --skip-preview` and a preview of the two-host cluster: {resources} resources, 0 changes. The bare
program has {bare}, of the same types and the same size: its commands do nothing, its objects stand in the same
cluster."""


class Run(Measured):
    """Both commands on both stacks, by turns. Pulumi itself fails each of them if anything would change."""

    resources: int
    bare_resources: int
    up: Cost
    bare_up: Cost
    preview: Cost
    bare_preview: Cost


def measure(times: int) -> Iterator[Run]:
    """Bring both stacks up, then run both commands on them by turns."""
    with fresh() as cluster:
        bring_up(cluster)
        exported = cluster.place.answer("stack", "export", "--show-secrets")
        resources = recorded.of_state(exported)
        twin = bare.project(cluster.place, [bare.harmless(each) for each in resources])
        twin.pulumi("up", "--yes", "--skip-preview")
        yield from runs(cluster.place, twin, len(resources), times)


def runs(ours: Place, twin: Place, resources: int, times: int) -> Iterator[Run]:
    """By turns, after one round that is not counted."""
    count = len(recorded.of_state(twin.answer("stack", "export", "--show-secrets")))
    for place in (ours, twin):
        place.pulumi(*PREVIEW)
    for _ in range(times):
        yield Run(
            machine=now(),
            resources=resources,
            bare_resources=count,
            up=cost(ours.pulumi(*UP)),
            bare_up=cost(twin.pulumi(*UP)),
            preview=cost(ours.pulumi(*PREVIEW)),
            bare_preview=cost(twin.pulumi(*PREVIEW)),
        )


def section(found: Sequence[Run]) -> str:
    """The row's text."""
    up = median(run.up.seconds / run.bare_up.seconds for run in found)
    preview = median(run.preview.seconds / run.bare_preview.seconds for run in found)
    return "\n\n".join(
        (
            "## Nothing to change",
            BARE.format(resources=found[0].resources, bare=found[0].bare_resources),
            table(
                ("", "appliance", "bare", "ratio", "bar", "", "processor, appliance", "bare"),
                (
                    row("`pulumi up`", [(run.up, run.bare_up) for run in found], up),
                    row(
                        "`pulumi preview`",
                        [(run.preview, run.bare_preview) for run in found],
                        preview,
                    ),
                ),
            ),
            circumstances(found),
        )
    )


def row(name: str, pairs: Sequence[tuple[Cost, Cost]], ratio: float) -> Sequence[str]:
    """One command's medians."""
    return (
        name,
        seconds(median(ours.seconds for ours, _ in pairs)),
        seconds(median(theirs.seconds for _, theirs in pairs)),
        f"{ratio:.2f}",
        f"≤ {BAR}",
        verdict(met=ratio <= BAR),
        seconds(median(ours.cpu for ours, _ in pairs)),
        seconds(median(theirs.cpu for _, theirs in pairs)),
    )


ROW: Final = Row(name="unchanged", kind=Run, measure=measure, section=section)
