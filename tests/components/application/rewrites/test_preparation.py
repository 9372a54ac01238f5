import yaml

from components.application.rewrites.composition import RewriteSettings
from components.application.rewrites.images import ImageSettings
from components.application.rewrites.preparation import Preparation, prepare
from components.application.rewrites.shared_filesystem import SharedFilesystemSettings
from components.manifest.objects import read
from tests.components.application.rewrites.objects import made, template

FLEX = {"name": "f", "flexVolume": {"driver": "ceph.rook.io/rook", "fsType": "ceph"}}
SETTINGS = RewriteSettings(
    images=ImageSettings(registry="r.test:1", closed=True),
    shared_filesystem=SharedFilesystemSettings(storage_class="shared", image="check:1"),
    autoscaled=frozenset(),
)


def prepared(*bodies: object, settings: RewriteSettings = SETTINGS) -> Preparation:
    reading = read(yaml.safe_dump_all(bodies), "app.yaml", namespace="app")
    assert not reading.faults
    return prepare(reading.objects, settings)


def test_objects_are_of_served_versions_before_they_are_made() -> None:
    found = prepared(made("batch/v1beta1", "CronJob", spec={}))
    assert [one.api_version for one in found.objects] == ["batch/v1"]
    assert [row["rule"] for row in found.report.rows()] == ["API version"]


def test_the_claim_of_the_shared_filesystem_is_added_once_for_a_namespace() -> None:
    pod = {"containers": [{"name": "a", "image": "a:1"}], "volumes": [FLEX]}
    found = prepared(
        made("apps/v1", "Deployment", spec=template(pod)),
        made("apps/v1", "DaemonSet", spec=template(pod)),
        made(
            "apps/v1", "StatefulSet", metadata={"name": "x", "namespace": "b"}, spec=template(pod)
        ),
    )
    claims = [str(one) for one in found.objects if one.kind == "PersistentVolumeClaim"]
    assert claims == [
        "PersistentVolumeClaim/app/rook-shared-fs",
        "PersistentVolumeClaim/b/rook-shared-fs",
    ]
    assert [row["object"] for row in found.report.rows()] == claims


def test_autoscalers_of_old_versions_own_their_workloads_too() -> None:
    target = {"apiVersion": "extensions/v1beta1", "kind": "Deployment", "name": "x"}
    scaler = made("autoscaling/v2beta2", "HorizontalPodAutoscaler", spec={"scaleTargetRef": target})
    found = prepared(scaler)
    assert found.settings.autoscaled == frozenset({("apps", "Deployment", "app", "x")})


def test_everything_that_will_be_refused_is_a_fault_with_its_place() -> None:
    bad = {"containers": [{"name": "a", "image": "A"}]}
    policy = made("policy/v1beta1", "PodSecurityPolicy", spec={})
    found = prepared(policy, made("v1", "Pod", spec=bad))
    assert [(fault.place.document, fault.place.line) for fault in found.faults] == [(1, 1), (2, 7)]
    assert "no PodSecurityPolicy since 1.25" in found.faults[0].text
    assert "spec.containers[0].image" in found.faults[1].text
