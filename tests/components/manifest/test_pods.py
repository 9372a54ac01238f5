from typing import Any

import pytest
import yaml

from components.manifest import pods
from components.manifest.objects import KubernetesObject, read

SPEC = {
    "initContainers": [{"name": "a", "image": "init:1"}],
    "containers": [
        {"name": "b", "image": "main:1"},
        {"name": "c", "image": "side:1"},
        {"name": "d", "image": "main:1"},
    ],
    "ephemeralContainers": [{"name": "e", "image": "debug:1"}],
    "volumes": [{"name": "v", "image": {"reference": "files:1"}}, {"name": "w", "emptyDir": {}}],
}
IMAGES = ("init:1", "main:1", "side:1", "debug:1", "files:1")


def made(api_version: str, kind: str, **body: Any) -> KubernetesObject:
    document = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, **body}
    (one,) = read(yaml.safe_dump(document), "f").objects
    return one


def template(spec: Any) -> dict[str, Any]:
    return {"template": {"spec": spec}}


def every_kind() -> list[KubernetesObject]:
    return [
        made("v1", "Pod", spec=SPEC),
        made("v1", "PodTemplate", template={"spec": SPEC}),
        made("v1", "ReplicationController", spec=template(SPEC)),
        *(
            made("apps/v1", kind, spec=template(SPEC))
            for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
        ),
        made("extensions/v1beta1", "Deployment", spec=template(SPEC)),
        made("batch/v1", "Job", spec=template(SPEC)),
        made("batch/v1", "CronJob", spec={"jobTemplate": {"spec": template(SPEC)}}),
    ]


@pytest.mark.parametrize("one", every_kind(), ids=lambda one: f"{one.api_version} {one.kind}")
def test_images_are_found_in_every_kind_that_holds_pods(one: KubernetesObject) -> None:
    assert pods.images(one) == IMAGES


@pytest.mark.parametrize("one", every_kind(), ids=lambda one: f"{one.api_version} {one.kind}")
def test_every_image_is_changed_and_nothing_else(one: KubernetesObject) -> None:
    before = yaml.safe_dump(one.body)
    changed = pods.with_images(one, lambda reference: f"registry.test/{reference}")
    assert pods.images(changed) == tuple(f"registry.test/{image}" for image in IMAGES)
    assert yaml.safe_dump(one.body) == before
    assert yaml.safe_dump(changed.body).replace("registry.test/", "") == before


def test_a_field_called_image_elsewhere_is_no_image() -> None:
    assert pods.images(made("v1", "ConfigMap", data={"image": "x"})) == ()
    assert pods.images(made("example.com/v1", "Deployment", spec=template(SPEC))) == ()


@pytest.mark.parametrize(
    "spec", [None, "x", [], {"containers": "x"}, {"containers": [1, {"image": 2}]}]
)
def test_what_the_api_server_would_refuse_is_passed_over(spec: Any) -> None:
    one = made("apps/v1", "Deployment", spec=template(spec))
    assert pods.images(one) == ()
    assert pods.with_images(one, str.upper).body == one.body
    list(pods.needs(one))


def needed(spec: dict[str, Any]) -> set[str]:
    return {
        f"{kind}/{name}" for _, kind, _, name in pods.needs(made("v1", "Pod", spec=spec)) if name
    }


def test_pods_need_what_they_name() -> None:
    spec = {
        "serviceAccountName": "account",
        "priorityClassName": "priority",
        "runtimeClassName": "runtime",
        "imagePullSecrets": [{"name": "pull"}],
        "initContainers": [{"envFrom": [{"configMapRef": {"name": "all"}}]}],
        "containers": [
            {
                "env": [
                    {"name": "a", "valueFrom": {"secretKeyRef": {"name": "key", "key": "k"}}},
                    {"name": "b", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                    {"name": "c", "value": "x"},
                ]
            }
        ],
        "volumes": [
            {"configMap": {"name": "files"}},
            {"secret": {"secretName": "certificate"}},
            {
                "projected": {
                    "sources": [{"secret": {"name": "part"}}, {"configMap": {"name": "other"}}]
                }
            },
        ],
    }
    assert needed(spec) == {
        *("ServiceAccount/account", "PriorityClass/priority", "RuntimeClass/runtime"),
        *("Secret/pull", "Secret/key", "Secret/certificate", "Secret/part"),
        *("ConfigMap/all", "ConfigMap/files", "ConfigMap/other"),
    }


def test_what_is_optional_is_not_needed_and_claims_are_not_waited_for() -> None:
    spec = {
        "containers": [
            {
                "envFrom": [{"secretRef": {"name": "a", "optional": True}}],
                "env": [{"valueFrom": {"configMapKeyRef": {"name": "b", "optional": True}}}],
            }
        ],
        "volumes": [
            {"configMap": {"name": "c", "optional": True}},
            {"persistentVolumeClaim": {"claimName": "d"}},
        ],
    }
    assert needed(spec) == {"ServiceAccount/default"}
