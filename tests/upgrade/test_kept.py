"""What is kept of states, and that each release has some."""

import json
import re
from pathlib import Path

import pytest

from operate.checkout import REPOSITORY
from tests.upgrade.record import BELOW
from tests.upgrade.states import (
    Kept,
    cleaned,
    components,
    kept,
    registered,
    without_states,
)

KEPT = kept()


def test_every_release_has_states() -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text()
    assert list(without_states(changelog, {each.version for each in KEPT})) == [], (
        "run python -m tests.upgrade.record VERSION (docs/contributing)"
    )


def test_a_release_without_states_is_found() -> None:
    changelog = "# Changes\n\n## Unreleased\n\n## 1.1.0, 2027-01-02\n\n### Commands\n\n## 1.0.0\n"
    assert list(without_states(changelog, {"1.0.0"})) == ["1.1.0"]


def test_a_file_that_is_kept_is_read_as_it_was(tmp_path: Path) -> None:
    state = {"deployment": {"resources": []}, "version": 3}
    one = Kept("1.0.0", "site", tmp_path)
    one.keep(state, {"Pulumi.site.yaml": b"config: {}\n", "examples/a/b.yaml": b"x"})
    assert kept(tmp_path) == (one,)
    assert one.state() == state
    assert one.files() == {"Pulumi.site.yaml": b"config: {}\n", "examples/a/b.yaml": b"x"}


def test_nothing_of_the_machine_is_kept(tmp_path: Path) -> None:
    noted = {"sourcePosition": "p", "stackTrace": [], "created": "c", "modified": "m"}
    source = {"type": "b", "inputs": {"path": f"{tmp_path}/components/node.sh"}}
    exported = {"deployment": {"resources": [{"type": "a", **noted}, source]}}
    assert cleaned(exported, tmp_path)["deployment"]["resources"] == [
        {"type": "a"},
        {"type": "b", "inputs": {"path": "components/node.sh"}},
    ]


@pytest.mark.parametrize("one", KEPT, ids=str)
def test_no_secret_and_no_directory_of_a_machine_is_in_what_is_kept(one: Kept) -> None:
    text = json.dumps(one.state()) + "".join(map(str, one.files().values()))
    assert "PRIVATE KEY-----" not in text
    assert "plaintext" not in text
    assert "ciphertext" in text
    assert BELOW not in text
    sources = re.findall(r'"hash": "\w{64}", "path": "([^"]+)"', text)
    assert set(sources) == {"components/machines/appliance-node.sh"}


def test_the_components_of_the_program_are_found_in_its_sources() -> None:
    assert {"appliance:machines:SshMachines", "appliance:storage:CephCluster"} <= registered()
    state = {"deployment": {"resources": [{"type": "appliance:a:A"}, {"type": "kubernetes:b"}]}}
    assert components([state]) == {"appliance:a:A"}
