"""The keys of the object store's user, which Rook makes: read, so that others can be told.

Owns reading them. Does not own the Secret: Rook does.
"""

import base64
from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes

from components.storage.names import CEPH
from components.storage.object_store import SECRET


def object_key(
    name: str, key: str, ready: tuple[pulumi.Resource, ...], opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """One of AccessKey and SecretKey, secret. `ready` are made when the store and its user are; until then unknown."""
    # By an id that is unknown before: at the first preview there is no cluster that could be asked.
    known = pulumi.Output.all(*(each.urn for each in ready), *map(_identity, ready))
    found = kubernetes.core.v1.Secret.get(name, known.apply(lambda _: f"{CEPH}/{SECRET}"), opts)
    return pulumi.Output.secret(found.data.apply(lambda data: _decoded(data, key)))


def _identity(resource: pulumi.Resource) -> pulumi.Input[str]:
    return resource.id if isinstance(resource, pulumi.CustomResource) else resource.urn


def _decoded(data: Mapping[str, str], key: str) -> str:
    return base64.b64decode(data[key]).decode()
