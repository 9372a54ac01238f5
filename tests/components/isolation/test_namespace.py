from dataclasses import replace
from typing import Any

import pulumi

from components.isolation.bounds import Bounds, Limits, Quota
from components.isolation.namespace import Admits, ManagedNamespace, NamespaceArgs
from tests.conftest import Engine

ARGS = NamespaceArgs(
    name="shop",
    level="restricted",
    policies=True,
    admits=(
        Admits(name="web", pods={"app": "web"}, ports=(8080,), from_namespaces=("heptio-contour",)),
        Admits(name="api", ports=("https",), from_blocks=("10.0.0.0/8",)),
        Admits(name="metrics", ports=(9090,)),
    ),
    bounds=Bounds(
        quotas=(
            Quota(name="all", hard={"pods": "20"}),
            Quota(name="critical", hard={"pods": "2"}, priority_classes=("high", "higher")),
        ),
        limits=Limits(default={"memory": "256Mi"}, maximum={"cpu": "2"}),
    ),
)


async def made(args: NamespaceArgs = ARGS) -> ManagedNamespace:
    namespace = ManagedNamespace("shop", args)
    for resource in namespace.ready:
        assert isinstance(resource, pulumi.CustomResource)
        await resource.id.future()
    return namespace


def spec(engine: Engine, name: str) -> Any:
    return engine[name].inputs["spec"]


@pulumi.runtime.test
async def test_pods_of_the_namespace_reach_each_other_and_nobody_else_reaches_them(
    engine: Engine,
) -> None:
    await made()
    assert spec(engine, "shop-default-deny") == {
        "podSelector": {},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [{"podSelector": {}}]}],
    }


@pulumi.runtime.test
async def test_an_exception_names_its_pods_its_ports_and_its_callers(engine: Engine) -> None:
    await made()
    web = spec(engine, "shop-web")
    assert web["podSelector"] == {"matchLabels": {"app": "web"}}
    caller = {"matchLabels": {"kubernetes.io/metadata.name": "heptio-contour"}}
    assert web["ingress"] == [
        {
            "from": [{"namespaceSelector": caller}],
            "ports": [{"port": 8080, "protocol": "TCP"}],
        }
    ]
    api = spec(engine, "shop-api")
    assert api["podSelector"] == {}
    assert api["ingress"][0]["from"] == [{"ipBlock": {"cidr": "10.0.0.0/8"}}]


@pulumi.runtime.test
async def test_an_exception_without_callers_admits_everybody_to_its_ports(engine: Engine) -> None:
    await made()
    assert spec(engine, "shop-metrics")["ingress"] == [
        {"ports": [{"port": 9090, "protocol": "TCP"}]}
    ]


@pulumi.runtime.test
async def test_no_policy_is_made_that_the_network_would_not_enforce(engine: Engine) -> None:
    await made(replace(ARGS, policies=False))
    kinds = {found.type for found in engine.recorded.values()}
    assert not any(kind.endswith(":NetworkPolicy") for kind in kinds)
    assert any(kind.endswith(":ResourceQuota") for kind in kinds)


@pulumi.runtime.test
async def test_a_quota_counts_all_pods_or_those_of_its_priority_classes(engine: Engine) -> None:
    await made()
    assert spec(engine, "shop-quota-all") == {"hard": {"pods": "20"}}
    (term,) = spec(engine, "shop-quota-critical")["scopeSelector"]["matchExpressions"]
    assert term == {"scopeName": "PriorityClass", "operator": "In", "values": ["high", "higher"]}


@pulumi.runtime.test
async def test_limits_hold_for_each_container_and_say_only_what_was_given(engine: Engine) -> None:
    await made()
    assert spec(engine, "shop-limits")["limits"] == [
        {"type": "Container", "default": {"memory": "256Mi"}, "max": {"cpu": "2"}}
    ]


@pulumi.runtime.test
async def test_pods_of_a_lower_security_level_are_refused(engine: Engine) -> None:
    await made()
    labels = engine["shop-namespace"].inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pulumi.runtime.test
async def test_walls_stand_in_a_namespace_that_is_there_and_one_of_kubernetes_is_not_made(
    engine: Engine,
) -> None:
    await made(replace(ARGS, name="default", exists=True))
    assert engine["shop-namespace"].type == "kubernetes:core/v1:NamespacePatch"
    for name in ("default-deny", "web", "quota-all", "limits"):
        assert engine[f"shop-{name}"].depends_on == {"shop-namespace"}
        assert engine[f"shop-{name}"].inputs["metadata"]["namespace"] == "default"
