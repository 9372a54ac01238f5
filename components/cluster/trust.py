"""Certificate authorities of the user's own: of a proxy that opens TLS, of mirrors inside a company.

Owns how pods get them. Does not own the hosts' store: the node script puts them there, where containerd and the package
manager look.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi_kubernetes as kubernetes

NAME = "appliance-trust"
KEY = "ca.crt"
PLACE = "/etc/appliance/trust"


@dataclass(frozen=True, kw_only=True)
class Mount:
    """What a pod needs to find the authorities: a volume for the pod, a mount and variables for each container."""

    volume: kubernetes.core.v1.VolumeArgsDict
    mount: kubernetes.core.v1.VolumeMountArgsDict
    environment: tuple[kubernetes.core.v1.EnvVarArgsDict, ...]


def config_map_data(authorities: str) -> Mapping[str, str]:
    """The data of a namespace's ConfigMap `appliance-trust`."""
    return {KEY: authorities}


def mount() -> Mount:
    """The ConfigMap as a directory, and the variables by which programs take authorities in addition to their image's.

    SSL_CERT_DIR does that for Go, NODE_EXTRA_CA_CERTS for Node. Others (curl, Python's requests) know only variables
    that replace their image's authorities; such a container has to name the file itself.
    """
    return Mount(
        volume={"name": NAME, "config_map": {"name": NAME}},
        mount={"name": NAME, "mount_path": PLACE, "read_only": True},
        environment=(
            {"name": "SSL_CERT_DIR", "value": f"/etc/ssl/certs:{PLACE}"},
            {"name": "NODE_EXTRA_CA_CERTS", "value": f"{PLACE}/{KEY}"},
        ),
    )
