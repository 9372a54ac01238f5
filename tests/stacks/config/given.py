"""Configurations to start from."""

import copy
from typing import Any

from stacks.config import Configuration, ConfigurationError, load

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

LOCAL: dict[str, Any] = {
    "hosts": {
        "provider": "local",
        "nodes": [
            {"name": "n1", "roles": ["control-plane", "worker"]},
            {"name": "n2", "roles": ["worker"]},
        ],
    },
    "airgap": {"bundle": "local"},
}
SSH: dict[str, Any] = {
    "hosts": {
        "provider": "ssh",
        "user": "admin",
        "bastion": {"address": "jump.example.com", "hostKey": HOST_KEY},
        "nodes": [
            {
                "name": "n1",
                "roles": ["control-plane"],
                "address": "192.0.2.11",
                "hostKey": f"{HOST_KEY} root@n1",
                "taints": ["example.com/use=build:NoSchedule"],
            },
            {
                "name": "n2",
                "roles": ["worker", "storage"],
                "address": "n2.example.com",
                "hostKey": HOST_KEY,
                "port": 2222,
                "user": "other",
                "labels": {"example.com/rack": "r1", "topology.kubernetes.io/zone": "a"},
            },
        ],
    },
    "kubernetes": {
        "version": "1.34.2",
        "endpoint": "api.example.com",
        "extraSans": ["api.example.com", "192.0.2.9"],
    },
    "network": {"provider": "weave", "encryption": False, "mtu": 1376},
    "airgap": {"bundle": "/srv/bundle", "lock": "my.lock"},
    "proxy": {"http": "http://proxy.example.com:3128", "noProxy": [".example.com", "192.0.2.0/24"]},
    "protection": False,
}

AWS: dict[str, Any] = {
    "hosts": {
        "provider": "aws",
        "aws": {
            "region": "eu-central-1",
            "zones": ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
            "image": {"id": "ami-0123456789abcdef0"},
            "storageVolume": "100Gi",
            "vpc": {"cidr": "10.80.0.0/16"},
            "bastion": {},
            "operators": ["203.0.113.0/24"],
        },
        "nodes": [
            {"name": "cp1", "roles": ["control-plane"], "aws": {"zone": "eu-central-1a"}},
            {"name": "w1", "roles": ["worker", "storage"], "aws": {"zone": "eu-central-1b"}},
            {"name": "w2", "roles": ["worker"], "aws": {"zone": "eu-central-1c"}},
        ],
    },
    "storage": {"rook": {}},
}


class Given:
    """A configuration to change; `load` and `faults` look at it as the stack dev."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = copy.deepcopy(values)

    @property
    def hosts(self) -> dict[str, Any]:
        return self.group("hosts")

    @property
    def nodes(self) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = self.hosts["nodes"]
        return nodes

    @property
    def kubernetes(self) -> dict[str, Any]:
        return self.group("kubernetes")

    def group(self, name: str) -> dict[str, Any]:
        group: dict[str, Any] = self.values.setdefault(name, {})
        return group

    def load(self, stack: str = "dev") -> Configuration:
        return load(self.values, stack=stack, file=f"Pulumi.{stack}.yaml")

    def faults(self) -> list[str]:
        """The report's lines without the file's name."""
        try:
            self.load()
        except ConfigurationError as error:
            lines = str(error).split("\n")
            assert all(line.startswith("Pulumi.dev.yaml: ") for line in lines)
            return [line.removeprefix("Pulumi.dev.yaml: ") for line in lines]
        return []

    def fault(self) -> str:
        """The one fault there is."""
        faults = self.faults()
        assert len(faults) == 1, faults
        return faults[0]
