import io
import json
import sys
from typing import Any

import pytest

from components.cluster import membership
from tests.components.cluster.conftest import Hosts


def side(name: str, role: str) -> dict[str, Any]:
    connection = {"address": name, "port": 22.0, "user": "root", "hostKey": "k", "bastion": None}
    parameters = {"NODE_NAME": name, "MEMBER_NAME": name, "MEMBER_ROLE": role}
    return {"connection": connection, "script": "node.sh", "parameters": parameters}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    def give(role: str, name: str, *control_planes: str) -> None:
        sides = [side(other, "control-plane") for other in control_planes]
        document = {"role": role, "node": side(name, role), "controlPlanes": sides}
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(document)))

    return give


def test_a_control_plane_does_not_wait_for_itself(hosts: Hosts, given: Any) -> None:
    given("control-plane", "a", "a", "b")
    assert membership.main(["join"]) == 0
    assert hosts.changes == [("a", "init"), ("a", "settle")]


def test_a_worker_is_admitted_and_dismissed_by_role(hosts: Hosts, given: Any) -> None:
    hosts.standing["a"] = "serving"
    given("worker", "w", "a")
    assert membership.main(["join"]) == 0
    given("worker", "w", "a")
    assert membership.main(["leave"]) == 0
    assert hosts.changes[-2:] == [("a", "expel"), ("w", "leave")]


def test_a_failure_is_one_sentence_and_an_exit_code(
    hosts: Hosts, given: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts.dead = {"a"}
    given("worker", "w", "a")
    assert membership.main(["join"]) == 1
    assert capsys.readouterr().err.startswith("error: none of the control planes (a) serves")


def test_a_cluster_that_is_gone_is_said_by_the_environment(
    hosts: Hosts, given: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts.dead = {"a"}
    monkeypatch.setenv("APPLIANCE_CLUSTER_GONE", "1")
    given("worker", "w", "a")
    assert membership.main(["leave"]) == 0
