"""The graph of whole stacks, and what the rules say of them."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bundle import manifests
from review.graph import Graph, dump, read
from review.offline import dummies
from review.policies.finding import Case
from review.policies.judgement import judge
from review.policies.pods import pods
from review.policies.privileges import ALLOWED, had
from review.program import graph
from review.recording import LATER
from stacks.config import Configuration, load
from tests.stacks.config.given import AWS, Given
from tests.stacks.conftest import in_small

ROOT = Path(__file__).parents[2]
STACKS = ("core", "dev", "ha")


@pytest.fixture(scope="module")
def secrets() -> Mapping[str, str]:
    return dummies()


@pytest.fixture(autouse=True, scope="module")
def _upstream() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifests, "read", in_small)
        yield


@pytest.fixture(scope="module")
def core(secrets: Mapping[str, str]) -> Graph:
    return graph(configuration("core"), secrets)


@pytest.fixture(scope="module")
def dev(secrets: Mapping[str, str]) -> Graph:
    return graph(configuration("dev", protection=True), secrets)


def configuration(stack: str, **groups: Any) -> Configuration:
    """What a tracked file says, with these groups instead of its own."""
    document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    given = {key.removeprefix("appliance:"): value for key, value in document.items()}
    return load({**given, **groups}, stack=stack, file=f"Pulumi.{stack}.yaml")


def in_ec2() -> Configuration:
    """Machines in EC2 with the controller and the volumes of their cloud, and nothing else."""
    given = Given(AWS)
    given.values.pop("storage")
    given.kubernetes["cloudProvider"] = "aws"
    return given.load()


def test_no_rule_refuses_a_cloud(secrets: Mapping[str, str]) -> None:
    case = Case(graph=graph(in_ec2(), secrets), configuration=in_ec2(), secrets=secrets)
    assert "cloud-daemon-set" in {each.name for each in case.graph}
    assert [str(each) for each in judge(case, date(2026, 11, 22)) if each.refuses] == []


@pytest.mark.parametrize("stack", STACKS)
def test_no_rule_refuses_a_tracked_stack_with_protection(
    stack: str, dev: Graph, secrets: Mapping[str, str]
) -> None:
    wanted = configuration(stack, protection=True)
    found = dev if stack == "dev" else graph(wanted, secrets)
    judged = judge(Case(graph=found, configuration=wanted, secrets=secrets), date(2026, 11, 22))
    assert [str(each) for each in judged if each.refuses or each.rule == "protection"] == []


def test_resources_have_the_names_that_the_engine_gives_them(core: Graph) -> None:
    types = "appliance:cluster:ControlPlane$command:local:Command"
    assert f"urn:pulumi:core::appliance::{types}::n1-member" in core.resources


def test_what_follows_from_a_hosts_address_is_known(core: Graph) -> None:
    unknown = {each.name for each in core if LATER in str(each.inputs)}
    assert unknown == set()


def test_the_same_configuration_gives_the_same_graph(
    dev: Graph, secrets: Mapping[str, str]
) -> None:
    assert dump(graph(configuration("dev", protection=True), secrets)) == dump(dev)


def test_the_graph_is_what_another_program_reads_of_it(core: Graph) -> None:
    assert read(dump(core)) == core


def test_the_rewrites_of_the_application_are_among_the_outputs(dev: Graph) -> None:
    rows = dev.outputs["application"]["rewrites"]
    assert {row["rule"] for row in rows} >= {"images", "storage class"}


def test_secrets_of_the_stack_are_secret_properties(core: Graph) -> None:
    (password,) = (each for each in core if each.name == "weave-password")
    assert password.secret


def test_nothing_stands_on_the_list_of_privileges_that_no_pod_has(
    core: Graph, secrets: Mapping[str, str]
) -> None:
    flannel = graph(
        configuration(
            "core", network={"provider": "flannel", "encryption": False, "policies": False}
        ),
        secrets,
    )
    has = {
        each.resource.name: frozenset(what for what, _ in had(each))
        for found in (core, flannel, graph(in_ec2(), secrets))
        for each in pods(found)
    }
    assert {name: each.what for name, each in ALLOWED.items()} == {
        name: what for name, what in has.items() if what
    }
