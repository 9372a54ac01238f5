from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from pulumi_kubernetes.apps.v1 import DeploymentSpecArgs
from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from components.application.rewrites.composition import RewriteSettings
from components.application.rewrites.images import ImageSettings
from components.application.rewrites.replicas import Workload
from components.application.rewrites.report import Report
from components.application.rewrites.storage_class import StorageClassSettings
from components.application.rewrites.transformation import RewriteError, transformation
from components.manifest.manifest import Manifest, ManifestArgs
from components.manifest.objects import read
from tests.conftest import Engine

REGISTRY = "10.0.0.9:9874"
AFTER = f"{REGISTRY}/docker.io/library/nginx:1"


def settings(*, closed: bool = True) -> RewriteSettings:
    owned: frozenset[Workload] = frozenset()
    return RewriteSettings(
        images=ImageSettings(registry=REGISTRY, closed=closed),
        storage_class=StorageClassSettings(name="default"),
        autoscaled=owned,
    )


class Application(pulumi.ComponentResource):
    def __init__(self, report: Report, *, closed: bool = True) -> None:
        rewrite = transformation(settings(closed=closed), report)
        opts = pulumi.ResourceOptions(transformations=[rewrite])
        super().__init__("test:Application", "application", None, opts)
        self.inside = pulumi.ResourceOptions(parent=self)


def deployment(app: Application, spec: Any) -> kubernetes.apps.v1.Deployment:
    return kubernetes.apps.v1.Deployment(
        "child", metadata={"name": "x", "namespace": "app"}, spec=spec, opts=app.inside
    )


LABELS = {"my_app.io/snake_case": "x"}
CAMEL = {
    "selector": {"matchLabels": LABELS},
    "template": {
        "metadata": {"labels": LABELS},
        "spec": {
            "containers": [{"name": "a", "image": "nginx:1"}],
            "initContainers": [{"name": "b", "image": "nginx:1"}],
        },
    },
}
SNAKE = {
    "selector": {"match_labels": LABELS},
    "template": {
        "metadata": {"labels": LABELS},
        "spec": {
            "containers": [{"name": "a", "image": "nginx:1"}],
            "init_containers": [{"name": "b", "image": "nginx:1"}],
        },
    },
}


def typed() -> DeploymentSpecArgs:
    return DeploymentSpecArgs(
        selector=LabelSelectorArgs(match_labels=LABELS),
        template=PodTemplateSpecArgs(
            metadata=ObjectMetaArgs(labels=LABELS),
            spec=PodSpecArgs(
                containers=[ContainerArgs(name="a", image="nginx:1")],
                init_containers=[ContainerArgs(name="b", image="nginx:1")],
            ),
        ),
    )


@pytest.mark.parametrize("form", ["camel", "snake", "typed"])
@pulumi.runtime.test
async def test_all_three_ways_to_write_an_object_are_rewritten_alike(
    engine: Engine, form: str
) -> None:
    report = Report()
    spec = {"camel": CAMEL, "snake": SNAKE, "typed": typed()}[form]
    await deployment(Application(report), spec).id.future()
    sent = engine["child"].inputs["spec"]
    assert sent == {
        "replicas": 1,
        "selector": {"matchLabels": LABELS},
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {
                "containers": [{"name": "a", "image": AFTER}],
                "initContainers": [{"name": "b", "image": AFTER}],
                "imagePullSecrets": [{"name": "replicatedregistrykey"}],
            },
        },
    }
    assert {line.object for line in report.lines} == {"Deployment/app/x"}
    assert len(report.lines) == 4


def pod(image: Any, **rest: Any) -> dict[str, Any]:
    return {**CAMEL, "template": {"spec": {"containers": [{"name": "a", "image": image, **rest}]}}}


@pulumi.runtime.test
async def test_an_image_that_is_known_later_is_rewritten_then_and_stays_secret(
    engine: Engine,
) -> None:
    report = Report()
    made = deployment(Application(report), pod(pulumi.Output.secret("nginx:1")))
    await made.id.future()
    (container,) = engine["child"].inputs["spec"]["template"]["spec"]["containers"]
    assert container["image"] == AFTER
    assert engine["child"].is_secret("spec")
    assert any(row["new"] == "(known after deployment)" for row in report.rows())


@pulumi.runtime.test
async def test_late_values_elsewhere_pass_untouched(engine: Engine) -> None:
    late = pulumi.Output.from_input("value")
    await deployment(
        Application(Report()), pod("nginx:1", env=[{"name": "A", "value": late}])
    ).id.future()
    (container,) = engine["child"].inputs["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [{"name": "A", "value": "value"}]


@pytest.mark.parametrize("depth", ["spec", "containers", "container"])
@pulumi.runtime.test
async def test_a_late_group_that_may_name_images_is_refused_without_internet(
    engine: Engine, depth: str
) -> None:
    del engine
    containers: Any = [{"name": "a", "image": "nginx:1"}]
    late: Any = {
        "spec": pulumi.Output.from_input(CAMEL),
        "containers": {
            **CAMEL,
            "template": {"spec": {"containers": pulumi.Output.from_input(containers)}},
        },
        "container": {
            **CAMEL,
            "template": {"spec": {"containers": [pulumi.Output.from_input(containers[0])]}},
        },
    }
    with pytest.raises(RewriteError, match="only known after deployment"):
        deployment(Application(Report()), late[depth])
    report = Report()
    open_ = transformation(settings(closed=False), report)
    given = pulumi.ResourceTransformationArgs(
        resource=Application(Report()),
        type_="kubernetes:apps/v1:Deployment",
        name="child",
        props={"spec": late[depth]},
        opts=pulumi.ResourceOptions(),
    )
    open_(given)
    assert any(row["verdict"] == "left alone" for row in report.rows())


@pulumi.runtime.test
async def test_custom_resources_keep_their_spelling(engine: Engine) -> None:
    made = kubernetes.apiextensions.CustomResource(
        "child",
        api_version="postgresql.cnpg.io/v1",
        kind="Cluster",
        metadata={"name": "x"},
        spec={"imageName": "nginx:1", "some_key": {"another_key": 1}},
        opts=Application(Report()).inside,
    )
    await made.id.future()
    assert engine["child"].inputs["spec"] == {
        "imageName": AFTER,
        "some_key": {"another_key": 1.0},
    }


TEXT = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, annotations: {a_b: c}}
spec: {accessModes: [ReadWriteOnce]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: plain}
data: {snake_case: a, camelCase: b}
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: db}
spec: {imageName: nginx:1}
"""


@pulumi.runtime.test
async def test_the_objects_of_a_manifest_are_rewritten_below_their_component(
    engine: Engine,
) -> None:
    reading = read(TEXT, "app.yaml", namespace="app")
    assert not reading.faults
    app = Application(Report())
    manifest = Manifest("m", ManifestArgs(objects=reading.objects), app.inside)
    for made in manifest.resources.values():
        await made.id.future()
    claim = engine["m/PersistentVolumeClaim/app/data"].inputs
    assert claim["spec"]["storageClassName"] == "default"
    assert claim["metadata"]["annotations"] == {"a_b": "c"}
    assert engine["m/ConfigMap/app/plain"].inputs["data"] == {"snake_case": "a", "camelCase": "b"}
    assert engine["m/Cluster/db"].inputs["spec"]["imageName"] == AFTER


@pulumi.runtime.test
async def test_what_is_refused_ends_the_program_with_every_reason(engine: Engine) -> None:
    del engine
    with pytest.raises(RewriteError) as caught:
        deployment(Application(Report()), pod("A", args=["--image=quay.io/a/b:1"]))
    first, second = str(caught.value).splitlines()
    assert "Deployment/app/x spec.template.spec.containers[0].image" in first
    assert "leftovers" in second


@pulumi.runtime.test
async def test_a_version_cannot_be_converted_once_it_is_a_resources_type(engine: Engine) -> None:
    del engine
    with pytest.raises(RewriteError, match="convert it before it is made"):
        kubernetes.batch.v1beta1.CronJob(
            "child", metadata={"name": "x"}, opts=Application(Report()).inside
        )


@pulumi.runtime.test
async def test_objects_that_nobody_can_look_into_are_refused(engine: Engine) -> None:
    del engine
    with pytest.raises(RewriteError, match="out of reach"):
        kubernetes.helm.v3.Release("child", chart="x", opts=Application(Report()).inside)


@pulumi.runtime.test
async def test_what_is_no_object_passes(engine: Engine) -> None:
    inside = Application(Report()).inside
    thing = pulumi.CustomResource("test:index:Thing", "thing", {"image": "nginx"}, inside)
    provider = kubernetes.Provider("provider", opts=inside)
    for made in (thing, provider):
        await made.id.future()
    assert engine["thing"].inputs == {"image": "nginx"}
