"""From the group quotas to what bounds each namespace of the graph."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components.isolation.bounds import Bounds, Limits, Quota
from stacks.config import Configuration, isolation
from stacks.isolation import bounds
from tests.conftest import Engine
from tests.stacks.test_appliance import build, configuration, texts

__all__ = ["texts"]

GIVEN = configuration(
    replicated={"install": True},
    quotas={
        "namespaces": [
            {
                "name": "default",
                "hard": {"pods": 20},
                "priorities": [{"classes": ["high", "higher"], "hard": {"pods": "2"}}],
                "limits": {"default": {"cpu": "1"}, "request": {"cpu": "10m"}, "max": {"cpu": "2"}},
            }
        ]
    },
)


def test_a_namespace_is_bounded_as_configured() -> None:
    assert bounds(GIVEN, "default") == Bounds(
        quotas=(
            Quota(name="all", hard={"pods": "20"}),
            Quota(name="priority-high", hard={"pods": "2"}, priority_classes=("high", "higher")),
        ),
        limits=Limits(default={"cpu": "1"}, default_request={"cpu": "10m"}, maximum={"cpu": "2"}),
    )


def test_a_namespace_of_which_nothing_is_said_is_not_bounded() -> None:
    assert bounds(GIVEN, "rook-ceph") == Bounds()


def everything(ingress: str, *bounded: str, **more: Any) -> Configuration:
    """A stack with every layer but the application, these namespaces bounded."""
    nodes = [
        {"name": "n1", "roles": ["control-plane", "worker"]},
        {"name": "n2", "roles": ["worker", "storage"]},
    ]
    each = {"hard": {"pods": "30"}, "limits": {"max": {"memory": "8Gi"}}}
    groups: dict[str, Any] = {
        "hosts": {"provider": "local", "nodes": nodes},
        "storage": {"default": "hostpath", "rook": {"loopFile": "12Gi"}},
        "ingress": {"provider": ingress},
        "replicated": {"install": True},
        "quotas": {"namespaces": [{"name": name, **each} for name in bounded]},
        **more,
    }
    if ingress == "nginx":
        # No bundle holds its image.
        groups["airgap"] = {}
        groups["storage"]["rook"]["version"] = "1.12.11"
    return configuration(**groups)


def namespaces(graph: Engine, kind: str) -> list[str]:
    """The namespaces that have objects of a kind."""
    found = (made for made in graph.recorded.values() if made.type.endswith(f":{kind}"))
    return sorted(made.inputs["metadata"]["namespace"] for made in found)


@pytest.mark.parametrize("ingress", ["contour", "nginx"])
@pulumi.runtime.test
async def test_every_namespace_that_the_stack_manages_can_be_bounded_and_no_other(
    engine: Engine,
    texts: Mapping[str, str],
    ingress: str,
) -> None:
    managed = (
        *(*isolation.OF_HOST_PATH, *isolation.OF_ROOK),
        *(*isolation.OF_INGRESS[ingress], *isolation.OF_REPLICATED),
    )
    engine.outputs["n2-osd"] = {"stdout": '["/dev/loop32"]'}
    graph = await build(engine, texts, everything(ingress, *managed))
    assert namespaces(graph, "ResourceQuota") == sorted(managed)
    assert namespaces(graph, "LimitRange") == sorted(managed)
    walls = [made for name, made in graph.recorded.items() if name.endswith("default-deny")]
    assert sorted(made.inputs["metadata"]["namespace"] for made in walls) == sorted(managed)
