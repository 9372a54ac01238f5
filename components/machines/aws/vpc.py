"""The network of machines in EC2: a VPC with subnets, and its ways to the internet.

Owns VPC, subnets, gateways and routes. Does not own who may talk to whom (security_groups.py), nor a VPC that exists
already: of that only the names are known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
from pulumi_aws.ec2.eip import Eip
from pulumi_aws.ec2.internet_gateway import InternetGateway
from pulumi_aws.ec2.nat_gateway import NatGateway
from pulumi_aws.ec2.route import Route
from pulumi_aws.ec2.route_table import RouteTable
from pulumi_aws.ec2.route_table_association import RouteTableAssociation
from pulumi_aws.ec2.subnet import Subnet
from pulumi_aws.ec2.vpc import Vpc as Ec2Vpc

from components.machines.aws.owner import Owner
from components.machines.aws.subnets import ANYWHERE, parts

Nat = Literal["none", "one", "each-zone"]

ROLES: Final = {"public": "elb", "private": "internal-elb"}
"""The load balancers that controllers in the cluster put into a subnet, by its kind: for the internet, or inside."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """What machines need to know of a network: identifiers of the VPC and of a subnet of each zone.

    `ways` are the routes: a machine that is there before them, or after them, cannot be reached.
    """

    vpc: pulumi.Input[str]
    nodes: Mapping[str, pulumi.Input[str]]
    public: Mapping[str, pulumi.Input[str]]
    ways: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class VpcArgs:
    """A VPC of `cidr` with subnets in `zones`. `private` nodes get subnets of their own, and `nat` gateways."""

    owner: Owner
    cidr: str
    zones: tuple[str, ...]
    private: bool
    nat: Nat


class Vpc(pulumi.ComponentResource):
    """A VPC.

    Children: `{name}-vpc`, `{name}-gateway`, for each zone's letter `{name}-public-a` and, with private nodes,
    `{name}-private-a`, each with its `-routes` and `-association`; `{name}-nat-a` with its `-address`.
    """

    network: Network

    def __init__(
        self, name: str, args: VpcArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:machines:Vpc", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._ways: list[pulumi.Resource] = []
        vpc = Ec2Vpc(
            f"{name}-vpc",
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=args.owner.tagged("vpc"),
            opts=self._child,
        )
        public = self._public(vpc)
        nodes = self._private(vpc, public) if args.private else public
        self.network = Network(
            vpc=vpc.id,
            nodes={zone: subnet.id for zone, subnet in nodes.items()},
            public={zone: subnet.id for zone, subnet in public.items()},
            ways=tuple(self._ways),
        )
        self.register_outputs({"vpc": vpc.id})

    def _public(self, vpc: Ec2Vpc) -> Mapping[str, Subnet]:
        """A subnet of each zone whose packets go straight to the internet."""
        gateway = InternetGateway(
            f"{self._name}-gateway",
            vpc_id=vpc.id,
            tags=self._args.owner.tagged("gateway"),
            opts=self._child,
        )
        table = self._table(vpc, "public")
        route = Route(
            f"{self._name}-public-route",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway.id,
            opts=self._child,
        )
        self._ways.append(route)
        subnets = {
            zone: self._subnet(vpc, zone, "public", parts(self._args.cidr, zone).public)
            for zone in self._args.zones
        }
        for zone, subnet in subnets.items():
            self._associate(f"public-{zone[-1]}", subnet, table)
        return subnets

    def _private(self, vpc: Ec2Vpc, public: Mapping[str, Subnet]) -> Mapping[str, Subnet]:
        """A subnet of each zone that nobody reaches from the internet; a zone's way out is the gateway of its own."""
        subnets: dict[str, Subnet] = {}
        gateways: dict[str, NatGateway] = {}
        first = self._args.zones[0]
        for zone in self._args.zones:
            subnets[zone] = subnet = self._subnet(
                vpc, zone, "private", parts(self._args.cidr, zone).private
            )
            table = self._table(vpc, f"private-{zone[-1]}")
            self._associate(f"private-{zone[-1]}", subnet, table)
            if self._args.nat == "none":
                continue
            origin = zone if self._args.nat == "each-zone" else first
            if origin not in gateways:
                gateways[origin] = self._nat(origin, public[origin])
            route = Route(
                f"{self._name}-private-{zone[-1]}-route",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=gateways[origin].id,
                opts=self._child,
            )
            self._ways.append(route)
        return subnets

    def _nat(self, zone: str, subnet: Subnet) -> NatGateway:
        label = f"nat-{zone[-1]}"
        # Without the internet gateway's route an address of the internet is refused, and could not be given back.
        opts = pulumi.ResourceOptions(parent=self, depends_on=[self._ways[0]])
        address = Eip(
            f"{self._name}-{label}-address",
            domain="vpc",
            tags=self._args.owner.tagged(label),
            opts=opts,
        )
        return NatGateway(
            f"{self._name}-{label}",
            subnet_id=subnet.id,
            allocation_id=address.id,
            tags=self._args.owner.tagged(label),
            opts=opts,
        )

    def _subnet(self, vpc: Ec2Vpc, zone: str, kind: str, cidr: str) -> Subnet:
        label = f"{kind}-{zone[-1]}"
        return Subnet(
            f"{self._name}-{label}",
            vpc_id=vpc.id,
            availability_zone=zone,
            cidr_block=cidr,
            # Each machine says for itself whether it has an address in the internet.
            map_public_ip_on_launch=False,
            tags=self._args.owner.shared(label, role=ROLES[kind]),
            opts=self._child,
        )

    def _table(self, vpc: Ec2Vpc, label: str) -> RouteTable:
        tags = self._args.owner.tagged(label)
        return RouteTable(
            f"{self._name}-{label}-routes", vpc_id=vpc.id, tags=tags, opts=self._child
        )

    def _associate(self, label: str, subnet: Subnet, table: RouteTable) -> None:
        self._ways.append(
            RouteTableAssociation(
                f"{self._name}-{label}-association",
                subnet_id=subnet.id,
                route_table_id=table.id,
                opts=self._child,
            )
        )
