"""`make preview-offline`: what a branch changes in a stack's graph, without a cluster, account, plugin or secret."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from operate import policies, workplace
from operate.failure import OperateError
from operate.phases import Phases
from review.difference import differences
from review.graph import Graph, GraphError
from review.offline import graph_of, reads_graphs, revision
from review.picture import picture
from review.report import Report, markdown
from stacks.config import Configuration

REFUSED: Final = 3
"""The exit code where a rule refuses: the report is written, and the stack would not come up like this."""


def preview_offline(name: str, phases: Phases, *, base: str | None, report: Path | None) -> int:
    """Write the report to a file, or print it; `base` is the revision to compare with. Returns the exit code."""
    stack, configuration = workplace.read(name)
    workplace.fetch_manifests(configuration, phases)
    found = policies.look(stack.checkout, configuration, phases)
    try:
        old, words = _base(configuration, base, stack.checkout, found.secrets, phases)
    except GraphError as fault:
        raise OperateError(str(fault)) from None
    page = Report(
        kind="offline",
        stack=name,
        base=words,
        changes=differences(old, found.graph),
        judged=found.judged,
        idle=found.idle,
        rewrites=found.rewrites,
    )
    hand_over(page, report)
    return REFUSED if found.refused else 0


def hand_over(page: Report, report: Path | None) -> None:
    """Write the page to its file and the picture beside it, or print the page."""
    if report is None:
        sys.stdout.write(markdown(page))
        return
    drawn = report.with_suffix(".svg")
    report.write_text(markdown(page), encoding="utf-8")
    drawn.write_text(picture(page.changes), encoding="utf-8")
    print(f"the report is in {report}, the layers are drawn in {drawn}", flush=True)


def _base(
    configuration: Configuration,
    base: str | None,
    checkout: Path,
    secrets: Mapping[str, str],
    phases: Phases,
) -> tuple[Graph | None, str]:
    """The graph of the other revision, and what to call it."""
    name = configuration.stack
    if base is None:
        return None, "nothing (no BASE was given)"
    with phases.phase(f"graph of {base}"), revision(base, checkout) as other:
        if not reads_graphs(other, name):
            return None, f"nothing ({base} has no such stack)"
        return graph_of(other, name, secrets, policies.told(configuration)), f"`{base}`"
