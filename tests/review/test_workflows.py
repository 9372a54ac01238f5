"""The workflows that post a report: that they are YAML, run what there is, and keep secrets from strangers' code."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github" / "workflows" / "preview.yml"
GITLAB = ROOT / "examples" / "review" / "gitlab-ci.yml"


def document(file: Path) -> dict[Any, Any]:
    found = yaml.safe_load(file.read_text())
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("file", [GITHUB, GITLAB])
def test_both_make_the_offline_report_against_the_target_branch(file: Path) -> None:
    text = file.read_text()
    assert 'make preview-offline STACK="$STACK" BASE="origin/$' in text
    assert "preview-offline:" in (ROOT / "Makefile").read_text()


def test_on_github_the_job_that_runs_the_code_may_write_nothing() -> None:
    found = document(GITHUB)
    # YAML reads the key `on` as a truth value.
    assert list(found[True]) == ["pull_request"]
    offline, comment = (found["jobs"][name] for name in ("offline", "comment"))
    assert offline["permissions"] == {"contents": "read"}
    assert "secrets." not in str(offline)
    assert comment["permissions"] == {"pull-requests": "write"}
    assert not any("checkout" in str(step.get("uses")) for step in comment["steps"])


def test_on_gitlab_the_job_that_runs_the_code_has_no_token() -> None:
    found = document(GITLAB)
    assert found["preview"]["variables"]["PREVIEW_TOKEN"] == ""
    assert found["note"]["variables"]["GIT_STRATEGY"] == "none"
