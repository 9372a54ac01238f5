"""Where the specifications of pods stand in objects.

Owns the built-in kinds that hold pods. Does not own what a pod names (`pods.py`), nor custom resources: what they make
of their fields only their controllers know.
"""

from collections.abc import Mapping
from typing import Final

from components.manifest.body import Body

_TEMPLATE: Final = ("spec", "template", "spec")
_PODS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "Pod"): ("spec",),
    ("", "PodTemplate"): ("template", "spec"),
    ("", "ReplicationController"): _TEMPLATE,
    **{
        (group, kind): _TEMPLATE
        for group in ("apps", "extensions")
        for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
    },
    ("batch", "Job"): _TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", *_TEMPLATE),
}
CONTAINERS: Final = ("initContainers", "containers", "ephemeralContainers")


def group_and_kind(body: Body) -> tuple[str, str]:
    """What the API server tells kinds apart by; ("", "") for what is none."""
    version, kind = body.get("apiVersion"), body.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str):
        return "", ""
    return version.rpartition("/")[0], kind


def pod_path(group: str, kind: str) -> tuple[str, ...] | None:
    """The way to the specification of the pods that objects of a kind make; None if they make none."""
    return _PODS.get((group, kind))


def pod_of(body: Body) -> tuple[tuple[str, ...], Body] | None:
    """The way to the pods' specification in an object, and the specification; None if there is none."""
    path = pod_path(*group_and_kind(body))
    if path is None:
        return None
    found: object = body
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    return (path, found) if isinstance(found, dict) else None
