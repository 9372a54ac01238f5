from components.application.image_needs import image_needs
from components.application.rewrites.images import ImageSettings
from components.application.template.late import StandIns
from components.manifest.objects import KubernetesObject
from components.manifest.place import Place

SETTINGS = ImageSettings(registry="10.96.0.11:9874")
DIGEST = "sha256:" + "a" * 64


def pod(*images: str) -> KubernetesObject:
    containers = [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "n"},
        "spec": {"containers": containers},
    }
    return KubernetesObject(place=Place(file="release.yaml", document=2, line=3), body=body)


def names(*images: str) -> list[str]:
    stand_ins = StandIns.of("", str)
    return [each.name for each in image_needs([pod(*images)], stand_ins, SETTINGS)]


def test_an_image_has_the_name_that_it_has_in_the_registry() -> None:
    assert names("nginx", "quay.io/a/b:1") == [
        "docker.io/library/nginx:latest",
        "quay.io/a/b:1",
    ]


def test_the_port_of_a_registry_stands_behind_an_underscore() -> None:
    assert names("registry.example.com:5000/a:1") == ["registry.example.com_5000/a:1"]


def test_a_digest_is_kept() -> None:
    assert names(f"quay.io/a/b:1@{DIGEST}") == [f"quay.io/a/b:1@{DIGEST}"]


def test_each_is_needed_once_and_those_that_are_there_already_are_not() -> None:
    assert names("nginx", "docker.io/nginx:latest", "10.96.0.11:9874/x:1") == [
        "docker.io/library/nginx:latest"
    ]


def test_what_is_known_only_after_deployment_is_not_asked_for() -> None:
    stand_ins = StandIns.of("", str)
    # Any value will do: what matters is that a word stands for it.
    stand_ins.values.append(None)  # type: ignore[arg-type]
    assert image_needs([pod(f"{stand_ins.word(0)}/a:1")], stand_ins, SETTINGS) == ()
