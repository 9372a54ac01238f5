"""The snapshot container in pods that mount a claim of which the vendor wants snapshots.

Owns putting the container into pods, and what it is told of its claims. Does not own what it does with them, what is
in its image, nor the Secret that it gets its repository and password from.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Rewritten
from components.manifest.body import Body, groups_at, numbered_at, text_at, value_at
from components.manifest.templates import CONTAINERS, group_and_kind, pod_of

RULE: Final = "snapshots"
CONTAINER: Final = "replicated-snapshot"
MOUNTS: Final = "/snapshot"
"""Each claim is mounted below this, by the name of its volume."""
_ONE_SHOT: Final = frozenset({("batch", "Job"), ("batch", "CronJob")})


@dataclass(frozen=True, kw_only=True)
class SnapshotSettings:
    """Of which claims there are snapshots, and the container that makes them.

    A name in `claims` is that of a claim, or of a StatefulSet's claim template and so of all its claims. The container
    gets the variables of the Secret `secret`. `native` adds it to pods that come to an end (Jobs, CronJobs) as an
    init container that stays, which needs Kubernetes 1.29; else they get none, since they would never end.
    """

    claims: frozenset[str]
    image: str
    secret: str
    native: bool = False
    resources: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: {"requests": {"cpu": "10m", "memory": "64Mi"}}
    )


@dataclass(frozen=True, kw_only=True)
class _Mounted:
    """A claim in a pod: the volume's name, the claim's as the container is told it, and which alone are meant."""

    volume: str
    claim: str
    only: tuple[str, ...] = ()


def snapshots(body: Body, settings: SnapshotSettings) -> Rewritten:
    """An object with the container in its pods if they mount one of the claims; the others keep their places."""
    draft = Draft(RULE, body)
    found = pod_of(body)
    if found is None:
        return draft.done()
    path, spec = found
    mounted = tuple(_mounted(body, spec, settings.claims))
    if not mounted:
        return draft.done()
    claims = ", ".join(each.claim for each in mounted)
    there = [
        (*path, key, index)
        for key in CONTAINERS
        for index, each in numbered_at(spec, key)
        if text_at(each, "name") == CONTAINER
    ]
    if there:
        draft.leave(there[0], f"the container for {claims} is there already")
    elif (block := _block(spec, mounted)) is not None:
        why = f"volume {block} is a bare device, of which there are no snapshots"
        draft.leave((*path, "containers"), why)
    elif not _ends(body, spec):
        why = f"there are snapshots of {claims}"
        draft.add((*path, "containers"), _container(mounted, settings), why)
    elif settings.native:
        why = f"there are snapshots of {claims}; as a container that stays, the pod would never end"
        native = {**_container(mounted, settings), "restartPolicy": "Always"}
        draft.add((*path, "initContainers"), native, why)
    else:
        why = f"pods that come to an end get no snapshot container; of {claims} there are none from here"
        draft.leave((*path, "containers"), why)
    return draft.done()


def _mounted(body: Body, spec: Body, wanted: frozenset[str]) -> Iterator[_Mounted]:
    for volume in groups_at(spec, "volumes"):
        name = value_at(volume, "persistentVolumeClaim", "claimName")
        if isinstance(name, str) and name in wanted:
            yield _Mounted(volume=text_at(volume, "name"), claim=name)
    if group_and_kind(body) != ("apps", "StatefulSet"):
        return
    for template in groups_at(body, "spec", "volumeClaimTemplates"):
        name = text_at(template, "metadata", "name")
        # Kubernetes calls the claims <template>-<pod>, and pods <set>-<number>.
        prefix = f"{name}-{text_at(body, 'metadata', 'name')}-"
        single = sorted(
            each for each in wanted if re.fullmatch(rf"{re.escape(prefix)}[0-9]+", each)
        )
        if name in wanted:
            yield _Mounted(volume=name, claim=f"{name}-$(POD_NAME)")
        elif single:
            yield _Mounted(volume=name, claim=f"{name}-$(POD_NAME)", only=tuple(single))


def _block(spec: Body, mounted: tuple[_Mounted, ...]) -> str | None:
    """The first of the volumes that a container uses as a device."""
    devices = {
        text_at(device, "name")
        for key in CONTAINERS
        for container in groups_at(spec, key)
        for device in groups_at(container, "volumeDevices")
    }
    return next((each.volume for each in mounted if each.volume in devices), None)


def _ends(body: Body, spec: Body) -> bool:
    """Whether the pods come to an end by themselves."""
    return group_and_kind(body) in _ONE_SHOT or spec.get("restartPolicy") in ("Never", "OnFailure")


def _container(mounted: tuple[_Mounted, ...], settings: SnapshotSettings) -> dict[str, Any]:
    """The container: it may read everything in its claims and write nothing but its own scratch files."""
    told = " ".join(f"{each.claim}={MOUNTS}/{each.volume}" for each in mounted)
    only = " ".join(name for each in mounted for name in each.only)
    return {
        "name": CONTAINER,
        "image": settings.image,
        "env": [
            # Variables are filled in with those before them.
            *(
                {"name": name, "valueFrom": {"fieldRef": {"fieldPath": f"metadata.{field_}"}}}
                for name, field_ in (("POD_NAME", "name"), ("POD_NAMESPACE", "namespace"))
            ),
            {"name": "SNAPSHOT_CLAIMS", "value": told},
            *([{"name": "SNAPSHOT_ONLY", "value": only}] if only else []),
        ],
        "envFrom": [{"secretRef": {"name": settings.secret}}],
        "volumeMounts": [
            {"name": each.volume, "mountPath": f"{MOUNTS}/{each.volume}", "readOnly": True}
            for each in mounted
        ],
        "resources": {key: dict(value) for key, value in settings.resources.items()},
        "securityContext": {
            # The application's files belong to whomever it runs as.
            "runAsUser": 0,
            "runAsNonRoot": False,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"], "add": ["DAC_OVERRIDE"]},
        },
    }
