"""From the configuration's hosts to machines, one provider or another.

Owns the mapping of configuration keys to the components' arguments. Does not own either side of it.
"""

from dataclasses import dataclass

import pulumi

from components.machines.connection import Connection
from components.machines.local import LocalMachines, LocalMachinesArgs, LocalNode
from components.machines.machine import Machine, Profile
from components.machines.ssh import SshMachines, SshMachinesArgs, SshNode
from stacks.config import Configuration
from stacks.secrets import Secrets


@dataclass(frozen=True, kw_only=True)
class Made:
    """The stack's machines, and the name of the load balancer before their API servers if one was made."""

    machines: tuple[Machine, ...]
    api: pulumi.Output[str] | None = None


def machines(configuration: Configuration, secrets: Secrets) -> Made:
    """The stack's machines in the order of the configuration."""
    match configuration.hosts.provider:
        case "local":
            local = local_arguments(configuration, secrets.ssh_private_key)
            return Made(machines=LocalMachines("machines", local).machines)
        case "ssh":
            return Made(machines=SshMachines("machines", ssh_arguments(configuration)).machines)
        case "aws":
            # Whoever has no machines in EC2 does not pay for the import of AWS's package.
            from stacks.aws import machines_in_ec2  # noqa: PLC0415

            made = machines_in_ec2(configuration, secrets)
            return Made(machines=made.machines, api=made.api)


def local_arguments(
    configuration: Configuration, private_key: pulumi.Output[str] | None
) -> LocalMachinesArgs:
    """Hosts to be made in the stack's lab."""
    hosts = configuration.hosts
    if hosts.lab is None or private_key is None:
        raise AssertionError("every stack of local hosts has a lab and a key")
    return LocalMachinesArgs(
        lab=hosts.lab.name,
        subnet=str(hosts.lab.subnet),
        private_key=private_key,
        nodes=tuple(
            LocalNode(
                name=node.name,
                roles=frozenset(node.roles),
                labels=node.label_words,
                taints=node.all_taints,
                protect=configuration.protects(node),
                address=str(node.address) if node.address else None,
            )
            for node in hosts.nodes
        ),
    )


def ssh_arguments(configuration: Configuration) -> SshMachinesArgs:
    """Hosts that exist, each with its own address and host key."""
    hosts = configuration.hosts
    bastion = None
    if hosts.bastion is not None:
        bastion = Connection(
            address=str(hosts.bastion.address),
            port=hosts.bastion.port,
            user=hosts.bastion.user,
            host_key=hosts.bastion.host_key,
        )
    return SshMachinesArgs(
        nodes=tuple(
            SshNode(
                name=node.name,
                roles=frozenset(node.roles),
                labels=node.label_words,
                taints=node.all_taints,
                protect=configuration.protects(node),
                profile=Profile.LAB if hosts.share_a_kernel else Profile.MACHINE,
                connection=Connection(
                    address=str(node.address),
                    port=node.port,
                    user=hosts.user_of(node),
                    host_key=str(node.host_key),
                    bastion=bastion,
                ),
            )
            for node in hosts.nodes
        )
    )
