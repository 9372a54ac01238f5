import json
from pathlib import Path

import pytest

from operate import __main__ as command_line
from operate import tool_chain
from operate.commands import status
from operate.status.facts import Facts
from tests.operate.status.seen import HEALTHY, OFF, with_host


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


def seen(monkeypatch: pytest.MonkeyPatch, facts: Facts) -> list[set[str]]:
    """Lets the command see these facts; the kinds of objects that it asked for."""
    asked: list[set[str]] = []

    def collect(_: object, kinds: set[str]) -> Facts:
        asked.append(kinds)
        return facts

    monkeypatch.setattr(status, "look_at", lambda *_: None)
    monkeypatch.setattr(status, "collect", collect)
    return asked


def test_a_healthy_stack_ends_with_0_and_one_that_is_not_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = seen(monkeypatch, HEALTHY)
    assert command_line.main(["status", "--stack", "core"]) == 0
    assert capsys.readouterr().out.startswith("core is healthy")
    assert asked[0] >= {"nodes", "pods", "daemonsets", "deployments"}
    seen(monkeypatch, with_host("n2", OFF))
    assert command_line.main(["status", "--stack", "core"]) == 1
    assert capsys.readouterr().out.startswith("core is degraded")


def test_for_machines_it_is_json_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen(monkeypatch, with_host("n2", OFF))
    assert command_line.main(["status", "--stack", "core", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["healthy"] is False


def test_a_stack_that_is_not_there_is_told_before_any_tool_is_built(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the tool chain was asked for")

    monkeypatch.setattr(tool_chain, "choose", never)
    assert command_line.main(["status", "--stack", "ha"]) == 3
    assert "stack ha is not deployed; make up STACK=ha" in capsys.readouterr().err


def test_a_state_elsewhere_is_not_judged_by_this_machine_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    status.refuse_absent("ha")
