"""A stack in EC2 with its cloud's controller and volumes: what waits for what, and who is told what."""

import json
from typing import Any

import pulumi
import pytest
import yaml

from bundle.lock import COMMITTED, read
from components.cloud.releases import RELEASES
from review.policies.images import VENDORS
from stacks import ebs, storage
from stacks.config import Configuration
from stacks.needs import images, upstreams
from stacks.overview import layers
from tests.conftest import Engine
from tests.stacks.config.given import AWS, Given
from tests.stacks.test_appliance import texts
from tests.stacks.test_aws import build

__all__ = ["texts"]

CLOUD = {"kubernetes": {"cloudProvider": "aws"}}


def small(*planes: str, **groups: Any) -> Configuration:
    """Control planes and two workers, with the cloud's controller and no other storage."""
    given = Given(AWS)
    given.values.pop("storage")
    first, *workers = given.nodes
    more = [{**first, "name": name} for name in planes]
    given.hosts["nodes"] = [first, *more, *workers]
    given.values.update({**CLOUD, **groups})
    return given.load("test")


def document(graph: Engine, node: str) -> dict[str, Any]:
    parameters = json.loads(graph[f"{node}-member"].inputs["stdin"])["node"]["parameters"]
    found: dict[str, Any] = yaml.safe_load(parameters["KUBEADM_JOIN"])
    return found


@pulumi.runtime.test
async def test_every_node_says_which_machine_it_is_and_waits_to_be_introduced(
    engine: Engine, texts: dict[str, str]
) -> None:
    graph = await build(engine, texts, small())
    for node, zone in (("cp1", "a"), ("w1", "b"), ("w2", "c")):
        told = document(graph, node)["nodeRegistration"]["kubeletExtraArgs"]
        assert {"name": "cloud-provider", "value": "external"} in told
        identifier = f"aws:///eu-central-1{zone}/{node}-host-id"
        assert {"name": "provider-id", "value": identifier} in told


@pulumi.runtime.test
async def test_without_the_key_nodes_introduce_themselves(
    engine: Engine, texts: dict[str, str]
) -> None:
    graph = await build(engine, texts, small(kubernetes={}))
    told = document(graph, "w1")["nodeRegistration"]["kubeletExtraArgs"]
    assert [each["name"] for each in told] == ["node-ip"]
    assert not [name for name in graph.recorded if name.startswith(("cloud", "ebs"))]


@pulumi.runtime.test
async def test_nobody_waits_in_a_circle_for_nodes_to_be_introduced(
    engine: Engine, texts: dict[str, str]
) -> None:
    graph = await build(engine, texts, small())
    # The controller needs a control plane, and not what runs only on nodes that it has introduced.
    assert not [each for each in reached(graph, "cloud-daemon-set") if each.startswith("weave")]
    assert "cp1-member" in reached(graph, "cloud-daemon-set")
    assert not [each for each in reached(graph, "weave-daemon-set") if each.startswith("cloud")]
    assert graph["w1-member"].depends_on >= {"cloud-daemon-set", "weave-daemon-set"}
    assert graph["ebs-controller"].depends_on >= {"cloud-daemon-set", "w1-member", "w2-member"}


def reached(graph: Engine, name: str) -> set[str]:
    """Everything that a resource waits for, its provider included."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        made = graph[todo.pop()]
        provider = made.request.provider.rpartition("::")[0].rpartition("::")[2]
        new = {each for each in (*made.depends_on, provider) if each in graph.recorded} - seen
        seen |= new
        todo += new
    return seen


@pulumi.runtime.test
async def test_the_account_has_its_volumes_back_before_a_node_or_a_controller_goes(
    engine: Engine, texts: dict[str, str]
) -> None:
    graph = await build(engine, texts, small())
    before = {"ebs-controller", "ebs-node", "ebs-class", "cloud-daemon-set", "w1-member"}
    assert graph["ebs-end-returned"].depends_on >= before
    # It asks by SSH, and so must be able to on the last day.
    assert "cp1" in graph["ebs-end-returned"].inputs["stdin"]


@pulumi.runtime.test
async def test_who_has_claims_is_gone_before_the_account_is_asked(
    engine: Engine, texts: dict[str, str]
) -> None:
    wanted = small(storage={"default": "ebs"}, replicated={"install": True})
    graph = await build(engine, texts, wanted)
    # The pods that use the claims; the claims themselves go while the account is asked, which waits for them.
    assert graph["replicated-deployment"].depends_on >= {"ebs-class", "ebs-end-returned"}
    assert graph["ebs-class"].inputs["metadata"]["name"] == "default"


@pytest.mark.parametrize(("planes", "replicas"), [((), 1), (("cp2",), 2), (("cp2", "cp3"), 2)])
@pulumi.runtime.test
async def test_volumes_are_made_on_two_control_planes_where_there_are_two(
    engine: Engine, texts: dict[str, str], planes: tuple[str, ...], replicas: int
) -> None:
    graph = await build(engine, texts, small(*planes))
    assert graph["ebs-controller"].inputs["spec"]["replicas"] == replicas


@pytest.mark.parametrize(("more", "disks"), [({}, 1), ({"storage": {"rook": {}}}, 2)])
def test_machines_of_ceph_have_one_disk_more_that_the_driver_cannot_see(
    more: dict[str, Any], disks: int
) -> None:
    given = Given(AWS)
    given.values.pop("storage")
    given.values.update({**CLOUD, **more})
    assert ebs.node(given.load("test"), read(COMMITTED)).disks == disks


@pulumi.runtime.test
async def test_a_proxy_is_for_aws_and_never_for_the_metadata_service(
    engine: Engine, texts: dict[str, str]
) -> None:
    proxy = {"http": "http://proxy.example.com:3128", "https": "http://proxy.example.com:3128"}
    graph = await build(engine, texts, small(proxy=proxy))
    for name in ("cloud-daemon-set", "ebs-controller"):
        (first, *_) = graph[name].inputs["spec"]["template"]["spec"]["containers"]
        variables = {each["name"]: each.get("value") for each in first["env"]}
        assert variables["HTTPS_PROXY"] == proxy["https"]
        direct = variables["NO_PROXY"].split(",")
        assert {"169.254.169.254", "127.0.0.1", "10.96.0.0/12"} <= set(direct)


def test_the_images_are_among_what_the_stack_needs_and_come_from_allowed_registries() -> None:
    wanted = small()
    release = RELEASES["1.35"]
    assert {release.controller, *release.volume_images} <= set(images(wanted))
    assert set(upstreams(wanted)) <= set(VENDORS)


def test_the_operator_and_the_console_hear_of_it() -> None:
    assert storage.summary(small()) == "claims of the class ebs get volumes of EC2"
    by_default = small(storage={"default": "ebs"})
    assert storage.summary(by_default) == "claims get volumes by ebs"
    assert {each.name for each in layers(small())} >= {"Cloud", "Storage"}
