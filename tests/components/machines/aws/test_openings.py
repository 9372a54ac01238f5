"""Openings follow from the layers: each layer brings its own, and none of another."""

from dataclasses import replace

import pytest

from components.machines.aws.openings import Group, Layers, Opening, openings
from tests.components.machines.aws.made import LAYERS

BARE = Layers(
    operators=("203.0.113.0/24",),
    carrier="vxlan",
    encrypted=False,
    registry=False,
    bastion=False,
    internet=True,
)


def named(layers: Layers) -> dict[str, list[Opening]]:
    found: dict[str, list[Opening]] = {}
    for each in openings(layers):
        found.setdefault(each.name, []).append(each)
    return found


def into(layers: Layers, group: Group) -> set[tuple[str, int, int, str]]:
    """What a group lets in: protocol, ports, from whom."""
    return {
        (each.protocol, *(each.ports or (-1, -1)), peer(each))
        for each in openings(layers)
        if each.group is group and not each.out
    }


def peer(opening: Opening) -> str:
    return opening.peer.value if isinstance(opening.peer, Group) else opening.peer


def test_a_bare_cluster_opens_what_kubernetes_and_ssh_need_and_nothing_else() -> None:
    assert into(BARE, Group.NODES) == {
        ("tcp", 22, 22, "203.0.113.0/24"),
        ("tcp", 10250, 10250, "control-planes"),
        ("udp", 8472, 8472, "nodes"),
        ("icmp", 3, 4, "nodes"),
        ("icmp", 3, 4, "203.0.113.0/24"),
    }
    assert into(BARE, Group.CONTROL_PLANES) == {
        ("tcp", 6443, 6443, "balancer"),
        ("tcp", 6443, 6443, "nodes"),
        ("tcp", 2379, 2380, "control-planes"),
    }
    assert into(BARE, Group.BALANCER) == {("tcp", 6443, 6443, "203.0.113.0/24")}


@pytest.mark.parametrize(
    ("layer", "names"),
    [
        ({"registry": True}, {"registry"}),
        ({"carrier": "weave"}, {"weave", "weave-data"}),
        ({"carrier": "weave", "encrypted": True}, {"weave", "weave-data", "weave-esp"}),
        ({"carrier": "other"}, {"pod-network"}),
        ({"ingress_ports": (80, 443), "clients": ("0.0.0.0/0",)}, {"ingress-80", "ingress-443"}),
        ({"console": 30880}, {"console"}),
        ({"bastion": True}, {"ssh-bastion", "bastion-out"}),
    ],
)
def test_a_layer_brings_its_own_openings(layer: dict[str, object], names: set[str]) -> None:
    assert set(named(replace(BARE, **layer))) - set(named(BARE)) == names  # type: ignore[arg-type]


def test_behind_a_bastion_ssh_comes_from_there_only() -> None:
    ssh = {each for each in into(LAYERS, Group.NODES) if each[1] == 22}
    assert ssh == {("tcp", 22, 22, "bastion")}
    out = [each for each in openings(LAYERS) if each.group is Group.BASTION and each.out]
    assert [(each.protocol, each.ports, peer(each)) for each in out] == [("tcp", (22, 22), "nodes")]


def test_nobody_but_control_planes_and_their_own_reaches_etcd() -> None:
    reached = [each for each in openings(LAYERS) if each.ports == (2379, 2380)]
    assert [peer(each) for each in reached] == ["control-planes"]


def test_only_ingress_is_open_to_everybody() -> None:
    world = {each.name for each in openings(LAYERS) if each.peer == "0.0.0.0/0" and not each.out}
    assert world == {"ingress-80", "ingress-443", "path-size"}


def test_nodes_without_a_way_out_send_to_each_other_only() -> None:
    (out,) = named(replace(LAYERS, internet=False))["out"]
    assert peer(out) == "nodes"


def test_each_network_of_operators_has_openings_of_its_own() -> None:
    two = replace(BARE, operators=("203.0.113.0/24", "198.51.100.0/24"))
    assert [peer(each) for each in named(two)["api"]] == ["203.0.113.0/24", "198.51.100.0/24"]
