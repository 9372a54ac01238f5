"""What every ingress is told, whichever controller it is: one type, so that a choice changes nothing else.

Owns the type, and how long a proxy that ends waits for its clients. Does not own what only one controller needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi

from components.ingress.certificate import Certificate
from components.isolation.bounds import Bounds

GRACE_SECONDS: Final = 60
"""How long a proxy that ends waits for its clients: long enough for a download, and short enough that a new version is
on a handful of nodes, one after the other, within the ten minutes that Pulumi waits."""


@dataclass(frozen=True, kw_only=True)
class Serving:
    """How HTTP and HTTPS are to come in.

    `images` maps upstream's names to the references to run. `policies`: whether the network enforces NetworkPolicies.
    `bounds` are its namespace's.
    `addresses`, with commas between them, are shown as those of every Ingress. `authority` is the certificate of who
    issued what the ingress' own parts show each other and the API server; `certificate` is shown for names that bring
    none. `proxy_protocol`: every connection begins with it. `after` must be there before pods are.
    """

    images: Mapping[str, str]
    policies: bool
    bounds: Bounds = field(default_factory=Bounds)
    addresses: pulumi.Input[str]
    authority: pulumi.Input[str]
    certificate: Certificate
    default_class: bool = True
    proxy_protocol: bool = False
    after: tuple[pulumi.Resource, ...] = ()
