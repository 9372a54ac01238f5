"""`make graph`."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from operate import __main__ as command_line
from operate import tool_chain
from operate.commands import graph
from operate.event_log import Operation
from operate.last_up import keep
from tests.operate.graph.given import HOST, SMALL, small


@dataclass
class Seen:
    """A workplace whose engine exports a state."""

    directory: Path
    state: str

    @property
    def stack(self) -> "Seen":
        return self

    @property
    def engine(self) -> "Seen":
        return self

    def ask(self, *words: str) -> str:
        assert words == ("stack", "export"), "secrets must stay encrypted"
        return self.state


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The private directory of the stack `core`, which has the small state."""
    state = tmp_path / "state"
    monkeypatch.setenv("APPLIANCE_STATE", str(state))
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    file = state / "pulumi/.pulumi/stacks/appliance/core.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"checkpoint": {"latest": {"resources": [{}]}}}))
    directory = state / "stacks/core"
    directory.mkdir(parents=True)
    monkeypatch.setattr(graph, "look_at", lambda *_: Seen(directory, small()))
    return directory


def test_it_prints_the_files_name_and_the_file_has_the_times_of_the_last_up(
    deployed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(deployed, Operation(began=SMALL.began, ended=SMALL.ended, works=SMALL.works))
    assert command_line.main(["graph", "--stack", "core"]) == 0
    assert capsys.readouterr().out == f"{deployed / 'graph.html'}\n"
    text = (deployed / "graph.html").read_text()
    assert HOST in text
    assert "Why it took 56 s" in text


def test_another_file_may_be_chosen(deployed: Path, tmp_path: Path) -> None:
    file = tmp_path / "stack.html"
    assert command_line.main(["graph", "--stack", "core", "--out", str(file)]) == 0
    assert "No times are known" in file.read_text()
    assert not (deployed / "graph.html").exists()


def test_a_file_that_cannot_be_written_is_one_sentence(
    deployed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = deployed / "nowhere" / "stack.html"
    assert command_line.main(["graph", "--stack", "core", "--out", str(nowhere)]) == 1
    assert "error: the page cannot be written" in capsys.readouterr().err


def test_a_stack_that_is_not_there_is_told_before_any_tool_is_built(
    deployed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the tool chain was asked for")

    monkeypatch.setattr(tool_chain, "choose", never)
    assert command_line.main(["graph", "--stack", "ha"]) == 3
    assert "stack ha is not deployed; make up STACK=ha" in capsys.readouterr().err
    assert not list(deployed.glob("*.html"))


def test_a_state_elsewhere_that_has_nothing_is_not_deployed_either(
    deployed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(graph, "look_at", lambda *_: Seen(deployed, '{"deployment": {}}'))
    assert command_line.main(["graph", "--stack", "core"]) == 3
    assert "stack core is not deployed" in capsys.readouterr().err
