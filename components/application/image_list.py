"""The images that a release lists for packages without a network, against those that its pods run.

Owns the comparison and what to say of it. Does not own moving images, nor refusing a release for them.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from components.application.description import Description
from components.application.template.late import StandIns
from components.manifest.body import groups_at, text_at
from components.manifest.image import Image, ImageReferenceError, parse
from components.manifest.objects import KubernetesObject
from components.manifest.pods import images, pod

VENDORS_REGISTRY: Final = "registry.replicated.com"
_PUBLIC, _OWN = "public", "replicated"
_LATEST: Final = "latest"


def notes(
    description: Description, slug: str, objects: Sequence[KubernetesObject], stand_ins: StandIns
) -> Iterator[str]:
    """A line for each image that a package would lack, and for each that pods would ask a registry for anyway."""
    named = frozenset(_named(description, slug))
    linked = frozenset(_linked(description))
    for one in objects:
        for reference in images(one):
            found = None if stand_ins.found(reference) else _parsed(reference)
            if found is None or found.name in named or (found.path, found.tag) in linked:
                continue
            sentence = "`images` does not list: a package without a network would lack it"
            yield f"{one.place}: {one} runs {reference}, which {sentence}"
        yield from _latest(one)


def _named(description: Description, slug: str) -> Iterator[str]:
    """The full names of images whose registry is known."""
    for each in description.images:
        prefix = {_PUBLIC: "", _OWN: f"{VENDORS_REGISTRY}/{slug}/"}.get(each.source)
        tag = f":{each.tag}" if each.tag else ""
        if prefix is not None and (found := _parsed(f"{prefix}{each.name}{tag}")):
            yield found.name


def _linked(description: Description) -> Iterator[tuple[str, str]]:
    """Path and tag of images of registries that the vendor linked under a name, whose host only the vendor knows."""
    for each in description.images:
        if each.source not in (_PUBLIC, _OWN) and (found := _parsed(each.name)):
            yield found.path, each.tag


def _parsed(reference: str) -> Image | None:
    try:
        return parse(reference)
    except ImageReferenceError:
        return None


def _latest(one: KubernetesObject) -> Iterator[str]:
    for key in ("initContainers", "containers"):
        for container in groups_at(pod(one), key):
            found = _parsed(text_at(container, "image"))
            policy = text_at(container, "imagePullPolicy")
            moving = found is not None and not found.digest and found.tag in ("", _LATEST)
            if moving and policy in ("", "Always"):
                yield (
                    f"{one.place}: {one} runs {container['image']}, which is asked for at every start and not found "
                    "without a network; give a tag, or imagePullPolicy: IfNotPresent"
                )
