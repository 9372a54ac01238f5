"""What the pods of objects name: images, and the objects that they cannot start without.

Owns what built-in kinds that hold pods name. Does not own where pods stand in them (`templates.py`).
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from components.manifest.body import Body, groups_at, text_at, value_at
from components.manifest.objects import Identity, KubernetesObject
from components.manifest.templates import CONTAINERS, pod_path

# What a volume, a variable or a list of variables is filled from.
_SOURCES: Final = (("configMap", "ConfigMap"), ("secret", "Secret"))


def pod(one: KubernetesObject) -> Body | None:
    """The specification of the pods that an object makes; None if it makes none."""
    place = pod_path(one.group, one.kind)
    found = value_at(one.body, *place) if place else None
    return found if isinstance(found, dict) else None


def images(one: KubernetesObject) -> tuple[str, ...]:
    """The references to images in an object's pods, as they are written, each once."""
    return tuple(dict.fromkeys(holder[key] for holder, key in _images(one)))


def with_images(one: KubernetesObject, change: Callable[[str], str]) -> KubernetesObject:
    """The object with every image of its pods changed."""
    changed = replace(one, body=copy.deepcopy(one.body))
    for holder, key in _images(changed):
        holder[key] = change(holder[key])
    return changed


def account(one: KubernetesObject) -> Identity | None:
    """The service account that an object's pods act as."""
    spec = pod(one)
    if spec is None:
        return None
    name = text_at(spec, "serviceAccountName") or text_at(spec, "serviceAccount") or "default"
    return "", "ServiceAccount", one.namespace, name


def needs(one: KubernetesObject) -> Iterator[Identity]:
    """The objects that the pods of an object name and do not start without; claims are not among them.

    A claim can be waiting for the first pod that uses it, so a pod never waits for its claims.
    """
    spec = pod(one)
    acting = account(one)
    if spec is None or acting is None:
        return
    yield acting
    yield "scheduling.k8s.io", "PriorityClass", "", text_at(spec, "priorityClassName")
    yield "node.k8s.io", "RuntimeClass", "", text_at(spec, "runtimeClassName")
    for kind, name in chain(_of_volumes(spec), _of_containers(spec), _of_pulls(spec)):
        yield "", kind, one.namespace, name


def _containers(spec: Body | None) -> Iterator[Body]:
    for key in CONTAINERS:
        yield from groups_at(spec, key)


def _images(one: KubernetesObject) -> Iterator[tuple[Body, str]]:
    """Every group that holds a reference to an image, and its key."""
    spec = pod(one)
    volumes = (value_at(volume, "image") for volume in groups_at(spec, "volumes"))
    holders = ((container, "image") for container in _containers(spec))
    for holder, key in chain(holders, ((volume, "reference") for volume in volumes)):
        if isinstance(holder, dict) and text_at(holder, key):
            yield holder, key


def _of_volumes(spec: Body) -> Iterator[tuple[str, str]]:
    for volume in groups_at(spec, "volumes"):
        for source in (volume, *groups_at(volume, "projected", "sources")):
            for key, kind in _SOURCES:
                if not value_at(source, key, "optional"):
                    # Alone among all, the volume of a Secret calls its name secretName.
                    yield kind, text_at(source, key, "secretName") or text_at(source, key, "name")


def _of_containers(spec: Body) -> Iterator[tuple[str, str]]:
    for container in _containers(spec):
        variables = (value_at(variable, "valueFrom") for variable in groups_at(container, "env"))
        sources = ((source, "Ref") for source in groups_at(container, "envFrom"))
        for source, ending in chain(sources, ((source, "KeyRef") for source in variables)):
            for key, kind in _SOURCES:
                if not value_at(source, f"{key}{ending}", "optional"):
                    yield kind, text_at(source, f"{key}{ending}", "name")


def _of_pulls(spec: Body) -> Iterator[tuple[str, str]]:
    for secret in groups_at(spec, "imagePullSecrets"):
        yield "Secret", text_at(secret, "name")
