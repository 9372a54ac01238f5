"""One table for all hosts: every finding of every host, and what those are like about which nothing is to be said.

Owns the text. Does not own what stands in it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from operate.hosts.finding import Finding, Severity
from operate.hosts.look import Look, Seen
from operate.hosts.wording import plural, size

OK: Final = "ok"
HEAD: Final = ("HOST", "ADDRESS", "RESULT", "CHECK", "WHAT WAS FOUND; WHAT TO DO")

Row = tuple[str, str, str, str, str]


def table(looks: Sequence[Look], findings: Sequence[Finding]) -> str:
    """The table, hosts in the order of the stack's file and of each host the faults first."""
    rows = [HEAD, *(row for look in looks for row in _rows(look, findings))]
    # The last column is as long as it is.
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    return "\n".join(
        "  ".join((*(word.ljust(width) for word, width in zip(row, widths, strict=False)), row[-1]))
        for row in rows
    )


def _rows(look: Look, findings: Sequence[Finding]) -> Iterator[Row]:
    name, address = look.wanted.name, look.wanted.address
    mine = [finding for finding in findings if finding.host == name]
    if not mine and isinstance(look, Seen):
        yield (name, address, OK, "", _likeness(look))
    for finding in sorted(mine, key=lambda it: it.severity is not Severity.FAIL):
        yield (name, address, finding.severity.value, finding.check, finding.sentence)


def _likeness(seen: Seen) -> str:
    """A host in a line, for who wonders whether the right one was looked at."""
    facts = seen.facts
    parts = [facts.system.name, facts.architecture]
    parts += [f"{facts.cpus} {plural(facts.cpus, 'CPU')}", f"{size(facts.memory)} of memory"]
    if (free := facts.free.get("/var/lib")) is not None:
        parts.append(f"{size(free)} free")
    return ", ".join(parts)


def summary(looks: Sequence[Look], findings: Sequence[Finding]) -> str:
    """How many hosts, faults and warnings."""
    faults = sum(finding.severity is Severity.FAIL for finding in findings)
    warnings = len(findings) - faults
    return (
        f"{len(looks)} {plural(len(looks), 'host')}: {faults} {plural(faults, 'fault')}, "
        f"{warnings} {plural(warnings, 'warning')}"
    )
