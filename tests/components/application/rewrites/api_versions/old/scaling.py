"""Autoscalers and budgets, old and new."""

from tests.components.application.rewrites.api_versions.old.objects import (
    SELECTOR,
    TARGET,
    Body,
    old,
)


def pairs() -> list[tuple[Body, Body]]:
    kind, selector = "HorizontalPodAutoscaler", {"matchLabels": {"a": "b"}}
    ref = {"apiVersion": "extensions/v1beta1", "kind": "Deployment", "name": "x"}
    thing = {"apiVersion": "v1", "kind": "Service", "name": "x"}
    before = [
        {"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": 80}},
        {"type": "Resource", "resource": {"name": "memory", "targetAverageValue": "1Gi"}},
        {
            "type": "ContainerResource",
            "containerResource": {"name": "cpu", "container": "a", "targetAverageUtilization": 50},
        },
        {
            "type": "Pods",
            "pods": {"metricName": "m", "selector": selector, "targetAverageValue": "1k"},
        },
        {"type": "Object", "object": {"target": thing, "metricName": "m", "targetValue": "10"}},
        {
            "type": "Object",
            "object": {
                "target": thing,
                "metricName": "m",
                "targetValue": "10",
                "averageValue": "2",
            },
        },
        {
            "type": "External",
            "external": {"metricName": "m", "metricSelector": selector, "targetValue": "5"},
        },
        {"type": "External", "external": {"metricName": "m", "targetAverageValue": "5"}},
    ]
    after = [
        {
            "type": "Resource",
            "resource": {
                "name": "cpu",
                "target": {"type": "Utilization", "averageUtilization": 80},
            },
        },
        {
            "type": "Resource",
            "resource": {
                "name": "memory",
                "target": {"type": "AverageValue", "averageValue": "1Gi"},
            },
        },
        {
            "type": "ContainerResource",
            "containerResource": {
                "name": "cpu",
                "container": "a",
                "target": {"type": "Utilization", "averageUtilization": 50},
            },
        },
        {
            "type": "Pods",
            "pods": {
                "metric": {"name": "m", "selector": selector},
                "target": {"type": "AverageValue", "averageValue": "1k"},
            },
        },
        {
            "type": "Object",
            "object": {
                "describedObject": thing,
                "metric": {"name": "m"},
                "target": {"type": "Value", "value": "10"},
            },
        },
        {
            "type": "Object",
            "object": {
                "describedObject": thing,
                "metric": {"name": "m"},
                "target": {"type": "AverageValue", "averageValue": "2"},
            },
        },
        {
            "type": "External",
            "external": {
                "metric": {"name": "m", "selector": selector},
                "target": {"type": "Value", "value": "5"},
            },
        },
        {
            "type": "External",
            "external": {
                "metric": {"name": "m"},
                "target": {"type": "AverageValue", "averageValue": "5"},
            },
        },
    ]
    most = {"maxReplicas": 3}
    return [
        (
            old(
                "autoscaling/v2beta1", kind, spec={"scaleTargetRef": ref, **most, "metrics": before}
            ),
            old("autoscaling/v2", kind, spec={"scaleTargetRef": TARGET, **most, "metrics": after}),
        ),
        (
            old(
                "autoscaling/v2beta2",
                kind,
                spec={"scaleTargetRef": TARGET, **most, "metrics": after},
            ),
            old("autoscaling/v2", kind, spec={"scaleTargetRef": TARGET, **most, "metrics": after}),
        ),
        (
            old("autoscaling/v1", kind, spec={"scaleTargetRef": ref, **most}),
            old("autoscaling/v1", kind, spec={"scaleTargetRef": TARGET, **most}),
        ),
        (
            old(
                "policy/v1beta1",
                "PodDisruptionBudget",
                spec={"minAvailable": 1, "selector": SELECTOR},
            ),
            old("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "selector": SELECTOR}),
        ),
    ]
