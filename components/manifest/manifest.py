"""The objects of a manifest in a cluster, one typed resource each.

Owns their names as resources, and their order. Does not own the objects: they are applied as they were read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import pulumi

from components.manifest import kinds
from components.manifest.objects import Identity, KubernetesObject
from components.manifest.order import dependencies


@dataclass(frozen=True, kw_only=True)
class ManifestArgs:
    """What is applied. All of it waits for `after`, such as a namespace that is made elsewhere."""

    objects: tuple[KubernetesObject, ...]
    after: tuple[pulumi.Resource, ...] = ()


class Manifest(pulumi.ComponentResource):
    """Objects of a manifest, each as `{name}/{kind}/{namespace}/{object's name}`; without a namespace if it has none.

    These names hold no API version: a built-in kind that moves to a newer one stays the same resource.
    """

    resources: Mapping[Identity, pulumi.CustomResource]

    def __init__(
        self, name: str, args: ManifestArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:manifest:Manifest", name, None, opts)
        objects = {one.identity: one for one in args.objects}
        made: dict[Identity, pulumi.CustomResource] = {}
        for identity, before in dependencies(args.objects).items():
            one = objects[identity]
            # The API server takes most objects in any order, but pods crash, or are refused, before what they name is
            # there; and on destroy, controllers must outlive their resources (order.py).
            child = pulumi.ResourceOptions(
                parent=self, depends_on=[*args.after, *(made[other] for other in before)]
            )
            made[identity] = resource(f"{name}/{one}", one, child)
        self.resources = made
        self.register_outputs({})

    def of_kind(self, group: str, kind: str) -> tuple[pulumi.CustomResource, ...]:
        """The resources of one kind."""
        return tuple(
            made for identity, made in self.resources.items() if identity[:2] == (group, kind)
        )


def resource(
    name: str, one: KubernetesObject, opts: pulumi.ResourceOptions
) -> pulumi.CustomResource:
    """The typed resource of an object; what pulumi_kubernetes has no class for is a custom resource of that type."""
    kind = kinds.resource_class(one.api_version, one.kind)
    if kind is None:
        token = f"kubernetes:{one.api_version}:{one.kind}"
        own = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(version=_plugin()))
        return pulumi.CustomResource(token, name, one.body, own)
    spelling = kinds.fields(one.api_version, one.kind)
    properties = {spelling[key]: value for key, value in one.body.items()}
    return kind(name, opts=opts, **properties)


@cache
def _plugin() -> str:
    """The version that the classes of pulumi_kubernetes ask for; without it a resource might get another plugin."""
    return version("pulumi-kubernetes")
