"""Rules about a whole stack: how strictly each is held, and who is excepted for how long.

Owns the group `policies` and the rules' names. Does not own the rules: those look at the graph (review/policies), which
the program that makes it knows nothing of.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from stacks.config.report import Fault
from stacks.config.schema import Settings, quote

RuleName = Literal[
    "images",
    "privileges",
    "default-deny",
    "bounds",
    "bindings",
    "protection",
    "plain-secrets",
    "versions",
]
Severity = Literal["refuse", "warn", "off"]
"""`refuse`: no `make up` while there is a finding; `warn`: findings are told."""

DEFAULTS: Final[dict[RuleName, Severity]] = {
    "images": "refuse",
    "privileges": "refuse",
    "default-deny": "warn",
    "bounds": "warn",
    "bindings": "refuse",
    "protection": "warn",
    "plain-secrets": "refuse",
    "versions": "warn",
}


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{quote(text)} is no date such as 2027-03-31") from None


def _reason(text: str) -> str:
    if len(text.split()) < 3:  # noqa: PLR2004 - fewer words are no reason
        raise ValueError(f"{quote(text)} is no reason; say in a sentence why, for the next reader")
    return text


class Waiver(Settings):
    """One entry of `policies.waivers`."""

    rule: RuleName = Field(
        title=f"one of {', '.join(DEFAULTS)}",
        description="The rule that is waived.",
        examples=["images"],
    )
    resource: str | None = Field(
        default=None,
        title="a resource's name",
        description="The resource that is excepted.",
        json_schema_extra={"without": "all that the rule finds"},
        examples=["application-deployment-web"],
    )
    reason: Annotated[str, AfterValidator(_reason)] = Field(
        title="a sentence",
        description="Why it is waived. It stands in every report.",
        examples=["the vendor's next release drops it"],
    )
    until: Annotated[str, AfterValidator(_day)] = Field(
        title="a date such as 2027-03-31",
        description="The last day on which the waiver holds.",
        examples=["2027-03-31"],
    )


class Policies(Settings):
    """`policies`: what previews and `make up` look for in the whole stack."""

    registries: tuple[str, ...] = Field(
        default=(),
        title="a list of registries",
        description="Where images may come from.",
        json_schema_extra={"without": "the registries of the stack's own images"},
        examples=[["registry.example.org"]],
    )
    severity: dict[RuleName, Severity] = Field(
        default={},
        title="rules and one of refuse, warn, off each",
        description="How strictly a rule is held, where that is not its usual way.",
        examples=[{"bounds": "refuse"}],
    )
    waivers: tuple[Waiver, ...] = Field(
        default=(),
        title="a list of waivers",
        description="What is excepted from a rule, why, and until when.",
        examples=[[]],
    )

    def severity_of(self, rule: RuleName) -> Severity:
        """How strictly a rule is held here."""
        return self.severity.get(rule, DEFAULTS[rule])


def faults(policies: Policies) -> Iterator[Fault]:
    """What is wrong between the keys."""
    seen: set[tuple[str, str | None]] = set()
    for index, waiver in enumerate(policies.waivers):
        place = (waiver.rule, waiver.resource)
        if place in seen:
            yield Fault(
                path=("policies", "waivers", index),
                text="waives what an earlier entry waives already; keep one of them",
            )
        seen.add(place)
