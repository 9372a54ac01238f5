"""Machines on this machine: hosts of the lab, made and deleted by local commands.

Owns the commands' text and reading what they print. Does not own the lab: `lab.hosts` makes the hosts and knows what
this machine must have for that.
"""

import json
import shlex
from dataclasses import dataclass

import pulumi
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
)
from pulumi_command import local

from components.machines.connection import Connection
from components.machines.machine import Machine, Profile
from components.machines.node_script import install


@dataclass(frozen=True, kw_only=True)
class LocalNode:
    """One host to be made: its name, roles, labels and taints, and its address if it is not to be chosen."""

    name: str
    roles: frozenset[str]
    labels: tuple[str, ...] = ()
    taints: tuple[str, ...] = ()
    address: str | None = None
    protect: bool = False


@dataclass(frozen=True, kw_only=True)
class LocalMachinesArgs:
    """The lab (name and IPv4 subnet) and the hosts in it."""

    lab: str
    subnet: str
    nodes: tuple[LocalNode, ...]
    private_key: pulumi.Output[str]
    """Whose public half the hosts admit."""


class LocalMachines(pulumi.ComponentResource):
    """Hosts in namespaces of this machine: for each node `{node}-host` and `{node}-script`."""

    machines: tuple[Machine, ...]

    def __init__(
        self, name: str, args: LocalMachinesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:machines:LocalMachines", name, None, opts)
        # The public half is no secret, and the command's text should be readable in a preview.
        public_key = pulumi.Output.unsecret(args.private_key.apply(public_half))
        self.machines = tuple(self._machine(args, node, public_key) for node in args.nodes)
        self.register_outputs({})

    def _machine(
        self, args: LocalMachinesArgs, node: LocalNode, public_key: pulumi.Output[str]
    ) -> Machine:
        child = pulumi.ResourceOptions(parent=self)
        host = local.Command(
            f"{node.name}-host",
            create=public_key.apply(lambda key: create_command(args, node, key)),
            delete=hosts_command("delete", lab=args.lab, name=node.name),
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(parent=self, protect=node.protect),
        )
        connection = Connection(
            address=host.stdout.apply(lambda out: field(out, "address")),
            host_key=host.stdout.apply(lambda out: field(out, "hostKey")),
        )
        return Machine(
            name=node.name,
            roles=node.roles,
            address=pulumi.Output.from_input(connection.address),
            connection=connection,
            script=install(node.name, connection, child),
            profile=Profile.LAB,
            labels=node.labels,
            taints=node.taints,
            protect=node.protect,
        )


def create_command(args: LocalMachinesArgs, node: LocalNode, public_key: str) -> str:
    """The command that makes the host or finds it made; it prints one JSON object."""
    options = {"lab": args.lab, "subnet": args.subnet, "name": node.name}
    if node.address is not None:
        options["address"] = node.address
    return hosts_command("create", **options, authorized_key=public_key)


def hosts_command(verb: str, **options: str) -> str:
    """A call of the lab's own command line, quoted for a shell."""
    words = ["python", "-m", "lab.hosts", verb]
    for option, value in options.items():
        words += [f"--{option.replace('_', '-')}", value]
    return shlex.join(words)


def public_half(private_key: str) -> str:
    """The public key of an OpenSSH private key, in the form of an authorized_keys line."""
    key = load_ssh_private_key(private_key.encode(), password=None)
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def field(printed: str, name: str) -> str:
    """One field of the JSON object that `lab.hosts create` prints."""
    return str(json.loads(printed)[name])
