from typing import Any

import pytest

from components.application.rewrites.finding import Verdict
from components.application.rewrites.replicas import autoscaled, replicas
from tests.components.application.rewrites.objects import changes, in_every_kind, made, name, of

SCALED = ("ReplicationController", "Deployment", "ReplicaSet", "StatefulSet")


def scaler(version: str, target: dict[str, Any], kind: str = "HorizontalPodAutoscaler") -> Any:
    return made(version, kind, spec={"scaleTargetRef": target})


@pytest.mark.parametrize("body", in_every_kind({}), ids=name)
def test_workloads_that_can_be_scaled_start_with_one_pod(body: dict[str, Any]) -> None:
    found = replicas(body, frozenset())
    expected = {"spec.replicas": (None, 1)} if body["kind"] in SCALED else {}
    assert changes(found) == expected
    assert replicas(found.body, frozenset()).body == found.body


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_number_that_is_given_stays(number: int) -> None:
    body = made("apps/v1", "Deployment", spec={"replicas": number})
    assert not replicas(body, frozenset()).findings


@pytest.mark.parametrize(
    "owner",
    [
        scaler("autoscaling/v2", {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}),
        scaler("autoscaling/v1", {"kind": "Deployment", "name": "x"}),
        scaler(
            "autoscaling/v2beta1",
            {"apiVersion": "extensions/v1beta1", "kind": "Deployment", "name": "x"},
        ),
        scaler("keda.sh/v1alpha1", {"name": "x"}, "ScaledObject"),
    ],
    ids=name,
)
def test_what_an_autoscaler_owns_is_left_alone(owner: dict[str, Any]) -> None:
    body = made("apps/v1", "Deployment", spec={})
    found = replicas(body, frozenset(autoscaled([owner, body])))
    assert found.body == body
    assert list(of(found, Verdict.LEFT)) == ["spec.replicas"]


def test_an_autoscaler_of_another_namespace_or_kind_owns_nothing_here() -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}
    other = scaler("autoscaling/v2", target)
    other["metadata"]["namespace"] = "other"
    set_ = scaler("autoscaling/v2", {**target, "kind": "StatefulSet"})
    body = made("apps/v1", "Deployment", spec={})
    assert changes(replicas(body, frozenset(autoscaled([other, set_]))))
