"""The group quotas."""

from decimal import Decimal
from typing import Any

import pytest

from stacks.config.isolation import amount
from tests.stacks.config.given import Given


def quotas(local: Given, *namespaces: dict[str, Any]) -> Given:
    local.values["replicated"] = {"install": True}
    local.values["quotas"] = {"namespaces": list(namespaces)}
    return local


def default(local: Given, **keys: Any) -> Given:
    return quotas(local, {"name": "default", **keys})


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", 2), ("500m", Decimal("0.5")), ("1.5Gi", 3 * 2**29), ("2k", 2000), ("1G", 10**9)],
)
def test_quantities_are_read_as_kubernetes_reads_them(text: str, number: Decimal) -> None:
    assert amount(text) == number


def test_a_namespace_has_quotas_and_limits(local: Given) -> None:
    found = default(
        local,
        hard={"pods": 20, "limits.memory": "8Gi", "count/jobs.batch": "5"},
        priorities=[{"classes": ["system-cluster-critical"], "hard": {"pods": "2"}}],
        limits={"default": {"memory": "512Mi"}, "request": {"memory": "64Mi"}, "max": {"cpu": "2"}},
    ).load()
    given = found.quotas.of("default")
    assert given is not None
    assert given.hard["pods"] == "20"
    assert given.priorities[0].classes == ("system-cluster-critical",)
    assert given.limits is not None
    assert found.quotas.of("kube-system") is None


def test_a_namespace_that_nobody_manages_is_refused_with_those_that_are(local: Given) -> None:
    assert quotas(local, {"name": "kube-system"}).fault() == (
        "quotas.namespaces[0].name: kube-system is no namespace that this stack manages; those here are default"
    )


def test_without_a_layer_there_is_no_namespace_to_bound(local: Given) -> None:
    local.values["quotas"] = {"namespaces": [{"name": "default"}]}
    assert local.fault().endswith(
        "default is no namespace that this stack manages; there is none here"
    )


@pytest.mark.parametrize(
    ("groups", "managed"),
    [
        ({"storage": {"default": "hostpath"}}, "local-path-storage"),
        ({"storage": {"rook": {"loopFile": "12Gi"}}}, "rook-ceph-system, rook-ceph"),
        ({"ingress": {"provider": "contour"}}, "heptio-contour"),
        ({"ingress": {"provider": "nginx"}}, "ingress-nginx"),
        (
            {"storage": {"hostpath": {}}, "ingress": {"provider": "contour"}},
            "local-path-storage, heptio-contour",
        ),
    ],
)
def test_each_layer_brings_its_namespaces(
    local: Given, groups: dict[str, Any], managed: str
) -> None:
    local.values.update(groups)
    # Ceph needs a node to lie on.
    local.values["hosts"]["nodes"][0]["roles"] = ["control-plane", "worker", "storage"]
    local.values["quotas"] = {"namespaces": [{"name": "absent"}]}
    assert local.fault().endswith(f"those here are {managed}")
    local.values["quotas"] = {"namespaces": [{"name": each} for each in managed.split(", ")]}
    assert local.faults() == []


def test_a_namespace_stands_there_once(local: Given) -> None:
    found = quotas(local, {"name": "default"}, {"name": "default"}).fault()
    assert found == "quotas.namespaces[1].name: default stands there twice; give one"


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"hard": {"pods": "many"}}, "'many' is no quantity such as 2, 500m or 4Gi"),
        ({"hard": {"cpus": "2"}}, "'cpus' is not one of pods, cpu, memory, "),
        (
            {"priorities": [{"classes": ["high"], "hard": {"services": "2"}}]},
            "'services' is not one of pods, cpu, ",
        ),
        ({"priorities": [{"classes": [], "hard": {"pods": "2"}}]}, "is empty; name a priority"),
        ({"limits": {"max": {"pods": "2"}}}, "'pods' is not one of cpu, memory, ephemeral-storage"),
    ],
)
def test_what_the_api_server_would_refuse_is_refused(
    local: Given, keys: dict[str, Any], fault: str
) -> None:
    assert fault in default(local, **keys).fault()


def test_a_class_is_counted_once(local: Given) -> None:
    twice = [{"classes": ["high"], "hard": {"pods": "1"}}] * 2
    assert default(local, priorities=twice).fault() == (
        "quotas.namespaces[0].priorities[1].classes: high stands there twice; count it once"
    )


def test_requests_stay_below_limits_and_limits_below_the_highest(local: Given) -> None:
    limits = {"request": {"cpu": "1"}, "default": {"cpu": "900m"}, "max": {"cpu": "0.5"}}
    assert default(local, limits=limits).faults() == [
        "quotas.namespaces[0].limits.request.cpu: 1 is above default, 900m; give a smaller one",
        "quotas.namespaces[0].limits.request.cpu: 1 is above max, 0.5; give a smaller one",
        "quotas.namespaces[0].limits.default.cpu: 900m is above max, 0.5; give a smaller one",
    ]


@pytest.mark.parametrize(
    ("key", "limits", "wanted"),
    [
        ("limits.memory", {"request": {"memory": "1Mi"}}, "limits.default.memory"),
        ("requests.cpu", {}, "limits.request.cpu"),
        ("cpu", {}, "limits.request.cpu"),
    ],
)
def test_what_is_counted_has_a_value_for_pods_that_give_none(
    local: Given, key: str, limits: dict[str, Any], wanted: str
) -> None:
    found = default(local, hard={key: "2"}, limits=limits).fault()
    assert "counts what a pod may leave unsaid, and Kubernetes refuses such a pod" in found
    assert found.endswith(f"give {wanted} for those")


def test_a_limit_stands_in_for_a_request(local: Given) -> None:
    given = default(local, hard={"requests.cpu": "2"}, limits={"default": {"cpu": "1"}})
    assert given.faults() == []
