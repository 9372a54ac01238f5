"""Releases and licenses that tests make."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from components.application.admission import Rules
from components.application.facts import Facts
from components.application.license import License
from components.application.options import Given
from components.application.release import Release, ReleaseReading, read

RELEASES = Path(__file__).parent / "releases"
NAMESPACE = "replicated-guestbook"

LICENSE: dict[str, Any] = {
    "id": "l-1",
    "appId": "guestbook",
    "appSlug": "guestbook",
    "assignee": "Example Inc.",
    "channel": "stable",
    "expires": "2027-12-31",
    "fields": {"max_users": "50", "tier": "gold"},
}

HEAD = """# kind: replicated
replicated_api_version: 2.38.0
name: Test
"""


def facts(**changes: Any) -> Facts:
    made: dict[str, Any] = {
        "license": License.model_validate(LICENSE),
        "sequence": 7,
        "first_sequence": 3,
        "released": datetime(2026, 11, 1, 9, 5, tzinfo=UTC),
        "installed": datetime(2026, 10, 1, tzinfo=UTC),
        "console": {"tls.hostname": "console.example.com"},
        "object_store": True,
    }
    return Facts(**{**made, **changes})


def reading(
    text: str, given: Given | None = None, rules: Rules | None = None, **changes: Any
) -> ReleaseReading:
    return read(
        text, "release.yaml", facts(**changes), given=given or Given(), rules=rules or Rules()
    )


def release(name: str, given: Given | None = None, rules: Rules | None = None) -> Release:
    """A release of the directory, which must be without fault."""
    found = reading((RELEASES / f"{name}.yaml").read_text(), given, rules)
    assert found.faults == ()
    assert found.release is not None
    return found.release


def faults(text: str, **changes: Any) -> list[str]:
    """What is wrong with a text."""
    return [str(each) for each in reading(text, **changes).faults]


def body(made: Release, kind: str, name: str) -> dict[str, Any]:
    """One object of a release."""
    return next(one.body for one in made.objects if (one.kind, one.name) == (kind, name))
