"""The machine that SSH goes through to private nodes.

Owns that machine and its address. Does not own what it may reach (openings.py).
"""

from dataclasses import dataclass

import pulumi

from components.machines.aws.first_contact_command import first_contact
from components.machines.aws.host_keys import first
from components.machines.aws.instance import Blueprint, InstanceArgs, elastic_ip, instance
from components.machines.aws.user_data import user_data
from components.machines.connection import Connection


@dataclass(frozen=True, kw_only=True)
class BastionArgs:
    """A small machine in a subnet with a way to the internet. `seed` is the secret of its host keys."""

    blueprint: Blueprint
    instance_type: str
    subnet: pulumi.Input[str]
    group: pulumi.Input[str]
    user: str
    seed: pulumi.Output[str]


class Bastion(pulumi.ComponentResource):
    """`{name}-host`, `{name}-address`, `{name}-first-contact`."""

    connection: Connection

    def __init__(
        self, name: str, args: BastionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:machines:Bastion", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        machine = instance(
            f"{name}-host",
            args.blueprint,
            InstanceArgs(
                what="bastion",
                node=None,
                instance_type=args.instance_type,
                subnet=args.subnet,
                groups=(args.group,),
                user_data=pulumi.Output.secret(
                    args.seed.apply(lambda seed: user_data(name, first(seed)))
                ),
                public=True,
            ),
            child,
        )
        address = elastic_ip(f"{name}-address", args.blueprint.owner, "bastion", machine, child)
        way = Connection(address=address, host_key="", user=args.user)
        self.connection = first_contact(name, way, args.seed, machine.id, child)
        self.register_outputs({"address": address})
