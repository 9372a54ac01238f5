import json
import os
from pathlib import Path

import pytest

from operate import __main__ as command_line
from operate import subprograms, workplace
from stacks.needs import needs, tracked


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[tuple[str, ...], str]]:
    """What the bundle's own command was asked for; it answers with an empty document."""
    calls: list[tuple[tuple[str, ...], str]] = []

    def call(*words: str, stdin: str) -> str:
        calls.append((words, stdin))
        return "{}"

    monkeypatch.setenv("APPLIANCE_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(subprograms, "call", call)
    monkeypatch.setattr(workplace, "bundle_of", lambda *_: Path("/the/bundle"))
    return calls


def test_the_document_of_what_the_stack_needs_is_written_and_its_file_is_the_last_line_but_the_times(
    asked: list[tuple[tuple[str, ...], str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["sbom", "--stack", "core"]) == 0
    ((words, stdin),) = asked
    assert words == ("bundle", "sbom", "/the/bundle", "--items", "-")
    assert json.loads(stdin) == list(needs(tracked("core")))
    file = tmp_path / "state/stacks/core/sbom.cdx.json"
    assert file.read_text() == "{}\n"
    assert f"\n{file}\n" in capsys.readouterr().out


def test_another_file_can_be_named(
    asked: list[tuple[tuple[str, ...], str]], tmp_path: Path
) -> None:
    file = tmp_path / "mine.json"
    assert command_line.main(["sbom", "--stack", "core", "--output", os.fspath(file)]) == 0
    assert file.read_text() == "{}\n"
    assert len(asked) == 1
