"""Workloads, old and new."""

from tests.components.application.rewrites.api_versions.old.objects import (
    CONTAINERS,
    METADATA,
    POD,
    SELECTOR,
    Body,
    old,
    plain,
)

LABELLED = {**METADATA, "labels": {"app": "x"}}
ONE = {"maxSurge": 1, "maxUnavailable": 1}
TASK = {"template": {"spec": {"restartPolicy": "Never", "containers": CONTAINERS}}}
JOB = {"schedule": "@daily", "jobTemplate": {"spec": TASK}}


def pairs() -> list[tuple[Body, Body]]:
    extensions, first, second, today = (
        "extensions/v1beta1",
        "apps/v1beta1",
        "apps/v1beta2",
        "apps/v1",
    )
    given = {"template": POD}
    selected = {"template": POD, "selector": SELECTOR}
    set_ = {"serviceName": "x", **given}
    return [
        (
            old(extensions, "Deployment", spec={**given, "rollbackTo": {"revision": 1}}),
            old(
                today, "Deployment", LABELLED, spec={**selected, "strategy": {"rollingUpdate": ONE}}
            ),
        ),
        (
            old(extensions, "DaemonSet", spec={**given, "templateGeneration": 3}),
            old(
                today,
                "DaemonSet",
                LABELLED,
                spec={**selected, "updateStrategy": {"type": "OnDelete"}},
            ),
        ),
        (
            old(extensions, "ReplicaSet", spec=given),
            old(today, "ReplicaSet", LABELLED, spec=selected),
        ),
        (old(first, "Deployment", spec=given), old(today, "Deployment", LABELLED, spec=selected)),
        (
            old(first, "StatefulSet", spec=set_),
            old(
                today,
                "StatefulSet",
                LABELLED,
                spec={**set_, "selector": SELECTOR, "updateStrategy": {"type": "OnDelete"}},
            ),
        ),
        (old(second, "Deployment", spec=selected), old(today, "Deployment", spec=selected)),
        (old(second, "DaemonSet", spec=selected), old(today, "DaemonSet", spec=selected)),
        (old(second, "ReplicaSet", spec=given), old(today, "ReplicaSet", spec=selected)),
        (
            old(second, "StatefulSet", spec={**set_, "selector": SELECTOR}),
            old(today, "StatefulSet", spec={**set_, "selector": SELECTOR}),
        ),
        plain(first, today, "ControllerRevision", revision=1, data={}),
        plain(second, today, "ControllerRevision", revision=1, data={}),
        plain("batch/v1beta1", "batch/v1", "CronJob", spec=JOB),
        plain("batch/v2alpha1", "batch/v1", "CronJob", spec=JOB),
    ]
