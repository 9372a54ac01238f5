"""The program's resources made in moto's simulation of AWS, from their inputs and with identifiers that exist there.

What this cannot show stands in docs/user/aws.md.
"""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pulumi
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from moto import mock_aws
from pulumi.runtime import mocks
from pulumi.runtime.settings import reset_options

from components.machines.aws.machines import AwsMachinesArgs
from components.machines.aws.owner import Owner
from components.machines.aws.rights import Rights
from tests.components.machines.aws.made import arguments, build, node
from tests.components.machines.aws.moto_engine import MotoEngine

REGION = "eu-central-1"


@pytest.fixture
def aws() -> Iterator[MotoEngine]:
    with mock_aws():
        made = MotoEngine(REGION)
        mocks.set_mocks(made, project="appliance", stack="test", monitor=made)
        yield made
        reset_options()


def real(aws: MotoEngine, **changed: Any) -> AwsMachinesArgs:
    """The stack with an image that is there and a key that is one."""
    ami = aws.ec2.register_image(Name="debian-12", Architecture="x86_64")["ImageId"]
    public = Ed25519PrivateKey.generate().public_key()
    line = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    three = (node("cp2", "control-plane", zone="b"), node("cp3", "control-plane", zone="c"))
    return arguments(*three, ami=ami, public_key=pulumi.Output.from_input(line), **changed)


def named(instance: dict[str, Any]) -> str:
    return str({tag["Key"]: tag["Value"] for tag in instance["Tags"]}["Name"])


def instances(aws: MotoEngine) -> dict[str, dict[str, Any]]:
    found = aws.ec2.describe_instances()["Reservations"]
    return {named(each): each for group in found for each in group["Instances"]}


@pulumi.runtime.test
async def test_private_nodes_behind_a_bastion_can_be_made(aws: MotoEngine) -> None:
    made = await build(aws, real(aws))
    there = instances(aws)
    assert set(there) == {"shop-bastion", "shop-cp1", "shop-cp2", "shop-cp3", "shop-w1"}
    assert "PublicIpAddress" not in there["shop-w1"]
    assert there["shop-w1"]["Placement"]["AvailabilityZone"] == "eu-central-1b"
    assert there["shop-w1"]["MetadataOptions"]["HttpTokens"] == "required"
    assert (await made.api.future() or "").endswith("elb.amazonaws.com")
    # The very addresses that the simulation gave are those that hosts are reached at.
    assert await made.machines[1].address.future() == there["shop-w1"]["PrivateIpAddress"]


@pulumi.runtime.test
async def test_the_volume_is_at_the_storage_machine_encrypted_and_called_by_its_identifier(
    aws: MotoEngine,
) -> None:
    made = await build(aws, real(aws))
    volume = aws.ec2.describe_volumes(VolumeIds=[aws.made["w1-volume"]])["Volumes"][0]
    assert volume["Encrypted"] is True
    assert volume["VolumeType"] == "gp3"
    assert [each["InstanceId"] for each in volume["Attachments"]] == [aws.made["w1-host"]]
    device = made.machines[1].device
    assert device is not None
    assert str(await device.future()).endswith(volume["VolumeId"].replace("-", ""))


@pulumi.runtime.test
async def test_private_subnets_go_out_by_the_gateway_and_public_ones_straight(
    aws: MotoEngine,
) -> None:
    await build(aws, real(aws))
    ways: dict[str, set[str]] = {}
    for table in aws.ec2.describe_route_tables()["RouteTables"]:
        out = [each for each in table["Routes"] if each.get("DestinationCidrBlock") == "0.0.0.0/0"]
        kinds = {"nat" if "NatGatewayId" in each else "straight" for each in out}
        for association in table["Associations"]:
            if "SubnetId" in association:
                ways[association["SubnetId"]] = kinds
    names = {name: identifier for name, identifier in aws.made.items() if identifier in ways}
    assert len(names) == 6
    for name, subnet in names.items():
        assert ways[subnet] == ({"nat"} if "private" in name else {"straight"}), name


@pulumi.runtime.test
async def test_the_balancer_has_every_control_plane_as_its_target(aws: MotoEngine) -> None:
    await build(aws, real(aws))
    group = aws.elb.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    health = aws.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert {each["Target"]["Id"] for each in health} == {
        aws.made[f"{name}-host"] for name in ("cp1", "cp2", "cp3")
    }


@pulumi.runtime.test
async def test_nobody_outside_reaches_a_node_but_through_ingress_and_console(
    aws: MotoEngine,
) -> None:
    await build(aws, real(aws))
    group = aws.ec2.describe_security_groups(GroupIds=[aws.made["machines-openings-nodes"]])
    (found,) = group["SecurityGroups"]
    open_ports = {
        (each["IpProtocol"], each["FromPort"])
        for each in found["IpPermissions"]
        if each["IpRanges"] and each["IpProtocol"] != "icmp"
    }
    assert open_ports == {("tcp", 80), ("tcp", 443), ("tcp", 30880)}


@pulumi.runtime.test
async def test_public_nodes_with_elastic_ips_can_be_made(aws: MotoEngine) -> None:
    await build(aws, real(aws, public=True, elastic_ips=True, bastion_type=None))
    held = {each.get("InstanceId") for each in aws.ec2.describe_addresses()["Addresses"]}
    assert held == {aws.made[f"{name}-host"] for name in ("cp1", "cp2", "cp3", "w1")}


OWNER = Owner(cluster="shop", authority="f1", controllers=True)
THEIRS = {"kubernetes.io/cluster/shop": "owned"}


def tags(found: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found.get("Tags", ())}


@pulumi.runtime.test
async def test_controllers_find_machines_group_and_subnets_by_their_tag_and_no_disk(
    aws: MotoEngine,
) -> None:
    await build(aws, real(aws, owner=OWNER, rights=Rights(cluster="shop")))
    there = instances(aws)
    for name in ("shop-cp1", "shop-w1"):
        assert tags(there[name]).items() >= THEIRS.items()
    assert not THEIRS.keys() & tags(there["shop-bastion"]).keys()
    groups = aws.ec2.describe_security_groups()["SecurityGroups"]
    # Of a machine's groups there must be one.
    assert [each["GroupName"] for each in groups if THEIRS.keys() & tags(each).keys()] == [
        "shop-nodes"
    ]
    subnets = aws.ec2.describe_subnets(
        Filters=[{"Name": "tag-key", "Values": ["kubernetes.io/cluster/shop"]}]
    )["Subnets"]
    roles = [key for each in subnets for key in tags(each) if key.startswith("kubernetes.io/role/")]
    assert sorted(roles) == [
        *["kubernetes.io/role/elb"] * 3,
        *["kubernetes.io/role/internal-elb"] * 3,
    ]
    for volume in aws.ec2.describe_volumes()["Volumes"]:
        assert not THEIRS.keys() & tags(volume).keys()


@pulumi.runtime.test
async def test_control_planes_have_the_rights_of_controllers_and_workers_none(
    aws: MotoEngine,
) -> None:
    rights = Rights(cluster="shop")
    made = await build(aws, real(aws, owner=OWNER, rights=rights))
    there = instances(aws)

    def role(name: str) -> str:
        profile = there[name]["IamInstanceProfile"]["Arn"].rpartition("/")[2]
        found = aws.iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]
        return str(found["Roles"][0]["RoleName"])

    assert {role(f"shop-{name}") for name in ("cp1", "cp2", "cp3")} == {"shop-controllers"}
    assert role("shop-w1") == role("shop-bastion") == "shop-nodes"
    held = aws.iam.get_role_policy(RoleName="shop-controllers", PolicyName="controllers")
    assert held["PolicyDocument"] == json.loads(rights.document)
    assert aws.iam.list_role_policies(RoleName="shop-nodes")["PolicyNames"] == []
    identifier = made.machines[1].provider_id
    assert identifier is not None
    assert await identifier.future() == (f"aws:///eu-central-1b/{there['shop-w1']['InstanceId']}")


@pulumi.runtime.test
async def test_an_order_that_is_wrong_is_seen(aws: MotoEngine) -> None:
    # The check of the check: what refers to something that is not there cannot be made.
    args = mocks.MockResourceArgs(
        typ="aws:ec2/subnet:Subnet",
        name="s",
        inputs={
            "vpcId": "vpc-0123456789abcdef0",
            "cidrBlock": "10.0.0.0/24",
            "availabilityZone": "eu-central-1a",
            "mapPublicIpOnLaunch": False,
            "tags": {},
        },
        provider="",
        resource_id=None,
    )
    with pytest.raises(boto3.client("ec2", region_name=REGION).exceptions.ClientError):
        aws.new_resource(args)
