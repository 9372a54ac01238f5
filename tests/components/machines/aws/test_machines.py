"""Machines in EC2 on mocks: what is made, what waits for what, and what a change touches."""

import json

import pulumi
import pytest

from components.machines.aws.machines import NewVpc
from components.machines.aws.rights import Rights
from components.machines.aws.vpc import Nat, Network
from tests.components.machines.aws.made import LAYERS, ZONES, arguments, build, node
from tests.conftest import Engine

EXISTING = Network(
    vpc="vpc-1",
    nodes={zone: f"subnet-n{zone[-1]}" for zone in ZONES},
    public={zone: f"subnet-p{zone[-1]}" for zone in ZONES},
)


def of_type(engine: Engine, kind: str) -> set[str]:
    return {name for name, each in engine.recorded.items() if each.type.endswith(f":{kind}")}


@pulumi.runtime.test
async def test_no_instance_answers_about_itself_without_a_token_or_past_one_hop(
    engine: Engine,
) -> None:
    await build(engine, arguments())
    for name in of_type(engine, "Instance"):
        options = engine[name].inputs["metadataOptions"]
        assert options["httpTokens"] == "required"
        assert options["httpPutResponseHopLimit"] == 1
        assert options["httpEndpoint"] == "enabled"


@pulumi.runtime.test
async def test_every_disk_is_encrypted_and_gp3(engine: Engine) -> None:
    await build(engine, arguments(kms_key="arn:aws:kms:eu-central-1:1:key/k"))
    roots = [engine[name].inputs["rootBlockDevice"] for name in of_type(engine, "Instance")]
    assert len(roots) == 3
    for disk in roots:
        assert (disk["encrypted"], disk["volumeType"]) == (True, "gp3")
        assert disk["kmsKeyId"].startswith("arn:aws:kms")
    volume = engine["w1-volume"].inputs
    assert (volume["encrypted"], volume["type"], volume["size"]) == (True, "gp3", 100)
    assert volume["kmsKeyId"].startswith("arn:aws:kms")


@pulumi.runtime.test
async def test_a_newer_image_key_or_user_data_replaces_no_machine_that_lives(
    engine: Engine,
) -> None:
    await build(engine, arguments())
    ignored = set(engine["w1-host"].request.ignoreChanges)
    assert ignored == {"ami", "userData", "keyName", "associatePublicIpAddress"}


@pulumi.runtime.test
async def test_machines_and_volumes_are_protected_and_the_bastion_is_not(engine: Engine) -> None:
    await build(engine, arguments(node("w2", "worker")))
    assert {name for name, each in engine.recorded.items() if each.request.protect} == {
        "cp1-host",
        "w1-host",
        "w1-volume",
        "machines-api-balancer",
    }


@pulumi.runtime.test
async def test_only_who_is_told_to_be_is_kept_from_being_terminated(engine: Engine) -> None:
    await build(engine, arguments())
    kept = {
        name: engine[name].inputs["disableApiTermination"] for name in of_type(engine, "Instance")
    }
    assert kept == {"cp1-host": True, "w1-host": False, "machines-bastion-host": False}


@pulumi.runtime.test
async def test_all_that_takes_tags_says_whose_it_is(engine: Engine) -> None:
    await build(engine, arguments(elastic_ips=True, public=True, bastion_type=None))
    untagged = {
        each.type.rpartition(":")[2]
        for each in engine.recorded.values()
        if each.type.startswith("aws:") and "tags" not in each.inputs
    }
    # These have no tags in AWS.
    assert untagged == {
        "Route",
        "RouteTableAssociation",
        "TargetGroupAttachment",
        "VolumeAttachment",
    }
    for each in engine.recorded.values():
        if tags := each.inputs.get("tags"):
            assert (
                tags.items()
                >= {
                    "appliance-cluster": "shop",
                    "appliance-authority": "f1",
                    "cost-center": "42",
                }.items()
            )
            assert tags["Name"].startswith("shop-")
    assert engine["w1-volume"].inputs["tags"]["appliance-node"] == "w1"


@pulumi.runtime.test
async def test_one_more_node_touches_only_itself(engine: Engine) -> None:
    await build(engine, arguments())
    before = {name: each.raw for name, each in engine.recorded.items()}
    more = node("w2", "worker", "storage", zone="c", volume_gib=50)
    await build(engine, arguments(more))
    after = {name: each.raw for name, each in engine.recorded.items()}
    assert set(after) - set(before) == {
        f"w2-{part}" for part in ("host", "volume", "volume-attachment", "first-contact", "script")
    }
    assert {name for name in before if before[name] != after[name]} == set()


@pulumi.runtime.test
async def test_one_more_control_plane_is_one_more_target(engine: Engine) -> None:
    await build(engine, arguments())
    before = {name: each.raw for name, each in engine.recorded.items()}
    await build(engine, arguments(node("cp2", "control-plane", zone="b")))
    assert {name for name in before if before[name] != engine[name].raw} == set()
    assert engine["cp2-api-target"].inputs["targetId"] == "cp2-host-id"
    assert not {name for name in engine.recorded if name == "w1-api-target"}


@pulumi.runtime.test
async def test_one_more_zone_moves_no_subnet(engine: Engine) -> None:
    await build(engine, arguments(zones=ZONES[:2]))
    before = {name: each.raw for name, each in engine.recorded.items() if "Subnet" in each.type}
    await build(engine, arguments())
    assert {name for name, raw in before.items() if engine[name].raw != raw} == set()
    ranges = [engine[name].inputs["cidrBlock"] for name in of_type(engine, "Subnet")]
    assert len(set(ranges)) == 6


@pulumi.runtime.test
async def test_a_machine_is_there_only_while_it_can_be_reached(engine: Engine) -> None:
    await build(engine, arguments())
    waited = engine["w1-host"].depends_on
    assert waited >= of_type(engine, "Route") | of_type(engine, "RouteTableAssociation")
    assert waited >= of_type(engine, "SecurityGroupIngressRule")
    assert engine["w1-script"].depends_on >= {"w1-first-contact"}
    assert engine["w1-first-contact"].depends_on >= {"w1-host", "machines-bastion-first-contact"}


@pulumi.runtime.test
async def test_a_gateway_for_private_nodes_waits_for_the_way_to_the_internet(
    engine: Engine,
) -> None:
    await build(engine, arguments())
    way = "machines-network-public-route"
    assert engine["machines-network-nat-a"].depends_on >= {way}
    assert engine["machines-network-nat-a-address"].depends_on >= {way}


@pytest.mark.parametrize(("nat", "gateways"), [("none", 0), ("one", 1), ("each-zone", 3)])
@pulumi.runtime.test
async def test_each_private_subnet_has_the_way_out_that_is_asked_for(
    engine: Engine, nat: Nat, gateways: int
) -> None:
    await build(engine, arguments(vpc=NewVpc(cidr="10.80.0.0/16", nat=nat)))
    assert len(of_type(engine, "NatGateway")) == gateways
    routes = {name for name in of_type(engine, "Route") if "private" in name}
    assert len(routes) == (3 if gateways else 0)


@pulumi.runtime.test
async def test_private_nodes_have_no_address_in_the_internet_and_public_ones_have(
    engine: Engine,
) -> None:
    made = await build(engine, arguments())
    assert engine["w1-host"].inputs["associatePublicIpAddress"] is False
    assert engine["machines-bastion-host"].inputs["associatePublicIpAddress"] is True
    connection = engine["w1-script"].inputs["connection"]
    assert connection["host"] == "10.80.128.10"
    assert connection["proxy"]["host"] == "198.51.100.20"
    assert await made.machines[0].address.future() == "10.80.128.10"


@pulumi.runtime.test
async def test_public_nodes_are_reached_directly_and_with_elastic_ips_at_those(
    engine: Engine,
) -> None:
    await build(engine, arguments(public=True, bastion_type=None))
    assert engine["w1-host"].inputs["associatePublicIpAddress"] is True
    assert engine["w1-script"].inputs["connection"]["host"] == "198.51.100.10"
    assert "proxy" not in engine["w1-script"].inputs["connection"]
    await build(engine, arguments(public=True, bastion_type=None, elastic_ips=True))
    assert engine["w1-script"].inputs["connection"]["host"] == "198.51.100.20"
    assert engine["w1-address"].inputs["instance"] == "w1-host-id"


@pulumi.runtime.test
async def test_in_a_vpc_that_exists_nothing_of_its_network_is_made(engine: Engine) -> None:
    await build(engine, arguments(vpc=EXISTING))
    for kind in ("Vpc", "Subnet", "Route", "RouteTable", "InternetGateway", "NatGateway"):
        assert not {name for name in of_type(engine, kind) if engine[name].type.startswith("aws:")}
    assert engine["w1-host"].inputs["subnetId"] == "subnet-nb"
    assert engine["machines-bastion-host"].inputs["subnetId"] == "subnet-pa"
    assert engine["machines-api-balancer"].inputs["subnets"] == [
        "subnet-pa",
        "subnet-pb",
        "subnet-pc",
    ]
    assert engine["machines-openings-nodes"].inputs["vpcId"] == "vpc-1"


@pulumi.runtime.test
async def test_a_balancer_in_the_vpc_only_is_in_the_nodes_subnets(engine: Engine) -> None:
    await build(engine, arguments(vpc=EXISTING, public_balancer=False))
    balancer = engine["machines-api-balancer"].inputs
    assert balancer["internal"] is True
    assert balancer["subnets"] == ["subnet-na", "subnet-nb", "subnet-nc"]


@pulumi.runtime.test
async def test_the_balancer_sends_to_api_servers_that_say_that_they_are_ready(
    engine: Engine,
) -> None:
    await build(engine, arguments())
    health = engine["machines-api-targets"].inputs["healthCheck"]
    assert (health["protocol"], health["path"], health["port"]) == ("HTTPS", "/readyz", "6443")
    assert engine["machines-api-listener"].inputs["protocol"] == "TCP"
    assert {name for name in engine.recorded if name.endswith("-api-target")} == {"cp1-api-target"}


@pulumi.runtime.test
async def test_a_key_pair_or_profile_that_exists_is_used_and_none_is_made(engine: Engine) -> None:
    await build(engine, arguments(key_name="ops", profile="ops-profile", public_key=None))
    assert engine["w1-host"].inputs["keyName"] == "ops"
    assert engine["w1-host"].inputs["iamInstanceProfile"] == "ops-profile"
    assert not of_type(engine, "KeyPair") | of_type(engine, "Role")


@pulumi.runtime.test
async def test_the_profile_that_is_made_has_no_rights(engine: Engine) -> None:
    await build(engine, arguments())
    role = engine["machines-role"].inputs
    assert {
        statement["Principal"]["Service"]
        for statement in json.loads(role["assumeRolePolicy"])["Statement"]
    } == {"ec2.amazonaws.com"}
    assert not set(role) & {"inlinePolicies", "managedPolicyArns"}
    assert not {name for name, each in engine.recorded.items() if "olicy" in each.type}


@pulumi.runtime.test
async def test_control_planes_get_their_rights_before_they_are_machines(engine: Engine) -> None:
    await build(engine, arguments(rights=Rights(cluster="shop")))
    assert engine["cp1-host"].depends_on >= {"machines-controllers-rights"}
    assert engine["machines-controllers-rights"].inputs["role"] == "shop-controllers"
    assert engine["cp1-host"].inputs["iamInstanceProfile"] == "shop-controllers"
    assert engine["w1-host"].inputs["iamInstanceProfile"] == "shop-nodes"


@pulumi.runtime.test
async def test_a_profile_that_exists_is_that_of_control_planes_too(engine: Engine) -> None:
    await build(engine, arguments(profile="ops", rights=Rights(cluster="shop")))
    assert engine["cp1-host"].inputs["iamInstanceProfile"] == "ops"
    assert not of_type(engine, "Role") | of_type(engine, "RolePolicy")


@pulumi.runtime.test
async def test_without_controllers_nothing_carries_their_tags(engine: Engine) -> None:
    await build(engine, arguments())
    carried = {key for each in engine.recorded.values() for key in each.inputs.get("tags", {})}
    assert not [key for key in carried if key.startswith("kubernetes.io/")]


@pulumi.runtime.test
async def test_ceph_is_told_the_volume_by_its_identifier(engine: Engine) -> None:
    engine.outputs["w1-volume-attachment"] = {"volumeId": "vol-0123456789abcdef0"}
    made = await build(engine, arguments())
    device = made.machines[1].device
    assert device is not None
    assert await device.future() == (
        "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0"
    )
    assert made.machines[0].device is None
    assert engine["w1-volume"].inputs["availabilityZone"] == "eu-central-1b"
    assert engine["w1-volume-attachment"].inputs["volumeId"] == "w1-volume-id"


@pulumi.runtime.test
async def test_nothing_of_a_host_key_stands_readable_in_the_state(engine: Engine) -> None:
    await build(engine, arguments())
    assert engine["w1-host"].is_secret("userData")
    assert engine["w1-first-contact"].is_secret("stdin")
    readable = {
        name
        for name, each in engine.recorded.items()
        if "PRIVATE KEY" in str(each.inputs)
        and not (each.is_secret("userData") or each.is_secret("stdin"))
    }
    assert readable == set()


@pulumi.runtime.test
async def test_everything_belongs_to_the_layer_and_to_its_region(engine: Engine) -> None:
    await build(engine, arguments())
    assert engine["machines-provider"].inputs["region"] == "eu-central-1"
    for each in engine.recorded.values():
        if each.type.startswith("aws:"):
            assert each.parent.startswith("machines")
            assert "machines-provider" in each.request.provider


@pulumi.runtime.test
async def test_no_opening_is_there_without_its_reason(engine: Engine) -> None:
    await build(engine, arguments())
    rules = of_type(engine, "SecurityGroupIngressRule") | of_type(engine, "SecurityGroupEgressRule")
    assert len(rules) > 15
    assert all(len(engine[name].inputs["description"]) > 10 for name in rules)
    # What a group does not say in rules of its own, nobody says: no rules inside the groups.
    for name in of_type(engine, "SecurityGroup"):
        assert not set(engine[name].inputs) & {"ingress", "egress"}
    assert LAYERS.bastion
