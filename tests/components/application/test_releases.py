"""Small releases, each of which stresses one trap of the format: what they must come to."""

from typing import Any

import pytest

from components.application.rewrites.finding import Verdict
from tests.components.application.made import NAMESPACE, RELEASES, faults
from tests.components.application.rewritten import REGISTRY, rewritten


def test_old_versions_become_served_ones_with_everything_else_that_is_done() -> None:
    bodies = rewritten("old_versions").bodies
    assert {name: body["apiVersion"] for name, body in bodies.items()} == {
        "Deployment web": "apps/v1",
        "StatefulSet db": "apps/v1",
        "Ingress web": "networking.k8s.io/v1",
        "CronJob clean": "batch/v1",
        "PodDisruptionBudget web": "policy/v1",
        "Role web": "rbac.authorization.k8s.io/v1",
    }
    web = bodies["Deployment web"]["spec"]
    assert web["selector"] == {"matchLabels": {"app": "web"}}
    assert web["replicas"] == 1
    assert web["template"]["spec"]["containers"][0]["image"].startswith(REGISTRY)
    (path,) = bodies["Ingress web"]["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"] == {"service": {"name": "web", "port": {"number": 80}}}


def test_claims_get_the_class_unless_it_is_the_vendors_business() -> None:
    made = rewritten("claims")
    claims = {
        name: body["spec"].get("storageClassName")
        for name, body in made.bodies.items()
        if name.startswith("PersistentVolumeClaim")
    }
    assert claims == {
        "PersistentVolumeClaim cloud": "default",
        "PersistentVolumeClaim annotated": "default",
        "PersistentVolumeClaim own": "fast",
        "PersistentVolumeClaim static": "",
    }
    annotated = made.bodies["PersistentVolumeClaim annotated"]["metadata"]["annotations"]
    assert annotated == {"volume.beta.kubernetes.io/storage-class": "default"}
    db = made.bodies["StatefulSet db"]["spec"]
    templates = {
        each["metadata"]["name"]: each["spec"]["storageClassName"]
        for each in db["volumeClaimTemplates"]
    }
    assert templates == {"www": "default", "kept": "fast"}
    (scratch,) = db["template"]["spec"]["volumes"]
    assert scratch["ephemeral"]["volumeClaimTemplate"]["spec"]["storageClassName"] == "default"
    assert "spec.storageClassName" in made.why("own", Verdict.LEFT)


def pod(body: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = body["spec"]
    while "containers" not in spec:
        spec = (spec.get("jobTemplate") or spec["template"])["spec"]
    return spec


def test_images_of_all_kinds_and_places_come_from_the_registry() -> None:
    made = rewritten("images").bodies
    pods = {name: pod(body) for name, body in made.items()}
    images = {
        each["name"]: each["image"].removeprefix(f"{REGISTRY}/")
        for spec in pods.values()
        for each in (*spec.get("initContainers", ()), *spec["containers"])
    }
    digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert images == {
        "first": "docker.io/library/busybox:1.35.0",
        "web": "quay.io/shop/web:v2.4",
        "worker": "registry.replicated.com/guestbook/worker:2",
        "once": f"registry.example.com_5000/a/b@{digest}",
        "nightly": "docker.io/library/busybox:latest",
        "oldest": "docker.io/library/busybox:1.35.0",
    }
    assert {str(spec["imagePullSecrets"]) for spec in pods.values()} == {
        "[{'name': 'replicatedregistrykey'}]"
    }


def test_workloads_start_with_one_pod_unless_something_else_decides() -> None:
    made = rewritten("replicas")
    counts = {
        name: body["spec"].get("replicas")
        for name, body in made.bodies.items()
        if name.startswith("Deployment")
    }
    assert counts == {"Deployment silent": 1, "Deployment stopped": 0, "Deployment scaled": None}
    assert made.bodies["HorizontalPodAutoscaler scaled"]["apiVersion"] == "autoscaling/v2"
    assert made.why("scaled", Verdict.LEFT)["spec.replicas"] == "an autoscaler looks after it"


def test_old_shared_files_become_one_claim_with_a_check_before_anything_else() -> None:
    bodies = rewritten("shared").bodies
    web = bodies["Deployment web"]["spec"]["template"]["spec"]
    assert [each["name"] for each in web["initContainers"]][1:] == ["migrate"]
    assert web["initContainers"][0]["image"].startswith(REGISTRY)
    assert web["volumes"] == [
        {"name": "uploads", "persistentVolumeClaim": {"claimName": "rook-shared-fs"}}
    ]
    mounts = web["containers"][0]["volumeMounts"]
    assert [mount["subPath"] for mount in mounts] == ["uploads", "uploads/small"]
    claim = bodies["PersistentVolumeClaim rook-shared-fs"]
    assert claim["metadata"]["namespace"] == NAMESPACE
    assert claim["spec"]["storageClassName"] == "shared"
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]


def test_objects_that_name_the_namespace_get_the_pull_secret_like_all_others() -> None:
    bodies = rewritten("namespaces").bodies
    assert {body["metadata"]["namespace"] for body in bodies.values()} == {NAMESPACE}
    web = bodies["Deployment web"]["spec"]["template"]["spec"]
    assert web["imagePullSecrets"] == [{"name": "replicatedregistrykey"}]
    foreign = (RELEASES / "namespaces.yaml").read_text().replace(NAMESPACE, "default")
    (fault,) = faults(foreign)
    assert "line 21: Deployment/default/web stands in the namespace default" in fault


@pytest.mark.parametrize("name", sorted(file.stem for file in RELEASES.glob("*.yaml")))
def test_a_small_release_is_read_and_rewritten_without_a_refusal(name: str) -> None:
    made = rewritten(name)
    assert made.bodies
    refused = [str(line) for line in made.lines if line.finding.verdict is Verdict.REFUSED]
    assert refused == []
