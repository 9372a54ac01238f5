"""Definitions of custom resources, old and new."""

from tests.components.application.rewrites.api_versions.old.objects import (
    Body,
    old,
)

NAMES = {"plural": "things", "kind": "Thing"}


def pairs() -> list[tuple[Body, Body]]:
    keep = {"x-kubernetes-preserve-unknown-fields": True}
    name = {"name": "things.example.test"}
    common = {"group": "example.test", "names": NAMES}
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"a": {"type": "string"}}}},
    }
    kept = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"a": {"type": "string"}}, **keep}},
        **keep,
    }
    column = {"name": "A", "type": "string"}
    client = {"service": {"name": "x", "namespace": "app"}}
    version = {"name": "v1", "served": True, "storage": True}
    before, today, kind = (
        "apiextensions.k8s.io/v1beta1",
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
    )
    return [
        (
            old(before, kind, name, spec={**common, "version": "v1"}),
            old(
                today,
                kind,
                name,
                spec={
                    **common,
                    "scope": "Namespaced",
                    "versions": [
                        {**version, "schema": {"openAPIV3Schema": {"type": "object", **keep}}}
                    ],
                },
            ),
        ),
        (
            old(
                before,
                kind,
                name,
                spec={
                    **common,
                    "scope": "Cluster",
                    "version": "v1",
                    "versions": [version],
                    "validation": {"openAPIV3Schema": schema},
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": [{**column, "JSONPath": ".spec.a"}],
                    "conversion": {"strategy": "Webhook", "webhookClientConfig": client},
                },
            ),
            old(
                today,
                kind,
                name,
                spec={
                    **common,
                    "scope": "Cluster",
                    "versions": [
                        {
                            **version,
                            "schema": {"openAPIV3Schema": kept},
                            "subresources": {"status": {}},
                            "additionalPrinterColumns": [{**column, "jsonPath": ".spec.a"}],
                        }
                    ],
                    "conversion": {
                        "strategy": "Webhook",
                        "webhook": {
                            "clientConfig": client,
                            "conversionReviewVersions": ["v1beta1"],
                        },
                    },
                },
            ),
        ),
        (
            old(
                before,
                kind,
                name,
                spec={
                    **common,
                    "scope": "Cluster",
                    "preserveUnknownFields": False,
                    "versions": [{**version, "schema": {"openAPIV3Schema": schema}}],
                },
            ),
            old(
                today,
                kind,
                name,
                spec={
                    **common,
                    "scope": "Cluster",
                    "versions": [{**version, "schema": {"openAPIV3Schema": schema}}],
                },
            ),
        ),
    ]
