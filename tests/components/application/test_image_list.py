import pytest

from tests.components.application.made import HEAD, reading

IMAGES = """images:
- {source: public, name: busybox, tag: "1.35"}
- {source: replicated, name: web, tag: "2"}
- {source: quay, name: team/worker, tag: "3"}
"""


def notes(image: str, more: str = "") -> list[str]:
    found = reading(
        f"{HEAD}{IMAGES}---\n# kind: scheduler-kubernetes\napiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\n"
        f"spec: {{containers: [{{name: a, image: '{image}'{more}}}]}}\n"
    )
    assert found.release is not None, found.faults
    return list(found.release.notes)


@pytest.mark.parametrize(
    "image",
    [
        "busybox:1.35",
        "docker.io/library/busybox:1.35",
        "registry.replicated.com/guestbook/web:2",
        "quay.io/team/worker:3",
    ],
)
def test_an_image_that_is_listed_needs_no_word(image: str) -> None:
    assert notes(image) == []


@pytest.mark.parametrize(
    "image", ["busybox:1.36", "registry.replicated.com/other/web:2", "quay.io/team/worker:4"]
)
def test_an_image_that_a_package_would_lack_is_named(image: str) -> None:
    (found,) = notes(image)
    assert f"Pod/replicated-guestbook/a runs {image}, which `images` does not list" in found


def test_an_image_that_is_asked_for_at_every_start_is_named() -> None:
    assert any("asked for at every start" in each for each in notes("busybox"))
    assert not any("every start" in each for each in notes("busybox", ", imagePullPolicy: Never"))
