"""A release in a cluster: its namespace with walls, and one typed resource for each object, in their order.

Owns the resources. Does not own the release, the order, nor rewrites: those are transformations that the caller sets on
this component, and they see every object. Claims and the namespace stay in the cluster when they leave the program.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_command import local

from components.application.addresses import service_needs
from components.application.admission import CLAIM
from components.application.delivery import Delivery, DeliveryArgs
from components.application.order import waiting
from components.application.release import Release
from components.application.snapshots import SnapshotArgs, Snapshots
from components.application.sources import Secrets, Sources
from components.application.template.late import Source
from components.isolation.namespace import ManagedNamespace, NamespaceArgs
from components.manifest.manifest import resource
from components.manifest.objects import Identity, KubernetesObject
from components.storage.object_keys import object_keys

PULL_SECRET: Final = "replicatedregistrykey"  # noqa: S105 - an object's name
"""The name that pods of a release pull their images with."""

PREFLIGHT: Final = "components.application.preflight_step"
_SKIP: Final = "pulumi.com/skipAwait"
_FOR_LIFE: Final = (
    "spec.storageClassName",
    'metadata.annotations["volume.beta.kubernetes.io/storage-class"]',
)
"""A live claim's class. Another one would delete the claim, and the data with it, whoever asks for it."""
_SERVICE: Final = ("", "Service")
_INGRESS: Final = "Ingress"


@dataclass(frozen=True, kw_only=True)
class ApplicationArgs:
    """A release and what it stands on.

    `walls` are those of its namespace, whose name is the license's. `control_planes` (JSON of their sides) are asked
    what the cluster is. `appliance` gives values that other layers know: IngressAddress and the object store's
    address. `object_keys` are the store's keys that the release asks for (AccessKey, SecretKey), there after `store`.
    `pull_secret` is a .dockerconfigjson; `delivery` is how images get into the cluster, if they travel; `snapshots` is
    where copies of claims go. `served`: something gives an Ingress its address. Objects wait for `after`.
    """

    release: Release
    walls: NamespaceArgs
    secrets: Secrets
    control_planes: pulumi.Output[str]
    appliance: Mapping[Source, pulumi.Output[str]] = field(default_factory=dict)
    object_keys: Mapping[Source, str] = field(default_factory=dict)
    store: tuple[pulumi.Resource, ...] = ()
    pull_secret: pulumi.Output[str] | None = None
    delivery: DeliveryArgs | None = None
    snapshots: SnapshotArgs | None = None
    served: bool = True
    after: tuple[pulumi.Resource, ...] = ()


class Application(pulumi.ComponentResource):
    """`{name}-preflight`, `-walls`, `-pull`, `-images`, `-snapshots`, `-object-keys`; the objects.

    Each is `{name}/{kind}/{namespace}/{object's name}`.
    """

    namespace: str
    resources: Mapping[Identity, pulumi.CustomResource]
    ready: tuple[pulumi.Resource, ...]
    """All objects; an application that is there is one that runs, as far as its own probes say."""

    def __init__(
        self, name: str, args: ApplicationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:application:Application", name, None, opts)
        self.namespace = args.walls.name
        walls = ManagedNamespace(f"{name}-walls", args.walls, pulumi.ResourceOptions(parent=self))
        ground = [
            *args.after,
            self._preflight(name, args),
            *walls.ready,
            *self._pull(name, args, walls),
            *self._delivery(name, args),
        ]
        snapshots = self._snapshots(name, args, ground)
        self.resources = self._objects(name, args, [*ground, *snapshots])
        self.ready = (*snapshots, *self.resources.values())
        self.register_outputs({})

    def _preflight(self, name: str, args: ApplicationArgs) -> pulumi.Resource:
        wanted = args.release.description.kubernetes.requirements.model_dump()
        return local.Command(
            f"{name}-preflight",
            create=shlex.join(["python", "-m", PREFLIGHT]),
            stdin=args.control_planes.apply(
                lambda text: json.dumps(
                    {"requirements": wanted, "controlPlanes": json.loads(text)}, sort_keys=True
                )
            ),
            add_previous_output_in_env=False,
            logging=local.Logging.STDERR,
            # Nodes that are still to come count.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
        )

    def _pull(
        self, name: str, args: ApplicationArgs, walls: ManagedNamespace
    ) -> list[pulumi.Resource]:
        if args.pull_secret is None:
            return []
        made = kubernetes.core.v1.Secret(
            f"{name}-pull",
            metadata={"name": PULL_SECRET, "namespace": args.walls.name},
            type="kubernetes.io/dockerconfigjson",
            string_data={".dockerconfigjson": args.pull_secret},
            # The API server refuses objects in a namespace that is not there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(walls.ready)),
        )
        return [made]

    def _delivery(self, name: str, args: ApplicationArgs) -> tuple[pulumi.Resource, ...]:
        """Below this component as all that its objects wait for: a frozen application keeps it."""
        if args.delivery is None:
            return ()
        return Delivery(f"{name}-images", args.delivery, pulumi.ResourceOptions(parent=self)).ready

    def _object_keys(self, name: str, args: ApplicationArgs) -> dict[Source, pulumi.Output[str]]:
        """Asked for below this component too: what a frozen application was told stays as it is."""
        inside = pulumi.ResourceOptions(parent=self)
        return object_keys(
            f"{name}-object-keys", args.object_keys, args.control_planes, args.store, inside
        )

    def _snapshots(
        self, name: str, args: ApplicationArgs, ground: list[pulumi.Resource]
    ) -> tuple[pulumi.Resource, ...]:
        """What pods with a snapshot container need to start; a frozen application keeps it too."""
        if args.snapshots is None:
            return ()
        child = pulumi.ResourceOptions(parent=self)
        return Snapshots(f"{name}-snapshots", args.snapshots, ground, child).ready

    def _objects(
        self, name: str, args: ApplicationArgs, ground: list[pulumi.Resource]
    ) -> dict[Identity, pulumi.CustomResource]:
        release = args.release
        objects = {one.identity: one for one in release.objects}
        known = {**args.appliance, **self._object_keys(name, args)}
        sources = Sources(release.description, self.namespace, args.secrets, known)
        made: dict[Identity, pulumi.CustomResource] = {}
        for identity, before in waiting(release.objects, service_needs(release.stand_ins)).items():
            one = objects[identity]
            options = pulumi.ResourceOptions(
                parent=self,
                # Pods never run outside of the walls, nor before what they name; the order is `order.py`'s.
                depends_on=[*ground, *(made[other] for other in before)],
                # A claim is its data: neither a release without it nor a license taken away deletes it.
                retain_on_delete=True if identity[:2] == CLAIM else None,
                ignore_changes=[*_FOR_LIFE] if identity[:2] == CLAIM else None,
            )
            body = _awaited(one, served=args.served)
            settled = KubernetesObject(
                place=one.place, body=sources.settled(body, release.stand_ins)
            )
            made[identity] = resource(f"{name}/{one}", settled, options)
            if isinstance(service := made[identity], kubernetes.core.v1.Service):
                sources.made(service, one.name)
        return made


def _awaited(one: KubernetesObject, *, served: bool) -> Mapping[str, Any]:
    """The object; with a word to Pulumi where waiting for it would be waiting for pods that wait for it.

    An Ingress is waited for only where something gives it an address.
    """
    waits = one.identity[:2] != _SERVICE and (served or one.kind != _INGRESS)
    if waits:
        return one.body
    metadata = one.body["metadata"]
    annotations = {**(metadata.get("annotations") or {}), _SKIP: "true"}
    return {**one.body, "metadata": {**metadata, "annotations": annotations}}
