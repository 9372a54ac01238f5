"""The picture of the layers, held against the graph of a whole stack."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import pulumi
import pytest

from operate.layers import LAYERS, layer
from stacks.picture import BOXES, PICTURE, SIZE, svg
from tests.conftest import Engine, Recorded
from tests.stacks.test_appliance import build, texts
from tests.stacks.test_aws import build as in_ec2
from tests.stacks.test_cloud import small
from tests.stacks.test_isolation import everything

__all__ = ["texts"]

STACK = "pulumi:pulumi:Stack"
APPLICATION = {
    "license": {
        "file": "examples/guestbook/license.yaml",
        "publicKey": "examples/guestbook/vendor.pem",
    },
    "release": {
        "file": "examples/guestbook/release.yaml",
        "app": "guestbook",
        "lock": "examples/guestbook/lock.json",
        "config": {"hostname": "guestbook.test"},
    },
}
ROOT = Path(__file__).parents[2]
Edges = set[tuple[str, str]]


def layer_of(graph: Engine, name: str) -> str | None:
    """The layer of a resource, by the outermost component around it."""
    found: Recorded | None = graph.recorded.get(name)
    types: list[str] = []
    while found is not None and found.type != STACK:
        types.insert(0, found.type)
        found = graph.recorded.get(found.parent)
    return layer(f"urn:pulumi:test::appliance::{'$'.join(types)}::{name}")


def waits(graph: Engine) -> Edges:
    """Every pair of layers of which something in the second waits for something in the first."""
    found: Edges = set()
    for name, made in graph.recorded.items():
        own = layer_of(graph, name)
        provider = made.request.provider.rpartition("::")[0].rpartition("::")[2]
        for before in {*made.depends_on, provider}:
            other = layer_of(graph, before)
            if own and other and other != own:
                found.add((other, own))
    return found


def needed(edges: Edges) -> Edges:
    """Without those that follow from the others."""

    def reached(start: str, without: tuple[str, str]) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            here = todo.pop()
            new = {b for a, b in edges if a == here and (a, b) != without} - seen
            seen |= new
            todo += new
        return seen

    return {edge for edge in edges if edge[1] not in reached(edge[0], edge)}


# What no stack has together with a bundle: where there is no cloud, workers wait for the network alone.
CLOUD = {("control plane", "cloud"), ("cloud", "workers")}


@pytest.mark.parametrize("ingress", ["contour", "nginx"])
@pulumi.runtime.test
async def test_the_arrows_are_those_of_the_graph(
    engine: Engine,
    texts: Mapping[str, str],
    ingress: str,
) -> None:
    engine.outputs["n2-osd"] = {"stdout": '["/dev/loop32"]'}
    graph = await build(engine, texts, everything(ingress, **APPLICATION))
    drawn = {(before, box.name) for box in BOXES for before in box.after} - CLOUD
    if ingress == "nginx":
        # That stack has no bundle, and so no registry.
        drawn -= {("machines", "registry"), ("registry", "control plane")}
        drawn.add(("machines", "control plane"))
    assert needed(waits(graph)) == drawn


@pulumi.runtime.test
async def test_the_arrows_of_a_cloud_are_those_of_the_graph(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    wanted = small(replicated={"install": True}, storage={"default": "ebs"})
    graph = await in_ec2(engine, dict(texts), wanted)
    drawn = {(before, box.name) for box in BOXES for before in box.after}
    # That stack has no bundle and so no registry, and neither ingress nor application.
    drawn -= {("machines", "registry"), ("registry", "control plane"), ("workers", "ingress")}
    drawn -= {("replicated", "application"), ("ingress", "application")}
    assert needed(waits(graph)) == drawn | {("machines", "control plane")}


def test_every_layer_that_make_up_names_is_drawn() -> None:
    assert {box.name for box in BOXES} == set(LAYERS.values())


def test_the_picture_is_up_to_date_and_shown_where_readers_begin() -> None:
    assert (ROOT / PICTURE).read_text() == svg(), "run `python -m stacks.picture`"
    readme = (ROOT / "README.md").read_text()
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme)
    assert shown == [str(PICTURE), "docs/images/console.png"]
    assert all((ROOT / file).is_file() for file in shown)


def test_the_picture_is_well_formed_and_nothing_stands_outside_of_it() -> None:
    root = ET.fromstring(svg())  # noqa: S314 - our own text
    boxes = [each for each in root if each.tag.endswith("rect")]
    for box in boxes:
        right = float(box.get("x", 0)) + float(box.get("width", 0))
        below = float(box.get("y", 0)) + float(box.get("height", 0))
        assert (right <= SIZE[0], below <= SIZE[1]) == (True, True)
