"""The daemon's Services: its APIs inside, the registry at a fixed address, the console from outside.

Owns the three specs. Does not own which addresses are free: the configuration checks the registry's.
"""

from dataclasses import dataclass
from typing import Literal

import pulumi_kubernetes as kubernetes

from components.replicated.places import (
    API_PORT,
    INTERNAL_PORT,
    NAME,
    REGISTRY,
    REGISTRY_PORT,
    SELECTOR,
    SNAPSHOTS_PORT,
    UI,
    UI_PORT,
)

ServiceType = Literal["NodePort", "ClusterIP", "LoadBalancer"]


@dataclass(frozen=True, kw_only=True)
class Console:
    """How the console is reached: the Service's type, and with NodePort the port of every node.

    Replicated's installer took port 8800 of every node, which its API server allowed by a wider range of node ports.
    Here that range stays as it is, and the port is one of it.
    """

    service_type: ServiceType = "NodePort"
    node_port: int = 30880


Spec = kubernetes.core.v1.ServiceSpecArgsDict


def specs(registry_address: str, console: Console) -> dict[str, Spec]:
    """Service's name → spec."""
    node_port = console.node_port if console.service_type == "NodePort" else None
    return {
        NAME: {
            "selector": SELECTOR,
            "ports": [
                _port("api", API_PORT),
                _port("internal", INTERNAL_PORT),
                _port("snapshots", SNAPSHOTS_PORT),
            ],
        },
        REGISTRY: {
            "selector": SELECTOR,
            # Images are named by it, and containerd on every node is told of it beforehand.
            "cluster_ip": registry_address,
            "ports": [_port("registry", REGISTRY_PORT)],
        },
        UI: {
            "type": console.service_type,
            "selector": SELECTOR,
            "ports": [_port("ui", UI_PORT, node_port)],
        },
    }


def _port(
    name: str, number: int, node_port: int | None = None
) -> kubernetes.core.v1.ServicePortArgsDict:
    port: kubernetes.core.v1.ServicePortArgsDict = {
        "name": name,
        "port": number,
        "target_port": name,
        "protocol": "TCP",
    }
    return port if node_port is None else {**port, "node_port": node_port}
