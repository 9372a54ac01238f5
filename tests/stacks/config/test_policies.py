"""The group policies."""

from typing import Any

import pytest

from tests.stacks.config.given import Given

WAIVER = {"rule": "images", "reason": "the next release drops it", "until": "2027-03-31"}


def test_a_rule_s_severity_and_a_waiver_are_taken(local: Given) -> None:
    local.values["policies"] = {"severity": {"bounds": "refuse"}, "waivers": [WAIVER]}
    found = local.load().policies
    assert (found.severity_of("bounds"), found.severity_of("images")) == ("refuse", "refuse")
    assert found.waivers[0].resource is None


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (
            {"severity": {"bounds": "error"}},
            "severity.bounds: 'error' is not one of refuse, warn, off",
        ),
        ({"severity": {"bound": "warn"}}, "severity.bound: 'bound' is not one of images, priv"),
        ({"waivers": [{**WAIVER, "rule": "x"}]}, "waivers[0].rule: 'x' is not one of images, priv"),
        ({"waivers": [{**WAIVER, "reason": "because"}]}, "waivers[0].reason: 'because' is no reas"),
        ({"waivers": [{**WAIVER, "until": "soon"}]}, "waivers[0].until: 'soon' is no date such as"),
        ({"waivers": [{"rule": "images"}]}, "waivers[0].reason: missing"),
        ({"waivers": [WAIVER, WAIVER]}, "waivers[1]: waives what an earlier entry waives already"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(
    local: Given, given: dict[str, Any], fault: str
) -> None:
    local.values["policies"] = given
    assert any(line.startswith(f"policies.{fault}") for line in local.faults())
