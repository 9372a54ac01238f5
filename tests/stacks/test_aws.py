"""A stack in EC2 as a whole: what the layers above take of its machines."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.machines.session import Endpoint
from stacks.appliance import appliance
from stacks.aws import arguments, layers
from stacks.config import Configuration, beside, load
from stacks.outputs import nodes
from tests.conftest import Engine
from tests.stacks.config.given import AWS, Given
from tests.stacks.test_appliance import secrets, texts  # noqa: F401 - a fixture

EXAMPLE = Path("examples/aws/Pulumi.aws.yaml")


def example() -> Configuration:
    document = yaml.safe_load(EXAMPLE.read_text())["config"]
    values = {key.removeprefix("appliance:"): value for key, value in document.items()}
    return load(values, stack="aws", file=EXAMPLE.name, beside=beside)


def small(**groups: Any) -> Configuration:
    """One control plane and two workers, without storage."""
    given = Given(AWS)
    given.values.pop("storage")
    given.values.update(groups)
    return given.load("test")


def answer(engine: Engine, wanted: Configuration) -> None:
    for node in wanted.hosts.nodes:
        engine.outputs[f"{node.name}-host"] = {"privateIp": "10.80.128.9", "publicIp": ""}
        engine.outputs[f"{node.name}-first-contact"] = {"stdout": "ecdsa KEY"}
        engine.outputs[f"{node.name}-osd"] = {"stdout": "[]"}
    engine.outputs["machines-bastion-first-contact"] = {"stdout": "ecdsa BASTION"}
    engine.outputs["machines-bastion-address"] = {"publicIp": "198.51.100.20"}
    engine.outputs["machines-api-balancer"] = {"dnsName": "shop.elb.example.com"}
    engine.outputs["control-plane-kubeconfig"] = {"stdout": "kind: Config"}


async def build(engine: Engine, known: dict[str, str], wanted: Configuration) -> Engine:
    answer(engine, wanted)
    before = asyncio.all_tasks()
    appliance(wanted, secrets(known))
    while begun := asyncio.all_tasks() - before:
        await asyncio.wait(begun)
    return engine


@pulumi.runtime.test
async def test_the_balancers_name_is_the_operators_endpoint_and_in_the_certificate(
    engine: Engine,
    texts: dict[str, str],  # noqa: F811
) -> None:
    graph = await build(engine, texts, small())
    document = json.loads(graph["cp1-member"].inputs["stdin"])
    assert "shop.elb.example.com" in document["node"]["parameters"]["KUBEADM_INIT"]
    assert "shop.elb.example.com:6443" in graph["control-plane-kubeconfig"].inputs["stdin"]
    # A worker does not wait for the balancer.
    assert "shop.elb" not in graph["w1-member"].inputs["stdin"]
    assert "machines-api-balancer" not in graph["w1-prepare"].depends_on


@pulumi.runtime.test
async def test_the_outputs_have_the_way_to_each_machine_for_those_who_look_at_it(
    engine: Engine,
    texts: dict[str, str],  # noqa: F811
) -> None:
    wanted = small()
    answer(engine, wanted)
    shown = nodes(appliance(wanted, secrets(texts)))[0]
    assert not await shown["ssh"].is_secret()
    assert Endpoint.read(await shown["ssh"].future()) == Endpoint(
        address="10.80.128.9",
        host_key="ecdsa KEY",
        user="admin",
        bastion=Endpoint(address="198.51.100.20", host_key="ecdsa BASTION", user="admin"),
    )


def test_the_example_is_three_control_planes_and_fifty_workers() -> None:
    hosts = example().hosts
    assert (len(hosts.control_planes), len(hosts.workers)) == (3, 50)
    assert len({node.aws.zone for node in hosts.control_planes}) == 3


@pulumi.runtime.test
async def test_decommission_lifts_both_protections(
    engine: Engine,
    texts: dict[str, str],  # noqa: F811
) -> None:
    assert engine
    given = Given(AWS)
    given.values.pop("storage")
    before = arguments(given.load(), secrets(texts)).nodes[0]
    given.nodes[0]["decommission"] = True
    after = arguments(given.load(), secrets(texts)).nodes[0]
    assert (before.protect, before.termination_protection) == (True, True)
    assert (after.protect, after.termination_protection) == (False, False)


@pytest.mark.parametrize(
    ("groups", "changed"),
    [
        ({"airgap": {"bundle": "local"}}, {"registry": True}),
        (
            {"network": {"provider": "flannel", "encryption": False, "policies": False}},
            {"carrier": "vxlan", "encrypted": False},
        ),
        (
            {"ingress": {"provider": "contour"}},
            {"ingress_ports": (80, 443), "clients": ("0.0.0.0/0",)},
        ),
    ],
)
def test_openings_follow_from_the_groups_that_are_there(
    groups: dict[str, Any], changed: dict[str, Any]
) -> None:
    bare = layers(small())
    assert layers(small(**groups)) == replace(bare, **changed)
