from collections import Counter
from copy import deepcopy
from typing import Any

import pytest

from components.application.rewrites.api_versions.rule import (
    CONVERSIONS,
    REFUSALS,
    api_versions,
)
from components.application.rewrites.finding import Verdict
from components.manifest import kinds
from tests.components.application.rewrites.api_versions.old.extension_points import HOOK
from tests.components.application.rewrites.api_versions.old.objects import POD, SELECTOR, old
from tests.components.application.rewrites.api_versions.old_objects import PAIRS
from tests.components.application.rewrites.objects import changes, name, of

Body = dict[str, Any]


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=[name(before) for before, _ in PAIRS])
def test_an_object_of_a_version_that_is_gone_becomes_one_that_means_the_same(
    before: Body, after: Body
) -> None:
    given = deepcopy(before)
    found = api_versions(before)
    assert found.body == after
    assert not of(found, Verdict.REFUSED)
    assert changes(found)
    assert before == given
    assert not api_versions(found.body).findings


def test_every_conversion_has_an_example() -> None:
    assert set(CONVERSIONS) <= {(each["apiVersion"], each["kind"]) for each, _ in PAIRS}


def test_every_converted_object_is_of_a_kind_and_has_fields_that_kubernetes_has() -> None:
    for _, after in PAIRS:
        assert after["kind"] in kinds.known_kinds(after["apiVersion"]), name(after)
        assert set(after) <= set(kinds.fields(after["apiVersion"], after["kind"])), name(after)


def test_no_kind_is_both_converted_and_refused() -> None:
    assert not set(CONVERSIONS) & set(REFUSALS)


@pytest.mark.parametrize("kind", REFUSALS, ids=" ".join)
def test_what_has_no_one_answer_is_refused_with_a_reason(kind: tuple[str, str]) -> None:
    found = api_versions(old(*kind))
    assert list(of(found, Verdict.REFUSED)) == ["kind"]
    assert found.body["apiVersion"] == kind[0]


def test_an_unknown_kind_of_a_version_that_is_gone_is_refused() -> None:
    assert list(of(api_versions(old("extensions/v1beta1", "Thing")), Verdict.REFUSED)) == [
        "apiVersion"
    ]


@pytest.mark.parametrize("version", ["apps/v1", "v1", "example.test/v1beta1", "batch/v1"])
def test_versions_that_are_served_pass(version: str) -> None:
    assert not api_versions(old(version, "Deployment", spec={})).findings


WITHOUT_LABELS: Body = {"template": {"spec": {}}}
FAULTS: list[tuple[Body, str]] = [
    (old("extensions/v1beta1", "Deployment", spec=WITHOUT_LABELS), "spec.selector"),
    (
        old(
            "apps/v1beta2",
            "Deployment",
            spec={"template": POD, "selector": {"matchLabels": {"app": "y"}}},
        ),
        "spec.selector",
    ),
    (
        old(
            "apps/v1beta2",
            "DaemonSet",
            spec={
                "template": POD,
                "selector": {
                    "matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["x"]}]
                },
            },
        ),
        "spec.selector",
    ),
    (
        old("networking.k8s.io/v1beta1", "Ingress", spec={"backend": {"serviceName": "x"}}),
        "spec.backend",
    ),
    (
        old(
            "extensions/v1beta1",
            "Ingress",
            spec={"rules": [{"http": {"paths": [{"path": "/"}]}}]},
        ),
        "spec.rules[0].http.paths[0].backend",
    ),
    (
        old(
            "admissionregistration.k8s.io/v1beta1",
            "MutatingWebhookConfiguration",
            webhooks=[{**HOOK, "sideEffects": "Unknown"}],
        ),
        "webhooks[0].sideEffects",
    ),
    (
        old(
            "autoscaling/v2beta1",
            "HorizontalPodAutoscaler",
            spec={"metrics": [{"type": "Pods", "pods": {"metricName": "m"}}]},
        ),
        "spec.metrics[0].pods",
    ),
    (
        old("autoscaling/v2beta1", "HorizontalPodAutoscaler", spec={"metrics": [{"type": "Pod"}]}),
        "spec.metrics[0]",
    ),
    (
        old("certificates.k8s.io/v1beta1", "CertificateSigningRequest", spec={"usages": ["any"]}),
        "spec.signerName",
    ),
    (
        old(
            "apiextensions.k8s.io/v1beta1",
            "CustomResourceDefinition",
            spec={
                "group": "example.test",
                "version": "v1",
                "validation": {
                    "openAPIV3Schema": {"type": "object", "properties": {"a": {"description": "x"}}}
                },
            },
        ),
        "spec.validation.openAPIV3Schema.properties.a",
    ),
    (
        old(
            "apiextensions.k8s.io/v1beta1",
            "CustomResourceDefinition",
            spec={"group": "apps.k8s.io", "version": "v1"},
        ),
        "metadata.annotations",
    ),
    (old("node.k8s.io/v1alpha1", "RuntimeClass", spec={}), "spec.runtimeHandler"),
    (
        old("discovery.k8s.io/v1beta1", "EndpointSlice", endpoints=[{"topology": {"own": "x"}}]),
        "endpoints[0].topology",
    ),
]


@pytest.mark.parametrize(
    ("body", "path"), FAULTS, ids=[f"{name(body)} {path}" for body, path in FAULTS]
)
def test_an_object_that_cannot_be_converted_is_refused_where_it_is_at_fault(
    body: Body, path: str
) -> None:
    assert path in of(api_versions(body), Verdict.REFUSED)


def test_a_fault_is_named_once() -> None:
    body = old("extensions/v1beta1", "DaemonSet", spec=WITHOUT_LABELS)
    found = [each for each in api_versions(body).findings if each.verdict is Verdict.REFUSED]
    assert len(found) == 1


def test_webhooks_of_one_name_are_refused() -> None:
    body = old(
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingWebhookConfiguration",
        webhooks=[HOOK, HOOK],
    )
    refused = Counter(of(api_versions(body), Verdict.REFUSED).values())
    assert sum(refused.values()) == 2


@pytest.mark.parametrize("selector", [{}, {"matchLabels": {}}, {"matchExpressions": []}])
def test_an_empty_selector_of_a_budget_still_means_no_pod(selector: Body) -> None:
    spec = {"selector": selector, "minAvailable": 1}
    body = old("policy/v1beta1", "PodDisruptionBudget", spec=spec)
    assert api_versions(body).body["spec"] == {"minAvailable": 1}


def test_the_strategy_that_is_given_stays() -> None:
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0}}
    body = old("extensions/v1beta1", "Deployment", spec={"template": POD, "strategy": rolling})
    after = api_versions(body).body["spec"]
    assert after["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
    }
    assert after["selector"] == SELECTOR
    recreate = old(
        "extensions/v1beta1", "Deployment", spec={"template": POD, "strategy": {"type": "Recreate"}}
    )
    assert api_versions(recreate).body["spec"]["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize(
    ("port", "after"), [("80", {"number": 80}), (80, {"number": 80}), ("web", {"name": "web"})]
)
def test_a_port_in_quotes_is_still_a_number(port: object, after: Body) -> None:
    spec = {"backend": {"serviceName": "x", "servicePort": port}}
    found = api_versions(old("extensions/v1beta1", "Ingress", spec=spec)).body["spec"]
    assert found == {"defaultBackend": {"service": {"name": "x", "port": after}}}
