from pathlib import Path

import pytest

from bundle.lock import load
from operate.failure import OperateError
from operate.phases import Phases
from operate.workplace import built_bundle, bundle_of
from stacks.config import Configuration
from stacks.config import load as configure
from stacks.needs import content, tracked


def test_a_shell_is_given_a_bundle_only_when_it_lies_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path))
    monkeypatch.setenv("APPLIANCE_STATE", str(tmp_path))
    configuration = tracked("core")
    assert built_bundle(configuration) is None
    directory = tmp_path / "bundle" / content(configuration, load())[:16]
    directory.mkdir(parents=True)
    assert built_bundle(configuration) == directory


@pytest.fixture
def faulty(tmp_path: Path) -> Configuration:
    """A stack whose network's file holds no object."""
    (tmp_path / "net.yaml").write_text("text")
    network = {"provider": "manifest", "manifest": str(tmp_path / "net.yaml")}
    values = {
        "hosts": {"provider": "local", "nodes": [{"name": "n1", "roles": ["control-plane"]}]},
        "network": {**network, "encryption": False, "policies": False},
        "airgap": {"bundle": "local"},
    }
    return configure(values, stack="test", file="Pulumi.test.yaml")


def test_what_the_file_asks_for_in_vain_is_said_before_a_bundle_is_built(
    faulty: Configuration,
) -> None:
    with pytest.raises(OperateError, match=r"^Pulumi\.test\.yaml: network\.manifest: .*net\.yaml"):
        bundle_of(faulty, Phases())


def test_a_shell_opens_also_while_the_file_asks_for_something_in_vain(
    faulty: Configuration,
) -> None:
    assert built_bundle(faulty) is None
