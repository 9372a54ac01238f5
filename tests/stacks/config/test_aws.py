"""Machines in EC2: what is wrong is said before anything is made."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import moto.ec2
import pytest

from stacks.config.aws_known import FAMILIES, MISSING, ZONES, architecture
from tests.stacks.config.given import AWS, HOST_KEY, Given

OFFERINGS = Path(moto.ec2.__path__[0], "resources", "instance_type_offerings")


@pytest.fixture
def given() -> Given:
    return Given(AWS)


def aws(given: Given) -> dict[str, Any]:
    group: dict[str, Any] = given.hosts["aws"]
    return group


def test_the_example_has_no_fault(given: Given) -> None:
    assert given.faults() == []


def test_a_region_without_the_wanted_zone_is_refused(given: Given) -> None:
    aws(given)["zones"][2] = "eu-central-1d"
    given.nodes[2]["aws"]["zone"] = "eu-central-1d"
    assert given.fault() == (
        "hosts.aws.zones[2]: eu-central-1 has no eu-central-1d; it has eu-central-1a, eu-central-1b, eu-central-1c; "
        "hosts.aws.unlisted: true takes it all the same"
    )
    aws(given)["unlisted"] = True
    assert given.faults() == []


def test_a_zone_of_another_region_is_refused_whatever_is_listed(given: Given) -> None:
    aws(given).update(region="eu-west-1", unlisted=True)
    assert len(given.faults()) == 3
    assert "eu-central-1a is no zone of eu-west-1" in given.faults()[0]


def test_an_unknown_region_is_refused_unless_it_is_vouched_for(given: Given) -> None:
    aws(given).update(region="xx-moon-1", zones=["xx-moon-1a"])
    for node in given.nodes:
        node["aws"] = {}
    assert given.fault().startswith("hosts.aws.region: this release does not know xx-moon-1")
    aws(given)["unlisted"] = True
    assert given.faults() == []


def test_a_region_without_the_wanted_type_is_refused(given: Given) -> None:
    aws(given).update(region="af-south-1", zones=["af-south-1a"])
    for node in given.nodes:
        node["aws"] = {}
    given.nodes[1]["aws"] = {"instanceType": "m7a.large"}
    assert given.fault() == (
        "hosts.nodes[1].aws.instanceType: af-south-1 has no m7a.large; hosts.aws.unlisted: true takes it all the same"
    )


def test_an_unknown_type_is_refused_unless_it_is_vouched_for(given: Given) -> None:
    aws(given)["instanceType"] = "t2.large"
    assert given.fault().startswith("hosts.aws.instanceType: this release does not know t2.large")
    aws(given)["unlisted"] = True
    assert given.faults() == []


@pytest.mark.parametrize("name", ["m7g.large", "t4g.small", "c7gn.large", "a1.large"])
def test_a_machine_for_arm_is_refused_whatever_is_listed(given: Given, name: str) -> None:
    aws(given).update(instanceType=name, unlisted=True)
    assert given.fault().startswith(f"hosts.aws.instanceType: {name} is a machine for arm64")


@pytest.mark.parametrize("path", ["podSubnet", "serviceSubnet"])
def test_ranges_that_overlap_a_peered_network_are_refused(given: Given, path: str) -> None:
    aws(given)["vpc"]["peered"] = ["10.32.0.0/11", "10.96.1.0/24"]
    lines = [line for line in given.faults() if line.startswith(f"kubernetes.{path}")]
    assert len(lines) == 1
    assert "overlaps the peered network" in lines[0]


def test_a_vpc_that_overlaps_a_peered_network_is_refused(given: Given) -> None:
    aws(given)["vpc"]["peered"] = ["10.80.128.0/20"]
    assert given.fault() == (
        "hosts.aws.vpc.cidr: 10.80.0.0/16 overlaps the peered network 10.80.128.0/20; give a range that shares no "
        "address with it"
    )


def test_a_vpc_that_overlaps_the_pods_is_refused(given: Given) -> None:
    aws(given)["vpc"]["cidr"] = "10.40.0.0/16"
    assert "10.40.0.0/16" in given.fault()
    assert given.fault().startswith(
        "kubernetes.podSubnet: 10.32.0.0/12 overlaps hosts.aws.vpc.cidr"
    )


def test_a_storage_node_without_a_volume_is_refused(given: Given) -> None:
    del aws(given)["storageVolume"]
    assert given.fault() == (
        "hosts.nodes[1].aws.volume: missing: w1 has the role storage and no volume; give its size here, or "
        "hosts.aws.storageVolume for all"
    )
    given.nodes[1]["aws"]["volume"] = "50Gi"
    assert given.faults() == []


def test_a_volume_is_for_storage_nodes_only(given: Given) -> None:
    given.nodes[0]["aws"]["volume"] = "50Gi"
    assert given.fault().startswith("hosts.nodes[0].aws.volume: the node has not the role storage")


@pytest.mark.parametrize("key", ["loopFile", "devices"])
def test_disks_are_not_named_where_volumes_are_made(given: Given, key: str) -> None:
    given.group("storage")["rook"][key] = "12Gi" if key == "loopFile" else {"w1": ["/dev/sdb"]}
    assert (
        f"storage.rook.{key}: not with provider aws, where each storage node has a volume; remove the key"
        in (given.faults())
    )


def test_a_node_says_its_zone_where_there_are_several(given: Given) -> None:
    del given.nodes[0]["aws"]["zone"]
    assert given.fault().startswith("hosts.nodes[0].aws.zone: missing; there are several zones")
    given.nodes[0]["aws"]["zone"] = "eu-central-1f"
    assert given.fault().startswith("hosts.nodes[0].aws.zone: eu-central-1f is not one of")


def test_more_nodes_than_a_subnet_holds_are_refused(given: Given) -> None:
    aws(given)["vpc"]["cidr"] = "10.80.0.0/24"
    extra = [
        {"name": f"x{n}", "roles": ["worker"], "aws": {"zone": "eu-central-1a"}} for n in range(9)
    ]
    given.nodes.extend(extra)
    assert given.fault().startswith(
        "hosts.aws.vpc.cidr: 10.80.0.0/24 has room for 3 nodes in a zone"
    )


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"placement": "public"}, "hosts.aws.bastion"),
        ({"placement": "public", "nat": "one", "bastion": None}, "hosts.aws.nat"),
        ({"elasticIps": True}, "hosts.aws.elasticIps"),
        ({"nat": "none"}, "hosts.aws.nat"),
        ({"operators": []}, "hosts.aws.operators"),
        (
            {"vpc": {"subnets": {"eu-central-1a": "subnet-0123456789abcdef0"}}},
            "hosts.aws.vpc.subnets",
        ),
    ],
)
def test_keys_that_contradict_each_other_are_refused(
    given: Given, changed: dict[str, Any], path: str
) -> None:
    aws(given).update(changed)
    if changed.get("bastion", 1) is None:
        del aws(given)["bastion"]
    assert any(line.startswith(f"{path}: ") for line in given.faults()), given.faults()


def test_a_vpc_that_exists_comes_with_a_subnet_of_each_zone(given: Given) -> None:
    aws(given)["vpc"] = {"id": "vpc-0123456789abcdef0", "cidr": "10.80.0.0/16"}
    paths = [line.split(":")[0] for line in given.faults()]
    assert paths == ["hosts.aws.vpc.subnets", "hosts.aws.vpc.publicSubnets"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("user", "me"), ("kernel", "own"), ("bastion", {"address": "b", "hostKey": HOST_KEY})],
)
def test_keys_of_machines_that_exist_are_refused(given: Given, key: str, value: object) -> None:
    given.hosts[key] = value
    assert f"hosts.{key}: not with provider aws" in given.fault()


def test_a_machine_that_is_made_has_no_address_or_key_beforehand(given: Given) -> None:
    given.nodes[0].update(address="192.0.2.1", hostKey=HOST_KEY, port=2222)
    assert len(given.faults()) == 3
    assert all("which makes the machine; remove the key" in line for line in given.faults())


def test_the_group_is_for_machines_in_ec2_only(local: Given) -> None:
    local.hosts["aws"] = AWS["hosts"]["aws"]
    local.nodes[0]["aws"] = {"zone": "eu-central-1a"}
    assert [line.split(":")[0] for line in local.faults()] == ["hosts.aws", "hosts.nodes[0].aws"]


def test_without_the_group_nothing_can_be_made(given: Given) -> None:
    del given.hosts["aws"]
    assert (
        "hosts.aws: missing; provider aws needs region, zones, image and operators"
        in given.faults()
    )


def test_plain_routes_between_subnets_are_refused(given: Given) -> None:
    given.values["network"] = {
        "provider": "flannel",
        "encryption": False,
        "policies": False,
        "flannel": {"backend": "host-gw"},
    }
    assert given.fault().startswith("network.flannel.backend: host-gw needs hosts on one link")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("region", "europe"),
        ("zones", ["eu-central-1"]),
        ("zones", []),
        ("zones", ["eu-central-1a", "eu-central-1a"]),
        ("image", {"id": "debian-12"}),
        ("instanceType", "large"),
        ("rootVolume", "40.5Gi"),
        ("rootVolume", "500Mi"),
        ("storageVolume", "17Ti"),
        ("kmsKey", "alias/x"),
        ("keyPair", "a b"),
        ("tags", {"Name": "x"}),
        ("tags", {"aws:x": "y"}),
    ],
)
def test_the_form_of_each_key_is_held(given: Given, key: str, value: object) -> None:
    aws(given)[key] = value
    assert any(line.startswith(f"hosts.aws.{key}") for line in given.faults()), given.faults()


def test_control_planes_in_one_zone_are_a_warning(given: Given) -> None:
    cp = {"name": "cp2", "roles": ["control-plane"], "aws": {"zone": "eu-central-1a"}}
    cp3 = {**cp, "name": "cp3"}
    given.nodes.extend([cp, cp3])
    assert any("all control planes are in one zone" in line for line in given.load().warnings)


def test_private_nodes_that_nothing_leads_to_are_a_warning(given: Given) -> None:
    del aws(given)["bastion"]
    assert any("hosts.aws.bastion: there is none" in line for line in given.load().warnings)


@pytest.mark.parametrize("region", ZONES)
def test_what_is_known_of_a_region_is_what_was_once_asked_of_it(region: str) -> None:
    offered = json.loads(gzip.decompress((OFFERINGS / "region" / f"{region}.json.gz").read_bytes()))
    families = {each["InstanceType"].partition(".")[0] for each in offered}
    assert set(FAMILIES) - families == set(MISSING.get(region, "").split())
    zones = json.loads(
        gzip.decompress((OFFERINGS / "availability-zone" / f"{region}.json.gz").read_bytes())
    )
    letters = {
        each["Location"][-1] for each in zones if re.fullmatch(f"{region}[a-z]", each["Location"])
    }
    # An account sees two of the three.
    assert letters == set(ZONES[region]) or region == "us-west-1"


def test_an_architecture_is_told_by_the_types_name() -> None:
    file = OFFERINGS.parent / "instance_types.json.gz"
    types = json.loads(gzip.decompress(file.read_bytes()))
    arm = {
        name
        for name, kind in types.items()
        if kind["ProcessorInfo"]["SupportedArchitectures"] == ["arm64"]
    }
    assert {name for name in types if architecture(name) == "arm64"} == arm
    assert {each.partition(".")[0] for each in types} >= set(FAMILIES)
