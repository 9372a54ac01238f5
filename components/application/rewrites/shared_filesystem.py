"""Old Ceph flexVolumes as claims: `ceph.rook.io/rook` volumes of the shared filesystem, which no kubelet mounts today.

Owns such volumes, the claim that stands for the filesystem, and the check that it is mounted before anything starts.
Does not own the filesystem and its class.
"""

import shlex
from dataclasses import dataclass
from posixpath import normpath
from typing import Any, Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Path, Rewritten, is_late
from components.application.rewrites.storage_class import OPT_OUT
from components.manifest.body import Body, numbered_at, text_at, value_at
from components.manifest.templates import CONTAINERS, pod_of

RULE: Final = "shared filesystem"
DRIVER: Final = "ceph.rook.io/rook"
CHECK: Final = "replicated-shared-filesystem"
_MOUNTS: Final = "/shared"
_NAME: Final = "rook-shared-fs"
_CLUSTER: Final = "rook-ceph"


@dataclass(frozen=True, kw_only=True)
class SharedFilesystemSettings:
    """What becomes of the shared filesystem: the claim `claim` of `storage_class`, with room for `size`.

    `image` needs a shell and grep. `types` are the kinds of filesystem, as /proc/mounts has them, that the class
    mounts; what else stands at the mount's place is the node's own disk, and the pod must not write there.
    """

    storage_class: str
    image: str
    claim: str = _NAME
    size: str = "10Gi"
    types: tuple[str, ...] = ("ceph", "fuse.ceph", "fuse.ceph-fuse")


def shared_filesystem(body: Body, settings: SharedFilesystemSettings) -> Rewritten:
    """An object with claims for such volumes, a first init container that checks them, and the claim beside it."""
    draft = Draft(RULE, body)
    found = pod_of(body)
    if found is None:
        return draft.done()
    path, spec = found
    names: list[str] = []
    for index, volume in numbered_at(spec, "volumes"):
        if _is_old(volume) and (
            name := _replace(draft, (*path, "volumes", index), volume, settings)
        ):
            names.append(name)
            _enter(draft, path, spec, name, _inside(volume))
    if names:
        check = _check(names, settings)
        draft.insert(
            (*path, "initContainers"), 0, check, "nothing may start, and write, without the mount"
        )
        made = claim(settings, text_at(body, "metadata", "namespace"))
        draft.need(made, "old flexVolumes of the shared filesystem are mounts of this claim")
    return draft.done()


def volumes(body: Body) -> tuple[str, ...]:
    """The names of such volumes in an object's pods."""
    found = pod_of(body)
    named = numbered_at(found[1], "volumes") if found else ()
    return tuple(text_at(volume, "name") for _, volume in named if _is_old(volume))


def _is_old(volume: Body) -> bool:
    return text_at(volume, "flexVolume", "driver") == DRIVER


def claim(settings: SharedFilesystemSettings, namespace: str = "") -> Body:
    """The claim that stands for the filesystem in a namespace; no other rule may give it another class."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": settings.claim,
            **({"namespace": namespace} if namespace else {}),
            "annotations": {OPT_OUT: "true"},
        },
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "storageClassName": settings.storage_class,
            "resources": {"requests": {"storage": settings.size}},
        },
    }


def _replace(draft: Draft, where: Path, volume: Body, settings: SharedFilesystemSettings) -> str:
    """The volume as a claim; its name, or "" if it cannot be one."""
    flex = volume["flexVolume"]
    options = value_at(flex, "options")
    at = (*where, "flexVolume")
    if reason := _reason(flex, options):
        draft.refuse(at, reason)
        return ""
    source: dict[str, Any] = {"claimName": settings.claim}
    if flex.get("readOnly"):
        source["readOnly"] = True
    why = "no kubelet mounts flexVolumes of Ceph; the claim is of the same filesystem"
    draft.rename(at, "persistentVolumeClaim", source, why)
    return text_at(volume, "name")


def _reason(flex: Body, options: object) -> str:
    """Why such a volume cannot be a claim of the shared filesystem; "" if it can."""
    if is_late(options) or any(
        is_late(value_at(options, key)) for key in ("fsName", "clusterNamespace", "path")
    ):
        return "its options are only known after deployment"
    if text_at(flex, "fsType") not in ("", "ceph"):
        return f"fsType {text_at(flex, 'fsType')} is a disk of one pod; give it a claim of its own"
    for key, expected in (("fsName", _NAME), ("clusterNamespace", _CLUSTER)):
        given = text_at(options, key) or expected
        if given != expected:
            return f"{key} {given} is not the appliance's shared filesystem, which has {expected}"
    inside = text_at(options, "path")
    if "$(" in inside or ".." in inside.split("/"):
        return f"path {inside} cannot be a subPath; write it without $( and .."
    return ""


def _inside(volume: Body) -> str:
    """The directory of the filesystem that a volume is, relative; "" for the whole."""
    given = text_at(volume, "flexVolume", "options", "path").strip("/")
    return normpath(given) if given else ""


def _enter(draft: Draft, path: Path, spec: Body, volume: str, inside: str) -> None:
    """Every mount of the volume goes to the directory: a claim has no path of its own."""
    if not inside:
        return
    why = f"the volume was the directory {inside} of the filesystem"
    for key in CONTAINERS:
        for number, container in numbered_at(spec, key):
            for index, mount in numbered_at(container, "volumeMounts"):
                if text_at(mount, "name") != volume:
                    continue
                # Only one of both may stand.
                field = "subPathExpr" if text_at(mount, "subPathExpr") else "subPath"
                below = text_at(mount, field).strip("/")
                where = (*path, key, number, "volumeMounts", index, field)
                draft.set(where, f"{inside}/{below}" if below else inside, why)


def _check(names: list[str], settings: SharedFilesystemSettings) -> dict[str, Any]:
    """A container that ends well only if every volume is mounted, and of the right kind."""
    kinds = "|".join(kind.replace(".", "[.]") for kind in settings.types)
    places = [f"{_MOUNTS}/{name}" for name in names]
    lines = [
        f"grep -qE {shlex.quote(f' {place} ({kinds}) ')} /proc/mounts || "
        f"{{ echo {shlex.quote(f'the shared filesystem is not mounted at {place}')} >&2; exit 1; }}"
        for place in places
    ]
    return {
        "name": CHECK,
        "image": settings.image,
        "command": ["sh", "-c", "\n".join(lines)],
        "volumeMounts": [
            {"name": name, "mountPath": place, "readOnly": True}
            for name, place in zip(names, places, strict=True)
        ],
    }
