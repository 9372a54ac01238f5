"""Asking an account, in moto's simulation."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from operate.cloud.facts import Account, Image
from operate.cloud.look import account
from operate.failure import OperateError
from tests.stacks.config.given import AWS, Given

REGION = "eu-central-1"


@pytest.fixture
def ec2() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("ec2", region_name=REGION)


def look(changed: dict[str, Any], authority: str | None = "ours") -> Account:
    given = Given(AWS)
    given.hosts["aws"].update(changed)
    hosts = given.load().hosts
    assert hosts.aws is not None
    return account(hosts, hosts.aws, cluster="appliance-dev", authority=authority)


def test_zones_types_and_image_are_those_of_the_account(ec2: Any) -> None:
    arm = [{"Name": "architecture", "Values": ["arm64"]}]
    image = ec2.describe_images(Filters=arm)["Images"][0]["ImageId"]
    said = look({"image": {"id": image}})
    assert said.zones == {"eu-central-1a", "eu-central-1b", "eu-central-1c"}
    assert said.types == {"m6i.large": {"x86_64"}, "t3.micro": {"x86_64"}}
    assert "eu-central-1a" in said.offered["m6i.large"]
    assert isinstance(said.image, Image)
    assert said.image.architecture == "arm64"


def test_what_is_not_there_is_no_error(ec2: Any) -> None:
    assert ec2
    said = look({"keyPair": "ops", "instanceProfile": "ops"})
    assert said.image is None
    assert not said.key_pair
    assert not said.profile


def test_what_is_there_is_found(ec2: Any) -> None:
    ec2.create_key_pair(KeyName="ops")
    boto3.client("iam").create_instance_profile(InstanceProfileName="ops")
    said = look({"keyPair": "ops", "instanceProfile": "ops"})
    assert (said.key_pair, said.profile) == (True, True)


def test_networks_of_peers_of_the_named_vpc_are_found(ec2: Any) -> None:
    own, peer = (
        ec2.create_vpc(CidrBlock=text)["Vpc"]["VpcId"] for text in ("10.80.0.0/16", "10.40.0.0/16")
    )
    asked = ec2.create_vpc_peering_connection(VpcId=own, PeerVpcId=peer)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=asked["VpcPeeringConnectionId"])
    subnets = {
        f"{REGION}{letter}": ec2.create_subnet(
            VpcId=own, CidrBlock=f"10.80.{n}.0/24", AvailabilityZone=f"{REGION}{letter}"
        )["Subnet"]["SubnetId"]
        for n, letter in enumerate("abc")
    }
    vpc = {"id": own, "cidr": "10.80.0.0/16", "subnets": subnets, "publicSubnets": subnets}
    said = look({"vpc": vpc})
    assert said.vpc == ("10.80.0.0/16",)
    assert said.peers == ("10.40.0.0/16",)
    assert said.subnets == {subnet: zone for zone, subnet in subnets.items()}


@pytest.mark.parametrize(("authority", "strangers"), [("ours", 0), ("theirs", 1), (None, 1)])
def test_another_stack_of_the_same_name_is_told_by_its_authority(
    ec2: Any, authority: str | None, strangers: int
) -> None:
    tags = [
        {"Key": "appliance-cluster", "Value": "appliance-dev"},
        {"Key": "appliance-authority", "Value": "ours"},
    ]
    ec2.create_vpc(
        CidrBlock="10.1.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}]
    )
    assert len(look({}, authority).strangers) == strangers


def test_an_account_that_cannot_be_asked_is_named_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    with pytest.raises(OperateError, match="credentials") as caught:
        look({})
    assert "ARGS=--no-check-hosts" in str(caught.value)
