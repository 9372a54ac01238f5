"""What becomes of the findings: refused, told, or waived for a reason and a time.

Owns the list of all rules and the verdict. Does not own the rules, nor today's date: who asks gives it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from review.policies.bindings import bindings
from review.policies.finding import Case, Finding, Rule
from review.policies.images import images
from review.policies.plain_secrets import plain_secrets
from review.policies.privileges import privileges
from review.policies.protection import protection
from review.policies.versions import versions
from review.policies.walls import bounded, denied
from stacks.config.policies import Policies, RuleName, Severity, Waiver

RULES: Final[Mapping[RuleName, Rule]] = {
    "images": images,
    "privileges": privileges,
    "default-deny": denied,
    "bounds": bounded,
    "bindings": bindings,
    "protection": protection,
    "plain-secrets": plain_secrets,
    "versions": versions,
}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A finding with what it means here; `waiver` is the reason and last day of an exception that holds."""

    rule: RuleName
    severity: Severity
    finding: Finding
    waiver: Waiver | None = None
    ended: Waiver | None = None
    """A waiver of it whose time is over."""

    @property
    def refuses(self) -> bool:
        """Whether nothing is done while it stands."""
        return self.severity == "refuse" and self.waiver is None

    def __str__(self) -> str:
        said = f"{self.rule}: {self.finding.name} {self.finding.what}"
        if self.waiver is not None:
            return f"{said} (waived until {self.waiver.until}: {self.waiver.reason})"
        ended = f"; its waiver ended on {self.ended.until}" if self.ended else ""
        return f"{said}{ended}; {self.finding.cure}"


def judge(case: Case, today: date) -> tuple[Judged, ...]:
    """Every finding of the rules that are on, those that refuse first."""
    policies = case.configuration.policies
    found = (
        _judged(policies, name, finding, today)
        for name, rule in RULES.items()
        if policies.severity_of(name) != "off"
        for finding in rule(case)
    )
    return tuple(sorted(found, key=lambda each: (not each.refuses, each.waiver is not None)))


def idle(case: Case, judged: tuple[Judged, ...]) -> Iterator[Waiver]:
    """Waivers that nothing needs any more."""
    used = {id(waiver) for each in judged for waiver in (each.waiver, each.ended)}
    return (each for each in case.configuration.policies.waivers if id(each) not in used)


def _judged(policies: Policies, rule: RuleName, finding: Finding, today: date) -> Judged:
    waivers = [
        each
        for each in policies.waivers
        if each.rule == rule and each.resource in (None, finding.name)
    ]
    holding = [each for each in waivers if today <= date.fromisoformat(each.until)]
    ended = [each for each in waivers if each not in holding]
    return Judged(
        rule=rule,
        severity=policies.severity_of(rule),
        finding=finding,
        waiver=holding[0] if holding else None,
        ended=ended[0] if ended and not holding else None,
    )


def unneeded(waiver: Waiver) -> str:
    """A waiver that is idle, as a sentence."""
    return f"Nothing needs the waiver of {waiver.rule} until {waiver.until} any more; remove it."
