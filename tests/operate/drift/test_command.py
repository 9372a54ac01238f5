"""The command: its exit codes, and what it is not asked to do."""

import json
from pathlib import Path

import pytest

from operate import __main__ as command_line
from operate import tool_chain
from operate.commands import drift
from operate.drift.facts import Facts
from tests.operate.drift.given import FACTS, line, with_host

CHANGED = with_host("n2", line("sysctl", "net.ipv4.ip_forward", "1", "0"))


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The state directory of a machine on which the stack `core` has one resource."""
    directory = tmp_path / "state"
    monkeypatch.setenv("APPLIANCE_STATE", str(directory))
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    file = directory / "pulumi/.pulumi/stacks/appliance/core.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"checkpoint": {"latest": {"resources": [{}]}}}))
    return directory


def seen(monkeypatch: pytest.MonkeyPatch, facts: Facts) -> None:
    """Lets the command see these facts."""
    monkeypatch.setattr(drift, "look_at", lambda *_: None)
    monkeypatch.setattr(drift, "collect", lambda _: facts)


@pytest.mark.parametrize(("facts", "code"), [(FACTS, 0), (CHANGED, 2)])
def test_drift_ends_with_2_and_none_with_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], facts: Facts, code: int
) -> None:
    seen(monkeypatch, facts)
    assert command_line.main(["drift", "--stack", "core"]) == code
    printed = capsys.readouterr().out
    assert ("sysctl net.ipv4.ip_forward" in printed) == (code == 2)


def test_a_machine_gets_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen(monkeypatch, CHANGED)
    assert command_line.main(["drift", "--stack", "core", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["drifted"] is True


def test_a_stack_that_is_not_deployed_ends_with_3_before_any_tool_chain_is_built(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], state: Path
) -> None:
    def build(_: object) -> None:
        raise AssertionError("nothing is to be built")

    monkeypatch.setattr(tool_chain, "choose", build)
    (state / "pulumi/.pulumi/stacks/appliance/core.json").unlink()
    assert command_line.main(["drift", "--stack", "core"]) == 3
    assert "stack core is not deployed; make up STACK=core" in capsys.readouterr().err
