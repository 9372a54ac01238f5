import json
from pathlib import Path

import pytest

from bench.command import Place
from bench.replay import NETWORK, Replay, objects
from tests.bench.recording import recorded


def replay(directory: Path) -> Replay:
    return Replay(place=Place(directory=directory, environment={}), resources=recorded())


def test_steps_wait_for_each_other_as_the_resources_did_with_the_network_as_one(
    tmp_path: Path,
) -> None:
    waits = {name: set(step.after) for name, step in replay(tmp_path).steps().items()}
    assert waits == {
        "n1-host": set(),
        "n1-script": {"n1-host"},
        "n1-member": {"n1-script"},
        "control-plane-kubeconfig": {"n1-member"},
        NETWORK: {"control-plane-kubeconfig"},
    }


def test_later_steps_get_the_new_hosts_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, str] = {}

    def run(_: Replay, *words: str, stdin: str = "") -> str:
        given[words[-1]] = stdin
        return json.dumps({"hostKey": "new"})

    monkeypatch.setattr(Replay, "run", run)
    steps = replay(tmp_path).steps()
    steps["n1-host"].run()
    steps["n1-member"].run()
    assert given == {"make": "", "join": "key new"}


def test_the_networks_objects_are_applied_as_one_list() -> None:
    items = json.loads(objects(recorded()))["items"]
    assert [item["metadata"]["name"] for item in items] == ["weave-net", "weave-net"]
