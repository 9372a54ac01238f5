"""The rules about a whole stack, looked at before its resources are touched.

Owns building the graph that they look at, in a process of its own, and the refusal. Does not own the rules
(review/policies), nor the report of a preview.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from operate.failure import OperateError
from operate.phases import Phases
from review.graph import Graph, GraphError
from review.offline import dummies, graph_of
from review.policies.finding import Case
from review.policies.judgement import Judged, idle, judge, unneeded
from stacks import license as licenses
from stacks.config import Configuration
from stacks.config.policies import Waiver


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a look at a stack's graph gave."""

    graph: Graph
    secrets: Mapping[str, str]
    """The dummies that the graph was made with."""
    judged: tuple[Judged, ...]
    idle: tuple[Waiver, ...]

    @property
    def rewrites(self) -> Sequence[Mapping[str, str]]:
        """What the rewrites do to the application: rows of its report."""
        rows: Sequence[Mapping[str, str]] = self.graph.outputs.get("application", {}).get(
            "rewrites", ()
        )
        return rows

    @property
    def refused(self) -> tuple[Judged, ...]:
        """The findings that let nothing happen."""
        return tuple(each for each in self.judged if each.refuses)


def look(checkout: Path, configuration: Configuration, phases: Phases) -> Look:
    """The graph of a stack of this checkout, made with dummies, and what the rules say of it. Raises OperateError."""
    secrets = dummies()
    with phases.phase("policies"):
        try:
            graph = graph_of(checkout, configuration.stack, secrets, told(configuration))
        except GraphError as fault:
            raise OperateError(str(fault)) from None
        case = Case(graph=graph, configuration=configuration, secrets=secrets)
        judged = judge(case, datetime.now(UTC).date())
    return Look(graph=graph, secrets=secrets, judged=judged, idle=tuple(idle(case, judged)))


def told(configuration: Configuration) -> Mapping[str, str]:
    """What the program must be told by variables: that it makes no application when the license has ended."""
    today = datetime.now(UTC).date()
    return {licenses.FROZEN: "1"} if licenses.expired(configuration, today) else {}


def tell(found: Look) -> None:
    """Print all findings, and waivers that nothing needs; a preview changes nothing, so that it refuses nothing."""
    for each in found.judged:
        print(f"policy{' (make up refuses)' if each.refuses else ''}: {each}", file=sys.stderr)
    for waiver in found.idle:
        print(f"policy: {unneeded(waiver)}", file=sys.stderr)


def require(found: Look) -> None:
    """Print what is only told; raise OperateError with everything that a rule refuses."""
    if not found.refused:
        tell(found)
    else:
        raise OperateError(refusal(found.refused))


def refusal(refused: Sequence[Judged]) -> str:
    """All of them, one a line, and what can be done about any."""
    lines = "\n".join(f"  {each}" for each in refused)
    return (
        f"{len(refused)} finding(s) of policies that refuse:\n{lines}\n"
        "Nothing was changed. A rule can be told or waived instead: policies.severity, policies.waivers"
    )
