"""Where each resource stands."""

from collections import Counter

import pytest

from operate.graph.groups import groups
from operate.graph.state import read
from review.graph import Graph, Resource
from tests.operate.graph.given import (
    HOST,
    MACHINES,
    MEMBER,
    PLANE,
    PREPARE,
    PROVIDER,
    STACK,
    big,
    entry,
    exported,
    small,
)


@pytest.mark.parametrize("state", [small(), big()], ids=["small", "big"])
def test_every_resource_of_a_state_stands_in_one_place(state: str) -> None:
    graph = read(state, "dev")
    stands: Counter[str] = Counter()
    for found in groups(graph).values():
        for group in found:
            stands.update(each.urn for each in group.resources)
            stands.update([group.component.urn] if group.component else [])
    assert stands == Counter(list(graph.resources))


def test_layers_stand_in_their_order_and_what_belongs_to_none_last() -> None:
    assert list(groups(read(small(), "dev"))) == [
        "machines",
        "control plane",
        "network",
        "application",
        "other",
    ]


def test_resources_stand_below_their_component_and_providers_below_the_stack() -> None:
    found = groups(read(small(), "dev"))
    (plane,) = found["control plane"]
    assert plane.component is not None
    assert (plane.component.urn, plane.depth) == (PLANE, 0)
    assert [each.urn for each in plane.resources] == [PREPARE, MEMBER]
    (other,) = found["other"]
    assert other.component is not None
    assert (other.component.urn, [each.urn for each in other.resources]) == (STACK, [PROVIDER])


def test_a_component_in_another_stands_deeper_and_in_the_same_layer() -> None:
    outer = entry("appliance:ingress:Contour", "contour")
    walls = "appliance:ingress:Contour$appliance:isolation:ManagedNamespace"
    inner = entry(walls, "walls", parent=outer["urn"])
    child = entry(f"{walls}$kubernetes:core/v1:Namespace", "space", parent=inner["urn"])
    found = groups(read(exported([outer, inner, child]), "dev"))
    assert [(each.depth, len(each.resources)) for each in found["ingress"]] == [(0, 0), (1, 1)]


def test_a_recorded_graph_without_a_stack_is_drawn_too() -> None:
    alone = Resource(
        urn=PROVIDER, type="pulumi:providers:command", name="default_1_2_1", custom=True
    )
    (group,) = groups(Graph(stack="x", resources={PROVIDER: alone}))["other"]
    assert (group.component, group.resources) == (None, (alone,))


def test_a_part_of_a_resource_stands_beside_it() -> None:
    host = entry("appliance:machines:LocalMachines$command:remote:Command", "n1-host")
    part = {**host, "urn": f"{HOST}-part", "parent": HOST}
    machines = entry("appliance:machines:LocalMachines", "machines")
    host["parent"] = MACHINES
    (group,) = groups(read(exported([machines, host, part]), "dev"))["machines"]
    assert [each.urn for each in group.resources] == [HOST, f"{HOST}-part"]
