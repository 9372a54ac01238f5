"""Stacks in EC2 to start from, and the graph that one becomes."""

import asyncio
from dataclasses import replace
from typing import Any

import pulumi

from components.machines.aws.machines import AwsMachines, AwsMachinesArgs, AwsNode, NewVpc
from components.machines.aws.openings import Layers, openings
from components.machines.aws.owner import Owner
from tests.conftest import Engine

SEED = "ab" * 32
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
LAYERS = Layers(
    operators=("203.0.113.0/24",),
    carrier="weave",
    encrypted=True,
    registry=True,
    bastion=True,
    internet=True,
    ingress_ports=(80, 443),
    clients=("0.0.0.0/0",),
    console=30880,
)


def node(name: str, *roles: str, zone: str = "a", **more: Any) -> AwsNode:
    return AwsNode(
        name=name,
        roles=frozenset(roles),
        zone=f"eu-central-1{zone}",
        instance_type="m6i.large",
        seed=pulumi.Output.secret(SEED),
        **more,
    )


def arguments(*more: AwsNode, **changed: Any) -> AwsMachinesArgs:
    """One control plane and a storage node, private behind a bastion."""
    layers = changed.pop("layers", LAYERS)
    args = AwsMachinesArgs(
        owner=Owner(cluster="shop", authority="f1", tags={"cost-center": "42"}),
        region="eu-central-1",
        zones=ZONES,
        vpc=NewVpc(cidr="10.80.0.0/16", nat="one"),
        ami="ami-12c6146b",
        user="admin",
        nodes=(
            node("cp1", "control-plane", termination_protection=True, protect=True),
            node("w1", "worker", "storage", zone="b", volume_gib=100, protect=True),
            *more,
        ),
        openings=openings(layers),
        public=False,
        elastic_ips=False,
        public_balancer=True,
        root_gib=40,
        bastion_type="t3.micro",
        bastion_seed=pulumi.Output.secret("cd" * 32),
        public_key=pulumi.Output.from_input(PUBLIC_KEY),
        protect=True,
    )
    return replace(args, **changed)


async def build(engine: Engine, args: AwsMachinesArgs) -> AwsMachines:
    """Registers everything and waits for it."""
    for each in (*args.nodes, node("machines-bastion")):
        addresses = {"privateIp": "10.80.128.10", "publicIp": "198.51.100.10"}
        engine.outputs.setdefault(f"{each.name}-host", addresses)
        engine.outputs.setdefault(f"{each.name}-first-contact", {"stdout": "ecdsa KEY\n"})
        engine.outputs.setdefault(f"{each.name}-address", {"publicIp": "198.51.100.20"})
    engine.outputs.setdefault("machines-api-balancer", {"dnsName": "shop-api.elb.example.com"})
    before = asyncio.all_tasks()
    made = AwsMachines("machines", args)
    # Leaves of the graph are nobody's input: all that was begun here has to end.
    while begun := asyncio.all_tasks() - before:
        await asyncio.wait(begun)
    return made
