from typing import Any

import pytest

from components.application.rewrites.finding import Verdict
from components.application.rewrites.images import ImageSettings, images
from components.application.rewrites.leftovers import leftovers
from tests.components.application.rewrites.objects import made, of

REGISTRY = "10.100.100.101:9874"
OPEN = ImageSettings(registry=REGISTRY, allowed=("allowed.test",))
CLOSED = ImageSettings(registry=REGISTRY, allowed=("allowed.test",), closed=True)


def container(**fields: Any) -> dict[str, Any]:
    return made("v1", "Pod", spec={"containers": [{"name": "a", "image": "a:1", **fields}]})


FOUND: list[tuple[dict[str, Any], str]] = [
    (container(args=["--sidecar=quay.io/a/b:1"]), "spec.containers[0].args[0]"),
    (container(args=["--image", "busybox:1"]), "spec.containers[0].args[1]"),
    (container(args=["--shell-image=busybox:1"]), "spec.containers[0].args[0]"),
    (
        container(env=[{"name": "SIDECAR_IMAGE", "value": "busybox:1"}]),
        "spec.containers[0].env[0].value",
    ),
    (
        made("v1", "ConfigMap", data={"run.sh": "docker run allowed.test/a:1 quay.io/a/b:1\n"}),
        "data['run.sh']",
    ),
    (made("example.test/v1", "Thing", spec={"deep": [{"image": "busybox"}]}), "spec.deep[0].image"),
    (made("example.test/v1", "Thing", spec={"proxyImage": "busybox:1"}), "spec.proxyImage"),
    (made("v1", "ConfigMap", data={"x": f"a.test/b@sha256:{'ab' * 32}"}), "data.x"),
    (
        made("v1", "ConfigMap", metadata={"annotations": {"proxyImage": "istio/proxy:1"}}),
        "metadata.annotations.proxyImage",
    ),
]


@pytest.mark.parametrize(("body", "path"), FOUND, ids=[path for _, path in FOUND])
def test_what_is_left_of_other_registries_is_found_and_refused_without_internet(
    body: dict[str, Any], path: str
) -> None:
    body = images(body, OPEN).body
    assert list(of(leftovers(body, CLOSED), Verdict.REFUSED)) == [path]
    assert list(of(leftovers(body, OPEN), Verdict.LEFT)) == [path]
    assert leftovers(body, CLOSED).body is body


@pytest.mark.parametrize(
    "text",
    [
        "https://example.test/path:80",
        "http://example.test/a:1@x",
        "example.test/path",
        "/var/lib/example.test/a:1",
        "user@example.test:path",
        "10.0.0.1/24",
        "2024-01-01T00:00:00Z",
        f"{REGISTRY}/docker.io/library/a:1",
        "allowed.test/a/b:1",
        "a/b:c",
        "${HOST}/a:1",
    ],
)
def test_what_is_no_image_of_another_registry_passes(text: str) -> None:
    body = made("v1", "ConfigMap", data={"x": text, "y": f"before {text} behind"})
    assert not leftovers(body, CLOSED).findings


def test_words_about_images_in_a_definition_pass_and_its_defaults_do_not() -> None:
    field = {"description": "such as quay.io/a/b:1", "default": "quay.io/a/b:2"}
    body = made("apiextensions.k8s.io/v1", "CustomResourceDefinition", spec={"a": field})
    assert list(of(leftovers(body, CLOSED), Verdict.REFUSED)) == ["spec.a.default"]


def test_what_a_secret_holds_is_not_shown() -> None:
    body = made("v1", "Secret", stringData={"x": "password quay.io/a/b:hidden"})
    (found,) = leftovers(body, CLOSED).findings
    assert found.verdict is Verdict.REFUSED
    assert "hidden" not in str(found)
    assert found.where == "stringData"
