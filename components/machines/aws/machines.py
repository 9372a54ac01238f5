"""Machines in EC2: all that a stack has there, put together.

Owns which instance is in which subnet and group, and turning instances into machines. Does not own any single kind of
thing: those have modules of their own. Nothing of one node names another, so that one more node touches only itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws.ec2.instance import Instance
from pulumi_aws.provider import Provider

from components.machines.aws.bastion import Bastion, BastionArgs
from components.machines.aws.first_contact_command import first_contact
from components.machines.aws.host_keys import first
from components.machines.aws.instance import Blueprint, InstanceArgs, elastic_ip, instance
from components.machines.aws.key_pair import key_pair
from components.machines.aws.load_balancer import LoadBalancer, LoadBalancerArgs
from components.machines.aws.openings import Group, Opening
from components.machines.aws.owner import Owner
from components.machines.aws.profile import controllers_profile, instance_profile
from components.machines.aws.rights import Rights
from components.machines.aws.security_groups import SecurityGroups, SecurityGroupsArgs
from components.machines.aws.user_data import user_data
from components.machines.aws.volume import VolumeArgs, volume
from components.machines.aws.vpc import Nat, Network, Vpc, VpcArgs
from components.machines.connection import Connection
from components.machines.machine import Machine, Profile
from components.machines.node_script import install


@dataclass(frozen=True, kw_only=True)
class AwsNode:
    """One node to be made. `volume_gib` is its extra volume, None for none; `seed` the secret of its host keys."""

    name: str
    roles: frozenset[str]
    zone: str
    instance_type: str
    seed: pulumi.Output[str]
    volume_gib: int | None = None
    labels: tuple[str, ...] = ()
    taints: tuple[str, ...] = ()
    termination_protection: bool = False
    protect: bool = False


@dataclass(frozen=True, kw_only=True)
class NewVpc:
    """A VPC to be made."""

    cidr: str
    nat: Nat


@dataclass(frozen=True, kw_only=True)
class AwsMachinesArgs:
    """What a stack has in EC2.

    `vpc` is one to be made, or the identifiers of one that exists. Nodes have addresses in the internet if they are
    `public`, which stay with `elastic_ips`; else they are reached through a bastion of `bastion_type`, or directly.
    `key_name` is a key pair that exists; without it one is made of `public_key`. `profile` is an instance profile that
    exists; without it one without rights is made, and with `rights` another one that has them, for control planes.
    """

    owner: Owner
    region: str
    zones: tuple[str, ...]
    vpc: NewVpc | Network
    ami: str
    user: str
    nodes: tuple[AwsNode, ...]
    openings: tuple[Opening, ...]
    public: bool
    elastic_ips: bool
    public_balancer: bool
    root_gib: int
    bastion_type: str | None = None
    bastion_seed: pulumi.Output[str] | None = None
    kms_key: str | None = None
    key_name: str | None = None
    public_key: pulumi.Output[str] | None = None
    profile: str | None = None
    rights: Rights | None = None
    protect: bool = False


class AwsMachines(pulumi.ComponentResource):
    """Machines in EC2.

    Children: `{name}-provider`, `{name}-network` (unless the VPC exists), `{name}-openings`, `{name}-api`,
    `{name}-key-pair`, `{name}-profile`, `{name}-controllers-profile` with rights, `{name}-bastion` where there is one;
    and for each node `{node}-host`,
    `{node}-address` with Elastic IPs, `{node}-volume` and `{node}-volume-attachment` with a volume,
    `{node}-first-contact`, `{node}-script`.
    """

    machines: tuple[Machine, ...]
    api: pulumi.Output[str]
    """The load balancer's DNS name."""

    def __init__(
        self, name: str, args: AwsMachinesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:machines:AwsMachines", name, None, opts)
        self._args = args
        provider = Provider(
            f"{name}-provider", region=args.region, opts=pulumi.ResourceOptions(parent=self)
        )
        self._child = pulumi.ResourceOptions(parent=self, provider=provider)
        self._on_host = pulumi.ResourceOptions(parent=self)
        self._components = pulumi.ResourceOptions(parent=self, providers=[provider])
        self._network = self._a_network(name)
        self._groups = SecurityGroups(
            f"{name}-openings",
            SecurityGroupsArgs(owner=args.owner, vpc=self._network.vpc, openings=args.openings),
            self._components,
        )
        self._blueprint = self._a_blueprint(name)
        self._of_controllers = self._controllers_profile(name)
        bastion = self._bastion(name)
        hosts = {node.name: self._host(node) for node in args.nodes}
        self.machines = tuple(self._machine(node, hosts[node.name], bastion) for node in args.nodes)
        self.api = self._api(name, hosts)
        self.register_outputs({"api": self.api})

    def _a_network(self, name: str) -> Network:
        args = self._args
        if isinstance(args.vpc, Network):
            return args.vpc
        wanted = VpcArgs(
            owner=args.owner,
            cidr=args.vpc.cidr,
            zones=args.zones,
            private=not args.public,
            nat=args.vpc.nat,
        )
        return Vpc(f"{name}-network", wanted, self._components).network

    def _a_blueprint(self, name: str) -> Blueprint:
        args = self._args
        key_name: pulumi.Input[str] | None = args.key_name
        if key_name is None:
            if args.public_key is None:
                raise AssertionError("a stack without a key pair of its own names one")
            key_name = key_pair(name, args.owner, args.public_key, self._child)
        profile: pulumi.Input[str] = args.profile or instance_profile(name, args.owner, self._child)
        return Blueprint(
            owner=args.owner,
            ami=args.ami,
            key_name=key_name,
            profile=profile,
            root_gib=args.root_gib,
            kms_key=args.kms_key,
            after=(*self._network.ways, *self._groups.rules),
        )

    def _controllers_profile(self, name: str) -> pulumi.Output[str] | None:
        """What control planes are to AWS where controllers run on them; None where they are what all nodes are."""
        args = self._args
        if args.rights is None or args.profile is not None:
            return None
        return controllers_profile(name, args.owner, args.rights, self._child)

    def _bastion(self, name: str) -> Connection | None:
        args = self._args
        if args.bastion_type is None or args.bastion_seed is None:
            return None
        wanted = BastionArgs(
            blueprint=self._blueprint,
            instance_type=args.bastion_type,
            subnet=self._network.public[args.zones[0]],
            group=self._groups.ids[Group.BASTION],
            user=args.user,
            seed=args.bastion_seed,
        )
        return Bastion(f"{name}-bastion", wanted, self._components).connection

    def _host(self, node: AwsNode) -> Instance:
        groups = [self._groups.ids[Group.NODES]]
        is_control_plane = "control-plane" in node.roles
        if is_control_plane:
            groups.append(self._groups.ids[Group.CONTROL_PLANES])
        return instance(
            f"{node.name}-host",
            self._blueprint,
            InstanceArgs(
                what=node.name,
                node=node.name,
                instance_type=node.instance_type,
                subnet=self._network.nodes[node.zone],
                groups=groups,
                user_data=pulumi.Output.secret(
                    node.seed.apply(lambda seed: user_data(node.name, first(seed)))
                ),
                public=self._args.public,
                termination_protection=node.termination_protection,
                protect=node.protect,
                profile=self._of_controllers if is_control_plane else None,
            ),
            self._child,
        )

    def _machine(self, node: AwsNode, host: Instance, bastion: Connection | None) -> Machine:
        way = Connection(
            address=self._address(node, host), host_key="", user=self._args.user, bastion=bastion
        )
        connection = first_contact(node.name, way, node.seed, host.id, self._on_host)
        return Machine(
            name=node.name,
            roles=node.roles,
            address=host.private_ip,
            connection=connection,
            script=install(node.name, connection, self._on_host),
            profile=Profile.MACHINE,
            labels=node.labels,
            taints=node.taints,
            protect=node.protect,
            device=self._device(node, host),
            provider_id=pulumi.Output.concat("aws:///", node.zone, "/", host.id),
        )

    def _address(self, node: AwsNode, host: Instance) -> pulumi.Output[str]:
        """Where SSH finds the machine."""
        if not self._args.public:
            return host.private_ip
        if not self._args.elastic_ips:
            return host.public_ip
        return elastic_ip(f"{node.name}-address", self._args.owner, node.name, host, self._child)

    def _device(self, node: AwsNode, host: Instance) -> pulumi.Output[str] | None:
        """The path of the extra volume on the host, where there is one."""
        if node.volume_gib is None:
            return None
        wanted = VolumeArgs(
            owner=self._args.owner,
            node=node.name,
            zone=node.zone,
            gib=node.volume_gib,
            kms_key=self._args.kms_key,
            protect=node.protect,
        )
        return volume(wanted, host, self._child)

    def _api(self, name: str, hosts: Mapping[str, Instance]) -> pulumi.Output[str]:
        args = self._args
        subnets = self._network.public if args.public_balancer else self._network.nodes
        if args.public:
            subnets = self._network.nodes
        planes = [node.name for node in args.nodes if "control-plane" in node.roles]
        wanted = LoadBalancerArgs(
            owner=args.owner,
            vpc=self._network.vpc,
            subnets=[subnets[zone] for zone in args.zones],
            group=self._groups.ids[Group.BALANCER],
            public=args.public_balancer,
            targets={node: hosts[node].id for node in planes},
            protect=args.protect,
        )
        return LoadBalancer(f"{name}-api", wanted, self._components).address
