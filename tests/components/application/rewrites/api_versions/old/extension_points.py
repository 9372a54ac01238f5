"""Webhooks, policies and API services, old and new."""

from tests.components.application.rewrites.api_versions.old.objects import (
    RULE,
    Body,
    old,
    plain,
)

HOOK = {
    "name": "a.example.test",
    "clientConfig": {"url": "https://example.test"},
    "rules": [RULE],
    "sideEffects": "None",
}


def pairs() -> list[tuple[Body, Body]]:
    group = "admissionregistration.k8s.io"
    after = {
        **HOOK,
        "failurePolicy": "Ignore",
        "matchPolicy": "Exact",
        "timeoutSeconds": 30,
        "admissionReviewVersions": ["v1beta1"],
    }
    service = {
        "group": "example.test",
        "version": "v1",
        "groupPriorityMinimum": 100,
        "versionPriority": 10,
    }
    policy = {
        "validations": [{"expression": "true"}],
        "matchConstraints": {"resourceRules": [RULE]},
    }
    return [
        *(
            (
                old(f"{group}/v1beta1", kind, webhooks=[HOOK]),
                old(f"{group}/v1", kind, webhooks=[after]),
            )
            for kind in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
        ),
        plain(f"{group}/v1beta1", f"{group}/v1", "ValidatingAdmissionPolicy", spec=policy),
        plain(
            f"{group}/v1beta1",
            f"{group}/v1",
            "ValidatingAdmissionPolicyBinding",
            spec={"policyName": "x", "validationActions": ["Deny"]},
        ),
        (
            old(
                "apiregistration.k8s.io/v1beta1",
                "APIService",
                {"name": "v1.example.test"},
                spec=service,
            ),
            old(
                "apiregistration.k8s.io/v1", "APIService", {"name": "v1.example.test"}, spec=service
            ),
        ),
    ]
