"""Asking an account of AWS: read-only calls of EC2 and IAM.

Owns the calls and what of their answers is kept. Does not own what is wrong (rules.py), nor credentials: boto3 finds
them as Pulumi's plugin does (AWS_PROFILE, AWS_ACCESS_KEY_ID, …).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from components.machines.aws.owner import AUTHORITY, CLUSTER
from operate.cloud.facts import Account, Image
from operate.failure import OperateError
from stacks.config.aws import Aws
from stacks.config.hosts import Hosts

_ABSENT: Final = (
    "InvalidAMIID.NotFound",
    "InvalidAMIID.Unavailable",
    "InvalidKeyPair.NotFound",
    "InvalidVpcID.NotFound",
    "InvalidSubnetID.NotFound",
    "InvalidInstanceType",
    "NoSuchEntity",
)
SHOWN: Final = 5

# boto3 makes its clients' methods at run time and carries no types.
Client = Any
Call = Callable[..., Mapping[str, Any]]


def account(hosts: Hosts, aws: Aws, *, cluster: str, authority: str | None) -> Account:
    """What the account says of a stack's wishes. Raises OperateError if it cannot be asked.

    `authority` is the fingerprint of the stack's CA; None while it has none.
    """
    try:
        session = boto3.Session(region_name=aws.region)
        return _account(session, hosts, aws, cluster, authority)
    except (BotoCoreError, ClientError) as fault:
        raise OperateError(
            f"the account of AWS cannot be asked about {aws.region} ({fault}); set credentials that may look at EC2 "
            "and IAM (docs/user/aws.md), or leave this out with ARGS=--no-check-hosts"
        ) from None


def _account(
    session: Client, hosts: Hosts, aws: Aws, cluster: str, authority: str | None
) -> Account:
    ec2, iam = session.client("ec2"), session.client("iam")
    types = wanted_types(hosts, aws)
    vpc, peers = _networks(ec2, aws)
    return Account(
        zones=frozenset(
            zone["ZoneName"]
            for zone in ec2.describe_availability_zones()["AvailabilityZones"]
            if zone["State"] == "available"
        ),
        types={name: _architectures(ec2, name) for name in types},
        offered=_offered(ec2, types),
        image=_image(ec2, aws.image.id),
        key_pair=aws.key_pair is None
        or _there(ec2.describe_key_pairs, KeyNames=[aws.key_pair]) is not None,
        profile=aws.instance_profile is None
        or _there(iam.get_instance_profile, InstanceProfileName=aws.instance_profile) is not None,
        vpc=vpc,
        peers=peers,
        subnets=_subnets(ec2, aws),
        strangers=tuple(_strangers(ec2, cluster, authority)),
    )


def wanted_types(hosts: Hosts, aws: Aws) -> tuple[str, ...]:
    """All types of machines that a stack asks for, sorted."""
    types = {node.aws.instance_type or aws.instance_type for node in hosts.nodes}
    if aws.bastion is not None:
        types.add(aws.bastion.instance_type)
    return tuple(sorted(types))


def _there(call: Call, **wanted: object) -> Mapping[str, Any] | None:
    """The answer, or None if AWS says that the thing does not exist."""
    try:
        return call(**wanted)
    except ClientError as fault:
        if fault.response["Error"]["Code"] in _ABSENT:
            return None
        raise


def _architectures(ec2: Client, name: str) -> frozenset[str]:
    found = _there(ec2.describe_instance_types, InstanceTypes=[name])
    listed = found["InstanceTypes"] if found else []
    return frozenset(
        each for kind in listed for each in kind["ProcessorInfo"]["SupportedArchitectures"]
    )


def _offered(ec2: Client, types: Iterable[str]) -> Mapping[str, frozenset[str]]:
    zones: dict[str, set[str]] = {name: set() for name in types}
    pages = ec2.get_paginator("describe_instance_type_offerings").paginate(
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": sorted(zones)}],
    )
    for page in pages:
        for offering in page["InstanceTypeOfferings"]:
            zones[offering["InstanceType"]].add(offering["Location"])
    return {name: frozenset(found) for name, found in zones.items()}


def _image(ec2: Client, identifier: str) -> Image | None:
    found = _there(ec2.describe_images, ImageIds=[identifier])
    if not found or not found["Images"]:
        return None
    image = found["Images"][0]
    disks = {each["DeviceName"]: each.get("Ebs", {}) for each in image["BlockDeviceMappings"]}
    return Image(
        architecture=image["Architecture"],
        state=image["State"],
        root_gib=int(disks.get(image.get("RootDeviceName"), {}).get("VolumeSize", 0)),
    )


def _networks(ec2: Client, aws: Aws) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The ranges of the named VPC (None if it is not there), and those of its peers."""
    if aws.vpc.id is None:
        return (), ()
    found = _there(ec2.describe_vpcs, VpcIds=[aws.vpc.id])
    if not found or not found["Vpcs"]:
        return None, ()
    own = tuple(each["CidrBlock"] for each in found["Vpcs"][0]["CidrBlockAssociationSet"])
    peers: set[str] = set()
    for connection in ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]:
        sides = (connection["RequesterVpcInfo"], connection["AccepterVpcInfo"])
        if connection["Status"]["Code"] == "active" and any(
            side.get("VpcId") == aws.vpc.id for side in sides
        ):
            peers |= {side["CidrBlock"] for side in sides if side.get("VpcId") != aws.vpc.id}
    return own, tuple(sorted(peers))


def _subnets(ec2: Client, aws: Aws) -> Mapping[str, str]:
    """The named subnets that are in the named VPC, with their zone."""
    wanted = {*aws.vpc.subnets.values(), *aws.vpc.public_subnets.values()}
    if not wanted:
        return {}
    filters = [{"Name": "subnet-id", "Values": sorted(wanted)}]
    return {
        each["SubnetId"]: each["AvailabilityZone"]
        for each in ec2.describe_subnets(Filters=filters)["Subnets"]
        if each["VpcId"] == aws.vpc.id
    }


def _strangers(ec2: Client, cluster: str, authority: str | None) -> Iterable[str]:
    """Things of another stack of the same name, a few of them."""
    filters = [{"Name": f"tag:{CLUSTER}", "Values": [cluster]}]
    found: list[str] = []
    for kind, thing, name in (
        ("describe_vpcs", "Vpcs", "VpcId"),
        ("describe_security_groups", "SecurityGroups", "GroupId"),
        ("describe_key_pairs", "KeyPairs", "KeyName"),
        ("describe_volumes", "Volumes", "VolumeId"),
    ):
        for each in getattr(ec2, kind)(Filters=filters)[thing]:
            tags = {tag["Key"]: tag["Value"] for tag in each.get("Tags", [])}
            if tags.get(AUTHORITY) != authority:
                found.append(each[name])
    return found[:SHOWN]
