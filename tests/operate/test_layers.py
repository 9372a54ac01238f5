"""The layers of an operation, out of event logs as the engine writes them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from operate.layers import ALLOWED, LAYERS, OPTION, layer, timed, took
from operate.phases import Phases

SOURCES = [*Path("components").rglob("*.py"), *Path("stacks").rglob("*.py")]


def urn(*types: str, name: str = "x") -> str:
    return f"urn:pulumi:dev::appliance::{'$'.join(types)}::{name}"


def event(kind: str, at: int, op: str, *types: str) -> str:
    metadata = {"op": op, "urn": urn(*types)}
    return json.dumps({"sequence": 1, "timestamp": at, kind: {"metadata": metadata}})


def changed(began: int, ended: int, *types: str, op: str = "create") -> list[str]:
    return [
        event("resourcePreEvent", began, op, *types),
        event("resOutputsEvent", ended, op, *types),
    ]


HOST = ("appliance:machines:LocalMachines", "command:local:Command")
WORKER = ("appliance:cluster:Worker", "command:remote:Command")
CONTROL_PLANE = ("appliance:cluster:ControlPlane", "command:remote:Command")


def test_a_layer_lasts_from_its_first_beginning_to_its_last_end_and_overlaps_others() -> None:
    log = [
        *changed(100, 112, *HOST),
        *changed(103, 109, *HOST),
        event("resourcePreEvent", 112, "create", *WORKER),
        *changed(112, 140, *CONTROL_PLANE),
        event("resOutputsEvent", 125, "create", *WORKER),
        *changed(141, 150, *WORKER),
    ]
    assert took(log) == [("machines", 12.0), ("control plane", 28.0), ("workers", 38.0)]


def test_nothing_is_said_of_an_operation_that_changed_nothing() -> None:
    log = [
        *(line for op in ("same", "read", "refresh") for line in changed(1, 9, *HOST, op=op)),
        json.dumps({"sequence": 9, "timestamp": 9, "summaryEvent": {"resourceChanges": {}}}),
    ]
    assert took(log) == []


def test_a_component_is_no_work_of_its_layer_since_all_begin_at_once() -> None:
    log = [*changed(1, 2, HOST[0]), *changed(50, 60, *HOST)]
    assert took(log) == [("machines", 10.0)]


def test_a_resource_that_failed_or_never_ended_counts_as_far_as_it_is_known() -> None:
    failed = [
        event("resourcePreEvent", 10, "create", *HOST),
        event("resOpFailedEvent", 40, "create", *HOST),
    ]
    assert took(failed) == [("machines", 30.0)]
    killed = [*changed(10, 20, *HOST), event("resourcePreEvent", 25, "create", *HOST), '{"seq']
    assert took(killed) == [("machines", 15.0)]


def test_what_stands_inside_of_a_layer_belongs_to_it() -> None:
    walls = ("appliance:isolation:ManagedNamespace", "kubernetes:core/v1:Namespace")
    assert layer(urn("appliance:ingress:Contour", *walls)) == "ingress"
    assert layer(urn(*walls)) == "replicated"
    manifest = ("appliance:manifest:Manifest", "kubernetes:apps/v1:DaemonSet")
    assert layer(urn("appliance:storage:RookOperator", *manifest)) == "storage"
    assert layer(urn(*manifest)) == "network"
    assert layer(urn("pulumi:pulumi:Stack")) is None
    assert layer(urn("pulumi:providers:kubernetes")) is None


def tokens() -> Iterator[str]:
    for source in SOURCES:
        yield from re.findall(r'"(appliance:[a-z]+:[A-Za-z]+)"', source.read_text())


@pytest.mark.parametrize("token", sorted(set(tokens())))
def test_every_component_of_the_appliance_has_a_layer(token: str) -> None:
    assert layer(urn(token, "command:remote:Command")) in LAYERS.values()


def test_a_phase_is_divided_when_it_ended_and_its_log_is_gone(tmp_path: Path) -> None:
    phases = Phases()
    (tmp_path / "events.log").write_text("\n".join(changed(1, 200, *HOST)))
    with timed(phases, "pulumi up", tmp_path) as (option, log):
        assert option == OPTION
        assert not Path(log).exists(), "what an earlier, killed operation left must not count"
        Path(log).write_text("\n".join(changed(100, 112, *HOST)))
    assert not Path(log).exists()
    lines = [line.strip() for line in phases.summary().splitlines()]
    assert [line.rpartition("  ")[2] for line in lines] == ["pulumi up", "machines", "all"]
    assert lines[1].startswith("12 s ")


def test_an_operation_that_failed_shows_its_layers_too(tmp_path: Path) -> None:
    phases = Phases()

    def interrupted() -> None:
        with timed(phases, "pulumi up", tmp_path) as (_, log):
            Path(log).write_text("\n".join(changed(100, 112, *HOST)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert phases.parts == {"pulumi up": [("machines", 12.0)]}


def test_an_engine_that_writes_no_log_is_no_fault(tmp_path: Path) -> None:
    phases = Phases()
    with timed(phases, "pulumi up", tmp_path):
        pass
    assert phases.parts == {}
    assert ALLOWED == {"PULUMI_DEBUG_COMMANDS": "true"}
