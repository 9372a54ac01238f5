"""Machines that exist: reached by SSH, never made nor deleted by the appliance.

Owns turning the configuration's nodes into machines. Does not own preparing them.
"""

from dataclasses import dataclass

import pulumi

from components.machines.connection import Connection
from components.machines.machine import Machine, Profile
from components.machines.node_script import install


@dataclass(frozen=True, kw_only=True)
class SshNode:
    """One existing host: how it is reached and what it is to be."""

    name: str
    roles: frozenset[str]
    connection: Connection
    profile: Profile = Profile.MACHINE
    labels: tuple[str, ...] = ()
    taints: tuple[str, ...] = ()
    protect: bool = False


@dataclass(frozen=True, kw_only=True)
class SshMachinesArgs:
    """The hosts; each brings its own connection."""

    nodes: tuple[SshNode, ...]


class SshMachines(pulumi.ComponentResource):
    """Existing hosts: for each node `{node}-script`."""

    machines: tuple[Machine, ...]

    def __init__(
        self, name: str, args: SshMachinesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:machines:SshMachines", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.machines = tuple(
            Machine(
                name=node.name,
                roles=node.roles,
                address=pulumi.Output.from_input(node.connection.address),
                connection=node.connection,
                script=install(node.name, node.connection, child),
                profile=node.profile,
                labels=node.labels,
                taints=node.taints,
                protect=node.protect,
            )
            for node in args.nodes
        )
        self.register_outputs({})
