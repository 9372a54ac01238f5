"""The snapshot container in pods that mount a claim of which the vendor wants snapshots.

Owns putting the container into pods, and what it is told of its claims. Does not own the container
(`snapshot_container.py`), what it does with the claims, nor the Secret and ConfigMap that it names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Path, Rewritten
from components.application.rewrites.snapshot_container import (
    CLAIMS,
    CONTAINER,
    MOUNTS,
    SnapshotContainer,
)
from components.manifest.body import Body, groups_at, numbered_at, text_at, value_at
from components.manifest.templates import CONTAINERS, group_and_kind, pod_of

RULE: Final = "snapshots"
_ONE_SHOT: Final = frozenset({("batch", "Job"), ("batch", "CronJob")})


@dataclass(frozen=True, kw_only=True)
class SnapshotSettings:
    """Of which claims there are snapshots, and the container that makes them.

    A name in `claims` is that of a claim, or of a StatefulSet's claim template and so of all its claims. `native` adds
    it to pods that come to an end (Jobs, CronJobs) as an init container that stays, which needs Kubernetes 1.29; else
    they get none, since they would never end.
    """

    claims: frozenset[str]
    container: SnapshotContainer
    native: bool = False


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
        _add_volumes(draft, path, settings)
    elif settings.native:
        why = f"there are snapshots of {claims}; as a container that stays, the pod would never end"
        native = {**_container(mounted, settings), "restartPolicy": "Always"}
        draft.add((*path, "initContainers"), native, why)
        _add_volumes(draft, path, settings)
    else:
        why = f"pods that come to an end get no snapshot container; of {claims} there are none from here"
        draft.leave((*path, "containers"), why)
    return draft.done()


def _add_volumes(draft: Draft, path: Path, settings: SnapshotSettings) -> None:
    for volume in settings.container.volumes():
        draft.add((*path, "volumes"), volume, "the snapshot container has it")


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
    """The container, which is told its claims and may not write to them."""
    told = " ".join(f"{each.claim}={MOUNTS}/{each.volume}" for each in mounted)
    only = " ".join(name for each in mounted for name in each.only)
    variables = {CLAIMS: told, **({"SNAPSHOT_ONLY": only} if only else {})}
    return settings.container.spec(
        ("serve",),
        env=[{"name": name, "value": value} for name, value in variables.items()],
        mounts=[
            {"name": each.volume, "mountPath": f"{MOUNTS}/{each.volume}", "readOnly": True}
            for each in mounted
        ],
    )
