"""What the layers on a cluster stand on: one type, so that each of them is made in the same way.

Owns the type. Does not own any of the layers below, nor what a layer takes of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pulumi

from components.cluster.control_plane import ControlPlane
from components.cluster.kubeadm import ClusterSettings
from components.cluster.proxy import Proxy
from components.machines.machine import Machine


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A cluster that runs pods: its hosts, the addresses of its control planes, HOST:PORT of the host registries.

    `ready` is what must be there before pods are.
    """

    machines: tuple[Machine, ...]
    cluster: ClusterSettings
    control_plane: ControlPlane
    addresses: pulumi.Output[list[str]]
    registries: pulumi.Output[list[str]]
    proxy: Proxy
    ready: tuple[pulumi.Resource, ...]

    def after(self, more: Iterable[pulumi.Resource]) -> "Ground":
        """The same for a layer that also needs `more` before its pods are."""
        return replace(self, ready=(*self.ready, *more))
