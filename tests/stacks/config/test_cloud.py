"""`kubernetes.cloudProvider`: where it cannot be, and what else must be said then."""

from typing import Any

import pytest

from components.cloud import releases
from stacks.config.isolation import OF_EBS
from tests.stacks.config.given import AWS, LOCAL, SSH, Given


@pytest.fixture
def given() -> Given:
    found = Given(AWS)
    found.kubernetes["cloudProvider"] = "aws"
    return found


def test_machines_in_ec2_may_have_the_clouds_controller(given: Given) -> None:
    assert given.faults() == []
    assert given.load().kubernetes.cloud_provider == "aws"


@pytest.mark.parametrize(("values", "provider"), [(LOCAL, "local"), (SSH, "ssh")])
def test_other_machines_are_of_no_cloud(values: dict[str, Any], provider: str) -> None:
    given = Given(values)
    given.values.pop("airgap")
    given.kubernetes["cloudProvider"] = "aws"
    assert given.fault() == (
        f"kubernetes.cloudProvider: only with hosts.provider aws, and it is {provider}; remove the key"
    )


def test_no_bundle_holds_the_controllers_image(given: Given) -> None:
    given.values["airgap"] = {"bundle": "local"}
    assert given.fault() == (
        "kubernetes.cloudProvider: not with airgap.bundle: no bundle holds the images of AWS's controller and driver, "
        "and both call AWS all the time; remove this key or that one"
    )


def test_a_kubernetes_without_a_controller_of_its_own_is_refused(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(dict(releases.RELEASES), "1.34")
    newest = {"1.35": releases.RELEASES["1.35"]}
    monkeypatch.setattr(releases, "RELEASES", newest)
    given.kubernetes["version"] = "1.34.2"
    assert given.fault().startswith(
        "kubernetes.cloudProvider: this release knows AWS's controller for Kubernetes 1.34 and 1.35, and "
        "kubernetes.version is 1.34.2; choose a version of those"
    )


def test_another_cloud_is_refused(given: Given) -> None:
    given.kubernetes["cloudProvider"] = "gce"
    assert given.fault().startswith("kubernetes.cloudProvider: ")


def test_a_profile_that_exists_must_have_the_rights(given: Given) -> None:
    given.hosts["aws"]["instanceProfile"] = "ops"
    (warning,) = [each for each in given.load().warnings if "instanceProfile" in each]
    assert "control planes need those of AWS's controller and driver" in warning


def test_in_a_vpc_that_exists_load_balancers_have_many_places(given: Given) -> None:
    zones = given.hosts["aws"]["zones"]
    subnets = {zone: f"subnet-0123456789abcdef{n}" for n, zone in enumerate(zones)}
    given.hosts["aws"]["vpc"] = {
        "id": "vpc-0123456789abcdef0",
        "cidr": "10.80.0.0/16",
        "subnets": subnets,
        "publicSubnets": subnets,
    }
    assert [each for each in given.load().warnings if "every subnet of it" in each]
    del given.kubernetes["cloudProvider"]
    assert not [each for each in given.load().warnings if "every subnet of it" in each]


@pytest.mark.parametrize("storage", [{"default": "ebs"}, {"ebs": {}}])
def test_volumes_of_ec2_come_with_the_cloud_only(storage: dict[str, Any]) -> None:
    given = Given(AWS)
    given.values["storage"] = storage
    (key,) = storage
    assert given.fault() == (
        f"storage.{key}: only with kubernetes.cloudProvider: aws, whose driver makes volumes of EC2"
    )


@pytest.mark.parametrize(
    ("storage", "name"),
    [({}, "ebs"), ({"ebs": {"className": "disk"}}, "disk"), ({"default": "ebs"}, "default")],
)
def test_its_class_is_called_as_every_other(
    given: Given, storage: dict[str, Any], name: str
) -> None:
    given.values["storage"] = storage
    assert given.load().storage.class_name("ebs") == name


@pytest.mark.parametrize(
    ("storage", "path", "owner"),
    [
        ({"hostpath": {"className": "ebs"}}, "ebs", "hostpath"),
        ({"rook": {"className": "ebs"}}, "ebs", "rook"),
        ({"default": "hostpath", "ebs": {"className": "default"}}, "ebs", "hostpath"),
        ({"default": "ebs", "hostpath": {"className": "default"}}, "hostpath", "ebs"),
    ],
)
def test_a_name_that_two_classes_would_have_is_refused(
    given: Given, storage: dict[str, Any], path: str, owner: str
) -> None:
    given.values["storage"] = storage
    name = "default" if "default" in storage else "ebs"
    assert [each.partition("; ")[0] for each in given.faults()] == [
        f"storage.{path}.className: the StorageClass {name} is that of {owner} already"
    ]


def test_its_namespace_can_be_bounded(given: Given) -> None:
    (name,) = OF_EBS
    given.values["quotas"] = {"namespaces": [{"name": name, "hard": {"pods": "50"}}]}
    assert given.faults() == []
    del given.kubernetes["cloudProvider"]
    assert len(given.faults()) == 1
