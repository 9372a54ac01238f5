"""The whole inspection of a stack's hosts: look, judge, tell.

Owns its order, and that nothing about a host that is being given up keeps the others from work. Does not own any of
its parts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from operate.hosts import agreement, rules
from operate.hosts.facts import Cluster
from operate.hosts.finding import Finding, Severity
from operate.hosts.look import Look, Seen, Unseen
from operate.hosts.requirements import requirements
from operate.hosts.survey import survey, targets
from operate.hosts.table import summary, table
from stacks.config import Configuration


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What was seen, and what is to be said about it."""

    looks: tuple[Look, ...]
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> int:
        """How many findings keep the appliance off the hosts."""
        return sum(finding.severity is Severity.FAIL for finding in self.findings)

    @property
    def text(self) -> str:
        """The table and its sum."""
        return f"{table(self.looks, self.findings)}\n{summary(self.looks, self.findings)}"


def inspect(
    configuration: Configuration, ours: Cluster, environment: Mapping[str, str]
) -> Inspection:
    """Look at all hosts of a stack and judge them; changes nothing anywhere."""
    looks = survey(targets(configuration, requirements(configuration)), environment)
    return Inspection(looks=looks, findings=tuple(judge(looks, ours)))


def judge(looks: Sequence[Look], ours: Cluster) -> Iterator[Finding]:
    """All findings about these hosts; `ours` is the cluster of the stack."""
    leaving = {look.wanted.name for look in looks if look.wanted.leaving}
    for finding in _judge(looks, ours):
        yield finding.only_a_warning() if finding.host in leaving else finding


def _judge(looks: Sequence[Look], ours: Cluster) -> Iterator[Finding]:
    for look in looks:
        match look:
            case Unseen():
                yield rules.fail(look.wanted, "SSH", look.found, look.cure)
            case Seen():
                yield from rules.judge(look.wanted, look.facts, ours)
    staying = [look for look in looks if isinstance(look, Seen) and not look.wanted.leaving]
    yield from agreement.judge(staying)
