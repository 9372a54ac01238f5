"""Every image from the registry in the daemon pod: `nginx` → `10.100.100.101:9874/docker.io/library/nginx:latest`.

Owns references to images and the pull secret. Does not own where they stand (`image_fields.py`), nor bringing the
images into the registry. What is left of other registries' names is found by `leftovers.py`.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Path, Rewritten, is_late, later
from components.application.rewrites.image_fields import HIDDEN, image_paths
from components.manifest.body import Body, groups_at, text_at, value_at
from components.manifest.image import Image, ImageReferenceError, parse
from components.manifest.templates import pod_of

RULE: Final = "images"
PULL_SECRET: Final = "replicatedregistrykey"  # noqa: S105 - an object's name
_WHY: Final = "images come from the appliance's registry"


@dataclass(frozen=True, kw_only=True)
class ImageSettings:
    """Where images come from.

    `registry` is HOST[:PORT][/PATH]. `allowed` are registries, or parts of them down to one repository, that nodes
    reach by themselves: `quay.io`, `quay.io/organisation`. `closed` says that there is no other registry at all
    (airgap): what is left over is refused. Without a `pull_secret` none is added to pods.
    """

    registry: str
    allowed: tuple[str, ...] = ()
    pull_secret: str = PULL_SECRET
    closed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a reference becomes: `text`, the same as before where `left` says why; or `fault`, a sentence."""

    text: str = ""
    left: str = ""
    fault: str = ""


def images(body: Body, settings: ImageSettings) -> Rewritten:
    """An object with every image that it names from the registry, and its pods with the pull secret. Idempotent."""
    draft = Draft(RULE, body)
    for path, value in image_paths(body):
        if value is HIDDEN:
            _hidden(draft, path, settings)
        elif isinstance(value, dict):
            _rewrite_parts(draft, path, value, settings)
        elif is_late(value):
            change = lambda known: rewritten(known, settings)  # noqa: E731 - one word longer as a function
            draft.set(path, later(value, change), _WHY)
        elif isinstance(value, str) and value:
            _rewrite(draft, path, value, settings)
    _pull(draft, settings)
    return draft.done()


def rewritten(text: str, settings: ImageSettings) -> str:
    """The reference that a reference becomes. Raises ImageReferenceError."""
    found = target(text, settings)
    if found.fault:
        raise ImageReferenceError(found.fault)
    return found.text


@lru_cache(maxsize=4096)
def target(text: str, settings: ImageSettings) -> Target:
    """What becomes of a reference. Tag and digest are kept; what says neither means `latest`, and says so then."""
    if is_local(text, settings.registry):
        return Target(text=text, left="comes from the appliance's registry already")
    try:
        image = parse(text)
        if is_allowed(image, settings.allowed):
            return Target(
                text=text, left=f"{image.repository} is on the list of what is left alone"
            )
        moved = f"{settings.registry}/{path_of(image)}"
        parse(moved)
    except ImageReferenceError as fault:
        return Target(fault=str(fault))
    tag = f":{image.tag}" if image.tag else ""
    digest = f"@{image.digest}" if image.digest else ""
    return Target(text=f"{moved}{tag or ('' if digest else ':latest')}{digest}")


def is_local(text: str, registry: str) -> bool:
    """Whether a reference is of the appliance's registry."""
    return text.startswith(f"{registry}/")


def is_allowed(image: Image, allowed: tuple[str, ...]) -> bool:
    """Whether an image is one of those that are left alone: whole parts of the name count, not letters."""
    return any(f"{image.repository}/".startswith(f"{each.rstrip('/')}/") for each in allowed)


def path_of(image: Image) -> str:
    """Where an image lies in the registry: its registry's name is the first part of the path, so none share a name.

    A path has no colons, so a port stands behind an underscore, which no host's name holds. Raises ImageReferenceError.
    """
    if image.domain.startswith("["):
        sentence = f"'{image.repository}' has an IPv6 address for a registry, which no path can hold; give it a name"
        raise ImageReferenceError(sentence)
    return f"{image.domain.lower().replace(':', '_')}/{image.path}"


def _hidden(draft: Draft, path: Path, settings: ImageSettings) -> None:
    why = "is only known after deployment, and may name images; give the group itself, with late values at its ends"
    if settings.closed:
        draft.refuse(path, why)
    else:
        draft.leave(path, why)


def _rewrite(draft: Draft, path: Path, text: str, settings: ImageSettings) -> None:
    found = target(text, settings)
    if found.fault:
        draft.refuse(path, found.fault)
    elif found.left:
        draft.leave(path, found.left)
    else:
        draft.set(path, found.text, _WHY)
        _warn(draft, path, found.text)


def _rewrite_parts(draft: Draft, path: Path, parts: Body, settings: ImageSettings) -> None:
    """Some operators have `{repository, tag}`, or `{repository, tag, digest}`, for an image."""
    repository = parts.get("repository")
    if not isinstance(repository, str) or not repository:
        if parts:
            draft.refuse(path, "names no repository; give {repository, tag}, or the image as text")
        return
    where = (*path, "repository")
    # The tag has a key of its own, also where it is left to the operator.
    found = target(f"{repository}:tag", settings)
    if found.fault:
        draft.refuse(where, found.fault)
    elif found.left:
        draft.leave(where, found.left)
    else:
        draft.set(where, found.text.removesuffix(":tag"), _WHY)


def _warn(draft: Draft, path: Path, text: str) -> None:
    """`latest` means asking the registry at every start, which is lost work, and fails while its pod is away."""
    if path[-1] == "image" and text.endswith(":latest"):
        holder: Any = value_at(draft.body)
        for part in path[:-1]:
            holder = holder[part]
        if not holder.get("imagePullPolicy"):
            why = "with the tag latest, nodes ask the registry at every start; give a tag"
            draft.leave((*path[:-1], "imagePullPolicy"), why)


def _pull(draft: Draft, settings: ImageSettings) -> None:
    """The pull secret, for pods with an image of the registry."""
    found = pod_of(draft.body)
    if found is None or not settings.pull_secret:
        return
    path, spec = found
    where = (*path, "imagePullSecrets")
    given = spec.get("imagePullSecrets")
    if is_late(given):
        draft.leave(where, "is only known after deployment")
    elif settings.pull_secret in (text_at(one, "name") for one in groups_at(spec, where[-1])):
        return
    elif any(_is_ours(value, settings) for _, value in image_paths(draft.body)):
        secret = {"name": settings.pull_secret}
        draft.add(where, secret, "the appliance's registry may ask for a password")


def _is_ours(value: object, settings: ImageSettings) -> bool:
    if value is HIDDEN:
        return False
    return is_late(value) or (isinstance(value, str) and is_local(value, settings.registry))
