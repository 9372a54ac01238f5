"""The judgement of a whole stack: every section's lines, and the sentence above them.

Owns the verdict and the sentence. Does not own how a section judges, nor how the report is shown (render.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from operate.status.facts import Facts
from operate.status.section import Health, Line, Section

Judged = tuple[tuple[str, tuple[Line, ...]], ...]
"""Title and lines of each section."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is said of a stack."""

    stack: str
    sentence: str
    sections: Judged

    @property
    def healthy(self) -> bool:
        """Whether no section found a fault."""
        return not faults(self.sections)


def judge(facts: Facts, sections: Sequence[Section]) -> Report:
    """The report; without an API server the sections that need one are left out."""
    judged = tuple(
        (section.title, tuple(section.judge(facts)))
        for section in sections
        if facts.objects is not None or not section.needs_api
    )
    return Report(stack=facts.stack, sentence=sentence(facts, judged), sections=judged)


def faults(judged: Judged) -> list[tuple[str, Line]]:
    """Title and line of everything that is bad."""
    return [(title, line) for title, lines in judged for line in lines if line.health is Health.BAD]


def sentence(facts: Facts, judged: Judged) -> str:
    """The first line of the screen."""
    state = facts.state
    found = faults(judged)
    if facts.objects is None:
        reached = [node.name for node in state.nodes if not facts.hosts[node.name].fault]
        return (
            f"{facts.stack} is degraded: no API server can be asked ({facts.mute}); on SSH "
            f"{', '.join(reached) or 'no host'} {'answer' if len(reached) > 1 else 'answers'}"
        )
    if not found:
        count = len(state.nodes)
        return (
            f"{facts.stack} is healthy: Kubernetes {state.kubernetes} on {count} "
            f"{'node' if count == 1 else 'nodes'} at https://{state.endpoint}"
        )
    title, line = found[0]
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{facts.stack} is degraded: {title}: {line.subject}: {line.text}{more}"
