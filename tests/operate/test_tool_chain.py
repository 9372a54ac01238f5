"""Which pulumi a stack is run with."""

import pytest

from operate import tool_chain
from operate.failure import OperateError
from tests.operate.conftest import FakePulumi


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("v3.259.0\n", True),
        ("v3.272.1", True),
        ("v4.0.0", True),
        ("v3.258.9", False),
        ("3.260", False),
        ("", False),
    ],
)
def test_an_engine_is_new_enough_by_its_own_word(printed: str, expected: bool) -> None:  # noqa: FBT001
    assert tool_chain.at_least(printed, (3, 259)) is expected


@pytest.mark.parametrize(("provider", "own"), [("ssh", True), ("aws", True), ("local", False)])
def test_production_uses_the_machines_own_pulumi_and_local_stacks_the_exact_versions(
    provider: str,
    own: bool,  # noqa: FBT001
    pulumi: FakePulumi,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pulumi.says("echo v3.270.0")
    monkeypatch.setenv("PATH", f"{pulumi.directory}:/usr/bin:/bin")
    monkeypatch.setattr("operate.subprograms.tool_chain", lambda: "/built")
    assert (tool_chain.choose(provider).directory is None) is own


def test_production_without_a_pulumi_of_its_own_gets_one_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("operate.subprograms.tool_chain", lambda: "/built")
    assert str(tool_chain.choose("ssh").directory) == "/built"


def test_machines_in_ec2_need_a_pulumi_whose_plugin_can_be_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(OperateError, match="Pulumi's own AWS plugin"):
        tool_chain.choose("aws")
