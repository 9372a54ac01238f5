"""A resource of Rook's, and when it is what it should be: Pulumi waits for that, and not for its being accepted.

Owns what all kinds have in common. Does not own their specs, nor what each says in its status.
"""

from collections.abc import Mapping
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.storage.names import API, CEPH

_READY: Final = "jsonpath={.status.phase}=Ready"

_LONG: Final = pulumi.CustomTimeouts(create="20m", update="20m", delete="10m")
"""A mon, a manager and the disks come one after the other; a slow host takes minutes for each."""


def rook_resource(
    name: str,
    kind: str,
    called: str,
    spec: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
    *,
    awaited: bool = True,
) -> kubernetes.apiextensions.CustomResource:
    """The resource `called` so in Ceph's namespace; made when Rook has made it, unless something else awaits that.

    It bears the finalizer that Rook would put on it: Rook does so by writing the whole resource back, with defaults for
    what we left out. That raises the generation above the one that its status then speaks of, for which Pulumi would
    wait in vain, and makes our fields Rook's too, which the API server then refuses to let us change.
    """
    wait = {"pulumi.com/waitFor": _READY} if awaited else {"pulumi.com/skipAwait": "true"}
    return kubernetes.apiextensions.CustomResource(
        name,
        api_version=API,
        kind=kind,
        metadata={
            "name": called,
            "namespace": CEPH,
            "finalizers": [f"{kind.lower()}.{API.partition('/')[0]}"],
            "annotations": wait,
        },
        spec=spec,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(custom_timeouts=_LONG)),
    )
