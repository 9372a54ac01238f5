"""The snapshots of a stack's application: of which claims, where they lie, and what the containers are told.

Owns the mapping of the group `snapshots` and of the release's own section `backup`. Does not own the resources
(components/application/snapshots.py), nor putting containers into pods (components/application/rewrites).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pulumi

from bundle.lock import Lock
from components.application.admission import CLAIM, claim_templates
from components.application.description import Backup
from components.application.release import Release
from components.application.rewrites.images import target
from components.application.rewrites.snapshots import SnapshotSettings
from components.application.snapshots import AUTHORITY, HOOKS, JOB, NAME, SnapshotArgs
from components.manifest.objects import KubernetesObject
from stacks import rewrites
from stacks.config import Configuration
from stacks.config.snapshots import KEYS, Repository
from stacks.references import references
from stacks.secrets import Secrets, derive, store_keys
from stacks.storage import Storage

IMAGE: Final = "docker.io/restic/restic:0.18.1"
_OFF: Final = ("", "false", "0", "no", "off")
OBJECT_KEYS: Final = {"AWS_ACCESS_KEY_ID": "AccessKey", "AWS_SECRET_ACCESS_KEY": "SecretKey"}
"""Variables with the keys of the stack's own object store, by what its Secret calls them."""
_IDENTITY_BYTES: Final = 4


def images(configuration: Configuration) -> tuple[str, ...]:
    """The images of the snapshots, by the names that the lock has."""
    return (IMAGE,) if configuration.snapshots.repository is not None else ()


def settings(
    configuration: Configuration, release: Release, args: SnapshotArgs | None
) -> SnapshotSettings | None:
    """Of which claims there are snapshots, and the container that makes them; None where there are none."""
    if args is None:
        return None
    return SnapshotSettings(
        claims=claims(configuration, release),
        container=args.container,
    )


def claims(configuration: Configuration, release: Release) -> frozenset[str]:
    """The names of claims and claim templates that the release's backup section and the operator give."""
    return frozenset((*named(release.description.backup), *configuration.snapshots.claims))


def named(backup: Backup) -> tuple[str, ...]:
    """What the release names; its strategies are taken as one."""
    if backup.enabled.strip().lower() in _OFF:
        return ()
    strategies = (each.kubernetes for each in backup.strategies)
    return tuple(
        name for each in (backup.kubernetes, *strategies) for name in each.pvc_names if name
    )


def arguments(
    configuration: Configuration,
    secrets: Secrets,
    lock: Lock,
    *,
    storage: Storage,
    control_planes: pulumi.Output[str],
    namespace: str,
) -> SnapshotArgs | None:
    """What the containers are told; None without a repository."""
    wanted = configuration.snapshots
    repository = wanted.repository
    if repository is None:
        return None
    mark = derive(secrets.root, "snapshots/appliance", length=_IDENTITY_BYTES)
    name = configuration.kubernetes.cluster_name
    return SnapshotArgs(
        namespace=namespace,
        appliance=mark.apply(lambda text: f"{name}-{text}"),
        password=derive(secrets.root, "snapshots/password"),
        schedule=wanted.schedule,
        keep=wanted.retention.options,
        image=image(configuration, lock),
        control_planes=control_planes,
        repository=address(repository, storage.object_endpoint),
        directory=repository.directory,
        claim=repository.claim,
        keys=_keys(repository, secrets),
        object_keys=OBJECT_KEYS if repository.ceph is not None else {},
        store=storage.ready,
        files=dict(_files(configuration)),
    )


def image(configuration: Configuration, lock: Lock) -> str:
    """What the containers run: where images come from the daemon's registry, nodes find this one in the hosts' own."""
    reference = references(configuration, lock, (IMAGE,))[IMAGE]
    moved = rewrites.images(configuration) if configuration.bundled else None
    return target(reference, moved).text if moved else reference


def address(repository: Repository, object_endpoint: str | None) -> str | None:
    """The repository in restic's words; None for one that is mounted."""
    if repository.ceph is not None:
        return f"s3:{object_endpoint}/{repository.ceph.bucket}"
    if (s3 := repository.s3) is None:
        return None
    return "/".join(filter(None, (f"s3:{s3.endpoint}", s3.bucket, s3.prefix)))


def _keys(repository: Repository, secrets: Secrets) -> dict[str, pulumi.Output[str]]:
    if repository.s3 is None or secrets.snapshot_keys is None:
        return {}
    given = secrets.snapshot_keys
    found = {
        "AWS_ACCESS_KEY_ID": given.apply(lambda text: store_keys(text)["accessKey"]),
        "AWS_SECRET_ACCESS_KEY": given.apply(lambda text: store_keys(text)["secretKey"]),
    }
    if repository.s3.region:
        found["AWS_DEFAULT_REGION"] = pulumi.Output.from_input(repository.s3.region)
    return found


def _paths(configuration: Configuration) -> Iterator[tuple[str, str, Path]]:
    """The configured files: their names in the containers, their keys, their paths."""
    wanted = configuration.snapshots
    before, after = HOOKS
    for name, key, path in (
        (before, "snapshots.hooks.before", wanted.hooks.before),
        (after, "snapshots.hooks.after", wanted.hooks.after),
        (
            AUTHORITY,
            "snapshots.repository.s3.caFile",
            wanted.repository.s3.ca_file if wanted.repository and wanted.repository.s3 else None,
        ),
    ):
        if path is not None:
            yield name, key, path


def _files(configuration: Configuration) -> Iterator[tuple[str, str]]:
    for name, _, path in _paths(configuration):
        yield name, path.read_text(encoding="utf-8")


def faults(configuration: Configuration, lock: Lock, *, keys: bool | None) -> Iterator[str]:
    """What keeps snapshots from being made, as `key: sentence`. `keys`: whether the secret is set; None: not known."""
    repository = configuration.snapshots.repository
    if repository is None:
        return
    if configuration.bundled and (missing := lock.missing((IMAGE,))):
        yield (
            f"snapshots: the lock {lock.path} lacks {missing[0]}; take the release's own lock, or run python -m bundle "
            "lock"
        )
    if repository.s3 is not None and keys is False:
        yield (
            "snapshots.repository.s3: its keys are missing; set them with `pulumi config set --secret "
            f'appliance:{KEYS}`, as {{"accessKey": "…", "secretKey": "…"}}'
        )
    for _, key, path in _paths(configuration):
        try:
            path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
            yield f"{key}: {path} cannot be read: {reason}"


def release_faults(configuration: Configuration, release: Release) -> Iterator[str]:
    """What does not fit between the group and the release, as `key: sentence`."""
    if configuration.snapshots.repository is None:
        return
    if not claims(configuration, release):
        yield (
            "snapshots.claims: missing; the release names no claims in its backup section, so name some, or remove the "
            "group"
        )
    known = set(_claims(release.objects))
    for index, name in enumerate(configuration.snapshots.claims):
        if not any(re.fullmatch(each, name) for each in known):
            yield f"snapshots.claims[{index}]: no object of the release makes a claim {name}"
    for one in release.objects:
        if one.name in (NAME, JOB):
            yield f"release.file: {one} ({one.place}) has a name that the snapshots need; give it another"


def notes(configuration: Configuration, release: Release) -> Iterator[str]:
    """What the release names in vain."""
    if configuration.snapshots.repository is None:
        return
    known = set(_claims(release.objects))
    for name in named(release.description.backup):
        if not any(re.fullmatch(each, name) for each in known):
            yield f"backup: there are no snapshots of {name}: no object of the release makes a claim of that name"


def _claims(objects: tuple[KubernetesObject, ...]) -> Iterator[str]:
    """The names that mean a claim, as patterns."""
    for one in objects:
        if one.identity[:2] == CLAIM:
            yield re.escape(one.name)
        for template in claim_templates(one):
            yield rf"{re.escape(template)}(-{re.escape(one.name)}-[0-9]+)?"
