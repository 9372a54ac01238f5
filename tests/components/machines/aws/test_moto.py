"""The program's resources made in moto's simulation of AWS, from their inputs and with identifiers that exist there.

What this cannot show stands in docs/user/aws.md.
"""

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
