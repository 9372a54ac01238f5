"""The layers of an operation."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from operate import event_log
from operate.layers import LAYERS, component, home, layer, took
from tests.operate.events import CONTROL_PLANE, HOST, WORKER, changed, event, urn

SOURCES = [*Path("components").rglob("*.py"), *Path("stacks").rglob("*.py")]


def layers(log: list[str]) -> list[tuple[str, float]]:
    return took(event_log.read(log).works)


def test_a_layer_lasts_from_its_first_beginning_to_its_last_end_and_overlaps_others() -> None:
    log = [
        *changed(100, 112, *HOST),
        *changed(103, 109, *HOST, name="y"),
        event("resourcePreEvent", 112, "create", *WORKER),
        *changed(112, 140, *CONTROL_PLANE),
        event("resOutputsEvent", 125, "create", *WORKER),
        *changed(141, 150, *WORKER, name="y"),
    ]
    assert layers(log) == [("machines", 12.0), ("control plane", 28.0), ("workers", 38.0)]


def test_nothing_is_said_of_an_operation_that_changed_nothing() -> None:
    log = [
        *(line for op in ("same", "read", "refresh") for line in changed(1, 9, *HOST, op=op)),
        json.dumps({"sequence": 9, "timestamp": 9, "summaryEvent": {"resourceChanges": {}}}),
    ]
    assert layers(log) == []


def test_a_component_is_no_work_of_its_layer_since_all_begin_at_once() -> None:
    log = [*changed(1, 2, HOST[0]), *changed(50, 60, *HOST)]
    assert layers(log) == [("machines", 10.0)]


def test_a_resource_that_failed_or_never_ended_counts_as_far_as_it_is_known() -> None:
    assert layers(changed(10, 40, *HOST, failed=True)) == [("machines", 30.0)]
    killed = [
        *changed(10, 20, *HOST),
        event("resourcePreEvent", 25, "create", *HOST, name="y"),
        '{"seq',
    ]
    assert layers(killed) == [("machines", 15.0)]


def test_what_stands_inside_of_a_layer_belongs_to_it() -> None:
    walls = ("appliance:isolation:ManagedNamespace", "kubernetes:core/v1:Namespace")
    assert layer(urn("appliance:ingress:Contour", *walls)) == "ingress"
    assert layer(urn(*walls)) == "replicated"
    manifest = ("appliance:manifest:Manifest", "kubernetes:apps/v1:DaemonSet")
    assert layer(urn("appliance:storage:RookOperator", *manifest)) == "storage"
    assert layer(urn(*manifest)) == "network"
    assert layer(urn("pulumi:pulumi:Stack")) is None
    assert layer(urn("pulumi:providers:kubernetes")) is None


def test_a_component_has_a_home_although_it_is_no_work_there() -> None:
    inner = urn("appliance:ingress:Contour", "appliance:isolation:ManagedNamespace")
    assert (component(inner), layer(inner), home(inner)) == (True, None, "ingress")
    assert (component(urn(*HOST)), home(urn(*HOST))) == (False, "machines")
    assert home(urn("pulumi:providers:kubernetes")) is None
    assert component(urn("pulumi:pulumi:Stack"))


def tokens() -> Iterator[str]:
    for source in SOURCES:
        yield from re.findall(r'"(appliance:[a-z]+:[A-Za-z]+)"', source.read_text())


@pytest.mark.parametrize("token", sorted(set(tokens())))
def test_every_component_of_the_appliance_has_a_layer(token: str) -> None:
    assert layer(urn(token, "command:remote:Command")) in LAYERS.values()
