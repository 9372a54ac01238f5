from pathlib import Path

import pytest

from bundle.lock import load
from operate.workplace import built_bundle
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
