"""The manifest that a stack brings along as its pod network.

Owns reading the file, and what it must have to be a network here: DaemonSets, and images that the lock names. Does not
own the objects (`components/manifest`).
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from bundle.lock import Lock
from components.manifest.body import groups_at
from components.manifest.image import ImageReferenceError, parse
from components.manifest.objects import KubernetesObject, Reading, read
from components.manifest.pods import images as images_of
from components.manifest.pods import pod, with_images
from stacks.config import Configuration, ConfigurationError

DAEMON_SET = ("apps", "DaemonSet")
_KEY = "network.manifest"


def objects(configuration: Configuration) -> tuple[KubernetesObject, ...]:
    """The objects of the file. Raises ConfigurationError with everything that is wrong with it."""
    if found := tuple(_faults(configuration)):
        file = f"Pulumi.{configuration.stack}.yaml"
        raise ConfigurationError("\n".join(f"{file}: {fault}" for fault in found))
    return _reading(configuration).objects


def pinned(configuration: Configuration, lock: Lock) -> tuple[KubernetesObject, ...]:
    """The objects with their images by the digests that the lock names; without a bundle as they are written.

    Raises ConfigurationError.
    """
    if not configuration.bundled:
        return objects(configuration)
    return tuple(
        with_images(one, lambda reference: lock.image(parse(reference).name))
        for one in objects(configuration)
    )


def images(configuration: Configuration) -> tuple[str, ...]:
    """The full names of the images that the file's pods run. Raises ConfigurationError."""
    return tuple(sorted({name for one in objects(configuration) for name in _images(one).values()}))


def faults(configuration: Configuration, lock: Lock) -> Iterator[str]:
    """Everything that keeps the file from being the network of this stack."""
    found = tuple(_faults(configuration))
    yield from found
    if found or not configuration.bundled:
        return
    missing: dict[str, KubernetesObject] = {}
    for one in _reading(configuration).objects:
        for reference, name in _images(one).items():
            digest = parse(reference).digest
            if lock.missing((name,)):
                missing.setdefault(name, one)
            elif digest and digest != lock.item(name).digest:
                yield (
                    f"{_KEY}: {one.place}: {one} asks for {reference}, and {lock.path} has "
                    f"{lock.item(name).digest}; leave the digest out, or lock that image"
                )
    if missing:
        listed = ", ".join(f"{name} ({one.place})" for name, one in missing.items())
        yield (
            f"{_KEY}: the lock {lock.path} lacks {listed}; add a recipe for each to bundle/recipes.py and run "
            "python -m bundle lock"
        )


def warnings(configuration: Configuration) -> Iterator[str]:
    """A line for each DaemonSet that says nothing about when it works."""
    for one in objects(configuration):
        containers = groups_at(pod(one), "containers")
        probed = any("readinessProbe" in container for container in containers)
        if one.identity[:2] == DAEMON_SET and not probed:
            place = f"Pulumi.{configuration.stack}.yaml: {_KEY}: {one.place}"
            yield (
                f"{place}: {one} has no readinessProbe, so it counts as ready as soon as it has started once, whether "
                "it works or not"
            )


def _faults(configuration: Configuration) -> Iterator[str]:
    """What is wrong with the file by itself."""
    try:
        reading = _reading(configuration)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        yield f"{_KEY}: {configuration.network.manifest} cannot be read: {reason}"
        return
    for fault in reading.faults:
        yield f"{_KEY}: {fault}"
    for one in reading.objects:
        for reference in images_of(one):
            try:
                parse(reference)
            except ImageReferenceError as error:
                yield f"{_KEY}: {one.place}: {one}: {error}"
    if not reading.faults and not _daemon_sets(reading):
        yield (
            f"{_KEY}: {configuration.network.manifest} has no DaemonSet; a network runs on every node, and its "
            "DaemonSets say when it is ready"
        )


def _daemon_sets(reading: Reading) -> list[KubernetesObject]:
    return [one for one in reading.objects if one.identity[:2] == DAEMON_SET]


def _images(one: KubernetesObject) -> Mapping[str, str]:
    """The references of an object as they are written → the full names that they stand for."""
    return {reference: parse(reference).name for reference in images_of(one)}


def _reading(configuration: Configuration) -> Reading:
    file = configuration.network.manifest
    if file is None:
        raise AssertionError("the model gives every network of this provider a file")
    return _read(file.read_text(encoding="utf-8"), str(file))


# Asked for its images and its objects several times in a run, and the manifest of a large network is a megabyte.
@lru_cache(maxsize=1)
def _read(text: str, file: str) -> Reading:
    return read(text, file)
