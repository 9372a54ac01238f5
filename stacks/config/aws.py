"""Machines that are made in EC2: region, image, sizes, network, and who may reach them.

Owns the group `hosts.aws`. Does not own the form of a value (`aws_forms.py`), what must hold between its keys and the
nodes (`aws_rules.py`), what regions and types there are (`aws_known.py`), nor what only the account can say
(`operate/cloud`).
"""

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool

from stacks.config.addresses import Network, prefix_between
from stacks.config.aws_forms import (
    distinct_zones,
    identifier,
    instance_type,
    named,
    own_tags,
    region,
    whole_gibibytes,
    zone,
)
from stacks.config.checks import Size
from stacks.config.names import User
from stacks.config.schema import Settings, parsed

Region = Annotated[str, BeforeValidator(parsed(region))]
Zone = Annotated[str, BeforeValidator(parsed(zone))]
InstanceType = Annotated[str, BeforeValidator(parsed(instance_type))]
VolumeSize = Annotated[Size, AfterValidator(whole_gibibytes)]
Subnet = Annotated[str, identifier("subnet")]
_Named = Annotated[str, BeforeValidator(parsed(named))]
_VOLUME = "a size such as 100Gi"
_TYPE = "an instance type such as m6i.large"


class Image(Settings):
    """`hosts.aws.image`: the system that new machines begin with."""

    id: Annotated[str, identifier("ami")] = Field(
        title="an AMI",
        description="The image. Another one is for machines that are made from then on; it replaces none.",
        examples=["ami-0123456789abcdef0"],
    )
    user: User = Field(
        default="admin", title="a user name", description="Who logs in on machines of this image."
    )


class Vpc(Settings):
    """`hosts.aws.vpc`: the network, made or there already. All of it is for life."""

    cidr: Annotated[
        Network, AfterValidator(prefix_between(16, 24, "it is divided among 16 subnets"))
    ] = Field(
        default=IPv4Network("10.80.0.0/16"),
        title="an IPv4 network such as 10.80.0.0/16",
        description="The addresses of the VPC, from /16 to /24.",
    )
    id: Annotated[str, identifier("vpc")] | None = Field(
        default=None,
        title="a VPC",
        description="A VPC that exists. Then `subnets` are given too, and nothing of its network is made or changed.",
        json_schema_extra={"without": "one is made"},
        examples=["vpc-0123456789abcdef0"],
    )
    subnets: dict[Zone, Subnet] = Field(
        default_factory=dict,
        title="a group of zones, each with a subnet",
        description="Where the nodes of a zone are; only with `id`.",
        examples=[{"eu-central-1a": "subnet-0123456789abcdef0"}],
    )
    public_subnets: dict[Zone, Subnet] = Field(
        default_factory=dict,
        title="a group of zones, each with a subnet",
        description="Subnets with a way to the internet, for a bastion and a public load balancer; only with `id`.",
        examples=[{"eu-central-1a": "subnet-0123456789abcdef1"}],
    )
    peered: tuple[Network, ...] = Field(
        default=(),
        title="a list of IPv4 networks",
        description="Networks that the VPC is peered with, or otherwise routed to: nothing here may overlap them.",
        examples=[["10.90.0.0/16"]],
    )


class AwsBastion(Settings):
    """`hosts.aws.bastion`: the machine that SSH goes through to private nodes. `{}` is enough."""

    instance_type: InstanceType = Field(
        default="t3.micro", title=_TYPE, description="What it is made of."
    )


class OfNode(Settings):
    """`hosts.nodes[].aws`: one machine; only with provider aws."""

    zone: Zone | None = Field(
        default=None,
        title="an availability zone",
        description="Where it is, for life. Required where `hosts.aws.zones` has several.",
        json_schema_extra={"without": "the only zone"},
        examples=["eu-central-1a"],
    )
    instance_type: InstanceType | None = Field(
        default=None,
        title=_TYPE,
        description="What it is made of. Another one stops and starts the machine.",
        json_schema_extra={"without": "`hosts.aws.instanceType`"},
        examples=["m6i.xlarge"],
    )
    volume: VolumeSize | None = Field(
        default=None,
        title=_VOLUME,
        description="Its extra volume for Ceph; only with the role storage. It may grow and never shrinks.",
        json_schema_extra={"without": "`hosts.aws.storageVolume`"},
        examples=["100Gi"],
    )


class Aws(Settings):
    """`hosts.aws`: machines in EC2; only with provider aws."""

    region: Region = Field(
        title="a region", description="Where everything is made.", examples=["eu-central-1"]
    )
    zones: Annotated[tuple[Zone, ...], AfterValidator(distinct_zones)] = Field(
        title="a list of availability zones",
        description="The zones that there are subnets in.",
        examples=[["eu-central-1a", "eu-central-1b", "eu-central-1c"]],
    )
    image: Image = Field(
        title="a group of keys",
        description="The system that new machines begin with.",
        examples=[{"id": "ami-0123456789abcdef0"}],
    )
    instance_type: InstanceType = Field(
        default="m6i.large", title=_TYPE, description="What nodes are made of, if they do not say."
    )
    root_volume: VolumeSize = Field(
        default="40Gi",
        title=_VOLUME,
        description="The system's disk of each machine: gp3, encrypted.",
    )
    storage_volume: VolumeSize | None = Field(
        default=None,
        title=_VOLUME,
        description="The extra volume of each node with the role storage, which Ceph gets whole: gp3, encrypted.",
        examples=["100Gi"],
    )
    kms_key: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[\w/-]+$",
        title="the ARN of a key",
        description="The key that volumes are encrypted with.",
        json_schema_extra={"without": "the account's own for EBS"},
        examples=["arn:aws:kms:eu-central-1:111122223333:key/1234abcd"],
    )
    vpc: Vpc = Field(
        default=Vpc(), title="a group of keys", description="The network that machines are in."
    )
    placement: Literal["public", "private"] = Field(
        default="private",
        title="one of public, private",
        description="Whether nodes have addresses in the internet, or are reached through a bastion. For life.",
    )
    nat: Literal["none", "one", "each-zone"] = Field(
        default="one",
        title="one of none, one, each-zone",
        description="The NAT gateways by which private nodes reach the internet. none needs a bundle.",
    )
    elastic_ips: StrictBool = Field(
        default=False,
        title="true or false",
        description="Whether public nodes have addresses that stay when a machine is stopped.",
    )
    bastion: AwsBastion | None = Field(
        default=None,
        title="a group of keys",
        description="The machine that SSH goes through to private nodes. Without it they are reached directly.",
        examples=[{}],
    )
    balancer: Literal["public", "private"] = Field(
        default="public",
        title="one of public, private",
        description="Where the load balancer of the API listens: in the internet, or in the VPC only. For life.",
    )
    operators: tuple[Network, ...] = Field(
        title="a list of IPv4 networks",
        description="Who may reach SSH and the API: your own networks.",
        examples=[["203.0.113.0/24"]],
    )
    clients: tuple[Network | Literal["0.0.0.0/0"], ...] = Field(
        default=("0.0.0.0/0",),
        title="a list of IPv4 networks",
        description="Who may reach the ingress's ports on the nodes, if there is an ingress.",
    )
    key_pair: _Named | None = Field(
        default=None,
        title="a name",
        description="A key pair that exists; its private half is in your SSH agent.",
        json_schema_extra={"without": "one is made of the stack's own key"},
        examples=["ops"],
    )
    instance_profile: _Named | None = Field(
        default=None,
        title="a name",
        description="An instance profile that exists.",
        json_schema_extra={"without": "one without any rights is made"},
        examples=["ops"],
    )
    termination_protection: StrictBool = Field(
        default=True,
        title="true or false",
        description="Whether EC2 refuses to terminate control planes. `decommission` of a node lifts it too.",
    )
    tags: Annotated[dict[str, str], AfterValidator(own_tags)] = Field(
        default_factory=dict,
        title="a group of tags",
        description="Tags of everything that is made.",
        examples=[{"cost-center": "42"}],
    )
    unlisted: StrictBool = Field(
        default=False,
        title="true or false",
        description="Whether to take zones and instance types that this release does not know of.",
    )
