"""The nodes in a file of their own."""

import copy
from typing import Any

import pytest
import yaml

from stacks.config import Configuration, ConfigurationError, load
from tests.stacks.config.given import HOST_KEY, SSH

FILE = "nodes.yaml"
NODES = SSH["hosts"]["nodes"]


def from_file(text: str | None, **more: Any) -> Configuration:
    """The configuration SSH with its nodes in a file of this text; None: there is no file."""
    hosts = {key: value for key, value in SSH["hosts"].items() if key != "nodes"}
    values = {**copy.deepcopy(SSH), "hosts": {**hosts, "nodesFile": FILE, **more}}

    def read(path: str) -> str:
        if text is None or path != FILE:
            raise FileNotFoundError(2, "No such file or directory")
        return text

    return load(values, stack="dev", file="Pulumi.dev.yaml", beside=read)


def faults(text: str | None, **more: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        from_file(text, **more)
    return str(refused.value).splitlines()


def test_nodes_of_a_file_are_those_that_could_stand_in_the_configuration() -> None:
    inside = load(SSH, stack="dev", file="Pulumi.dev.yaml")
    assert from_file(yaml.safe_dump(NODES)).hosts.nodes == inside.hosts.nodes


def test_a_thousand_hosts_are_one_stack() -> None:
    listed = [
        {
            "name": f"n{number}",
            "roles": ["worker"] if number else ["control-plane"],
            "address": f"192.0.{2 + number // 250}.{1 + number % 250}",
            "hostKey": HOST_KEY,
        }
        for number in range(1000)
    ]
    assert len(from_file(yaml.safe_dump(listed)).hosts.nodes) == 1000


def test_a_fault_of_a_node_is_called_by_its_file_and_place_beside_all_others() -> None:
    wrong = copy.deepcopy(NODES)
    wrong[1]["roles"] = ["mastr"]
    wrong[0]["port"] = 0
    found = faults(yaml.safe_dump(wrong), user="")
    assert any(line.startswith("nodes.yaml: [1].roles[0]: 'mastr' is not one of") for line in found)
    assert any(line.startswith("nodes.yaml: [0].port: ") for line in found)
    assert any(line.startswith("Pulumi.dev.yaml: hosts.user: ") for line in found)


def test_what_is_wrong_with_all_nodes_together_is_said_of_the_file() -> None:
    (found,) = faults(yaml.safe_dump(NODES[1:]))
    assert found.startswith("nodes.yaml: nodes: no node has the role control-plane")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "nodes.yaml cannot be read: No such file or directory"),
        ("- name: n1\n  roles: [", "nodes.yaml is no YAML at line 2; give a list of nodes"),
        ("name: n1\n", "nodes.yaml does not hold a list; begin each node with '- name:'"),
        ("", "nodes.yaml does not hold a list; begin each node with '- name:'"),
    ],
)
def test_a_file_that_holds_no_nodes_is_one_fault(text: str | None, fault: str) -> None:
    assert faults(text) == [f"Pulumi.dev.yaml: hosts.nodesFile: {fault}"]


def test_nodes_in_both_places_are_refused() -> None:
    (found,) = faults(yaml.safe_dump(NODES), nodes=NODES)
    assert found == "Pulumi.dev.yaml: hosts.nodesFile: stands beside nodes; give one of the two"


def test_the_name_of_a_file_that_is_no_text_is_refused() -> None:
    assert any("hosts.nodesFile: " in line for line in faults("", nodesFile=["a"]))
