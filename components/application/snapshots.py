"""What the snapshot containers of an application share: their settings and program, and the repository itself.

Owns the Secret, the ConfigMap, the claim of a repository that is a directory, and the Job that makes the repository, or
finds out whose it is. Does not own the containers (rewrites/snapshots.py), nor what is done in them (snapshot.sh).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.application.rewrites.snapshot_container import (
    CONTAINER,
    DIRECTORY,
    SCRIPT,
    SnapshotContainer,
)
from components.manifest.manifest import resource
from components.manifest.objects import KubernetesObject
from components.manifest.place import Place
from components.storage.object_keys import object_keys

NAME: Final = CONTAINER
"""The name of the Secret and of the ConfigMap, in the application's namespace."""
JOB: Final = f"{NAME}-repository"
"""The name of the Job, whose pod the operator's commands take for their own; and of the directory's claim."""
AUTHORITY: Final = "authority.pem"
HOOKS: Final = ("before.sh", "after.sh")
PROGRAM: Final = Path(__file__).with_name(SCRIPT)
_LONGEST: Final = 600
"""Seconds for making a repository; the script itself gives up earlier, and is tried again."""


@dataclass(frozen=True, kw_only=True)
class SnapshotArgs:
    """Where snapshots go, when they are made and which stay.

    `appliance` is who they belong to. `repository` is an address of restic, and None for `directory` (a path that is
    the same on every node) or `claim` (one in the namespace). `keep` are options of restic. `keys` are variables with
    the repository's keys; `object_keys` are variables with keys of the stack's own store, for which `control_planes`
    (JSON of their sides) are asked after `store`. `files` are hooks and an authority by the names above. `image` is
    what the containers run.
    """

    namespace: str
    appliance: pulumi.Output[str]
    password: pulumi.Output[str]
    schedule: str
    keep: tuple[str, ...]
    image: str
    control_planes: pulumi.Output[str]
    repository: str | None = None
    directory: str | None = None
    claim: str | None = None
    keys: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)
    object_keys: Mapping[str, str] = field(default_factory=dict)
    store: tuple[pulumi.Resource, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The repository in the containers."""
        return self.repository or DIRECTORY

    @property
    def container(self) -> SnapshotContainer:
        """The container that knows all this; it starts anew when something changes that it reads only then."""
        told = (self.address, self.directory, self.schedule, self.keep, sorted(self.files.items()))
        return SnapshotContainer(
            image=self.image,
            secret=NAME,
            program=NAME,
            repository=self.claim or (JOB if self.directory else ""),
            version=hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12],
        )


class Snapshots(pulumi.ComponentResource):
    """`{name}-object-keys`, `-secret`, `-program`; a directory's `-volume` and `-claim`; `-repository`, the Job."""

    ready: tuple[pulumi.Resource, ...]
    """What pods with the container need to start."""

    def __init__(
        self,
        name: str,
        args: SnapshotArgs,
        ground: list[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("appliance:application:Snapshots", name, None, opts)
        # Asked for below this component: what the pods of a frozen application were told stays as it is.
        child = pulumi.ResourceOptions(parent=self)
        keys = object_keys(
            f"{name}-object-keys", args.object_keys, args.control_planes, args.store, child
        )
        # The API server refuses objects in a namespace that is not there.
        inside = pulumi.ResourceOptions(parent=self, depends_on=ground)
        metadata: kubernetes.meta.v1.ObjectMetaArgsDict = {
            "name": NAME,
            "namespace": args.namespace,
        }
        self.ready = (
            kubernetes.core.v1.Secret(
                f"{name}-secret",
                metadata=metadata,
                string_data={**variables(args), **keys},
                opts=inside,
            ),
            kubernetes.core.v1.ConfigMap(
                f"{name}-program",
                metadata=metadata,
                data={SCRIPT: PROGRAM.read_text(encoding="utf-8"), **args.files},
                opts=inside,
            ),
            *self._directory(name, args, inside),
        )
        resource(
            f"{name}-repository",
            KubernetesObject(place=Place(file=__name__, document=1, line=1), body=job(args)),
            # Its pod does not start without them.
            pulumi.ResourceOptions(parent=self, depends_on=[*ground, *self.ready]),
        )
        self.register_outputs({})

    def _directory(
        self, name: str, args: SnapshotArgs, inside: pulumi.ResourceOptions
    ) -> list[pulumi.Resource]:
        """A claim on the directory, since pods of an application may not name directories of hosts themselves."""
        if args.directory is None:
            return []
        size = {"storage": "1Ti"}
        volume = kubernetes.core.v1.PersistentVolume(
            f"{name}-volume",
            metadata={"name": f"{JOB}-{args.namespace}"},
            spec={
                # Nobody measures directories; the claim asks for the same.
                "capacity": size,
                "access_modes": ["ReadWriteMany"],
                "persistent_volume_reclaim_policy": "Retain",
                "storage_class_name": "",
                "claim_ref": {"namespace": args.namespace, "name": JOB},
                "host_path": {"path": args.directory, "type": "DirectoryOrCreate"},
            },
            opts=inside,
        )
        claim = kubernetes.core.v1.PersistentVolumeClaim(
            f"{name}-claim",
            metadata={"name": JOB, "namespace": args.namespace},
            spec={
                "access_modes": ["ReadWriteMany"],
                "storage_class_name": "",
                "volume_name": f"{JOB}-{args.namespace}",
                "resources": {"requests": size},
            },
            # It is bound to this volume and no other.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[volume]),
        )
        return [volume, claim]


def variables(args: SnapshotArgs) -> dict[str, pulumi.Input[str]]:
    """The containers' variables: restic's own, and those of the program."""
    authority = {"RESTIC_CACERT": f"/program/{AUTHORITY}"} if AUTHORITY in args.files else {}
    return {
        "RESTIC_REPOSITORY": args.address,
        "RESTIC_PASSWORD": args.password,
        "SNAPSHOT_APPLIANCE": args.appliance,
        "SNAPSHOT_SCHEDULE": args.schedule,
        "SNAPSHOT_KEEP": " ".join(args.keep),
        **authority,
        **args.keys,
    }


def job(args: SnapshotArgs) -> dict[str, Any]:
    """The Job that makes the repository; it fails with a sentence where that is another appliance's."""
    container = args.container
    labels = {"app": NAME}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": JOB, "namespace": args.namespace, "labels": labels},
        "spec": {
            "backoffLimit": 3,
            "activeDeadlineSeconds": _LONGEST,
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "restartPolicy": "Never",
                    "automountServiceAccountToken": False,
                    "containers": [container.spec(("initialise",))],
                    "volumes": container.volumes(),
                },
            },
        },
    }
