import io
import json
import sys
from typing import Any

import pytest

from components.storage import steps
from tests.components.cluster.conftest import Hosts, hosts

__all__ = ["hosts"]


def side(name: str) -> dict[str, Any]:
    connection = {"address": name, "port": 22.0, "user": "root", "hostKey": "k", "bastion": None}
    return {"connection": connection, "script": "node.sh", "parameters": {"NODE_NAME": name}}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    def give(**document: Any) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(document)))

    return give


def test_the_devices_of_a_host_are_what_its_script_prints(
    hosts: Hosts, given: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts.answers["n1", "osd"] = '["/dev/loop32"]\n'
    given(node=side("n1"))
    assert steps.main(["osd"]) == 0
    assert capsys.readouterr().out == '["/dev/loop32"]\n'


def test_a_dead_host_is_not_cleaned_and_only_reported(
    hosts: Hosts, given: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts.dead = {"n1"}
    given(node=side("n1"))
    assert steps.main(["osd_gone"]) == 0
    assert "n1 cannot be reached by SSH; it was not cleaned of Ceph" in capsys.readouterr().err


def test_a_living_host_that_cannot_be_cleaned_is_a_failure(
    hosts: Hosts, given: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts.failing = {("n1", "osd_gone")}
    given(node=side("n1"))
    assert steps.main(["osd_gone"]) == 1
    assert capsys.readouterr().err == "error: a command on n1 failed with 1.\n"


@pytest.mark.parametrize("verb", ["keep", "formed", "discard", "discarded", "returned"])
def test_the_first_control_plane_that_serves_is_asked(hosts: Hosts, given: Any, verb: str) -> None:
    hosts.dead = {"a"}
    hosts.standing |= {"b": "serving", "c": "serving"}
    given(controlPlanes=[side("a"), side("b"), side("c")])
    assert steps.main([verb]) == 0
    assert hosts.changes == [("b", verb)]


def test_keys_are_what_a_control_plane_prints_and_other_verbs_print_nothing(
    hosts: Hosts, given: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts.standing |= {"a": "serving"}
    for verb, printed in (("object_keys", "YQ== Yg==\n"), ("keep", "")):
        hosts.answers["a", verb] = "YQ== Yg==\n"
        given(controlPlanes=[side("a")])
        assert steps.main([verb]) == 0
        assert capsys.readouterr().out == printed


def test_a_control_plane_is_told_what_its_step_must_know(hosts: Hosts, given: Any) -> None:
    hosts.standing |= {"a": "serving"}
    given(controlPlanes=[side("a")], parameters={"CEPH_COPIES": "3"})
    assert steps.main(["keep"]) == 0
    assert "CEPH_COPIES=3\n" in hosts.parameters("a", "keep")
    assert "NODE_NAME=a\n" in hosts.parameters("a", "keep")


def test_a_control_plane_that_is_late_is_asked_again(
    hosts: Hosts, given: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        hosts.standing["a"] = "serving"

    monkeypatch.setattr("time.sleep", sleep)
    given(controlPlanes=[side("a")])
    assert steps.main(["discarded"]) == 0
    assert slept == [steps.POLL]


def test_ceph_is_not_given_up_while_nobody_can_be_told(
    hosts: Hosts,
    given: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(steps, "SERVES_WITHIN", 0)
    hosts.dead = {"a"}
    given(controlPlanes=[side("a")])
    assert steps.main(["discard"]) == 1
    assert "make down ARGS=--cluster-gone" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["discard", "discarded"])
def test_a_cluster_that_is_gone_for_good_is_not_asked(
    hosts: Hosts, given: Any, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setenv("APPLIANCE_CLUSTER_GONE", "1")
    given(controlPlanes=[side("a")])
    assert steps.main([verb]) == 0
    assert hosts.calls == []


def test_nothing_is_done_when_only_the_end_matters(hosts: Hosts, given: Any) -> None:
    given(controlPlanes=[side("a")])
    assert steps.main(["nothing"]) == 0
    assert hosts.calls == []
    given()
    assert steps.main(["other"]) == 2
