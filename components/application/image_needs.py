"""Which images a release needs from the registry in the daemon's pod, by the names that they have there.

Owns the list. Does not own the rewrite that makes pods ask for them (rewrites/images.py), nor how they get there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from components.application.rewrites.image_fields import image_paths
from components.application.rewrites.images import ImageSettings, target
from components.application.template.late import StandIns
from components.manifest.objects import KubernetesObject


@dataclass(frozen=True, kw_only=True)
class ImageNeed:
    """An image: `name` is PATH:TAG in the registry, `reference` where it comes from, `one` the first to name it."""

    name: str
    reference: str
    one: KubernetesObject


def image_needs(
    objects: Iterable[KubernetesObject], stand_ins: StandIns, settings: ImageSettings
) -> tuple[ImageNeed, ...]:
    """What the objects name, each once, in their order; without what is left alone or known only after deployment."""
    found: dict[str, ImageNeed] = {}
    for one in objects:
        for reference in _references(one):
            moved = None if stand_ins.found(reference) else target(reference, settings)
            if moved is None or moved.left or moved.fault:
                continue
            name = moved.text.removeprefix(f"{settings.registry}/")
            found.setdefault(name, ImageNeed(name=name, reference=reference, one=one))
    return tuple(found.values())


def _references(one: KubernetesObject) -> Iterator[str]:
    """Texts, and what operators have in parts."""
    for _, value in image_paths(one.body):
        if isinstance(value, str) and value:
            yield value
        elif isinstance(value, dict) and value.get("repository"):
            tag, digest = value.get("tag"), value.get("digest")
            yield f"{value['repository']}{f':{tag}' if tag else ''}{f'@{digest}' if digest else ''}"
