import json
from typing import Any

import pytest

from components.machines.session import Endpoint
from operate.status import deployment
from operate.status.facts import Application, Daemon, Ingress
from stacks.config.hosts import Hosts

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
HOSTS = Hosts.model_validate(
    {
        "provider": "ssh",
        "user": "admin",
        "bastion": {"address": "192.0.2.1", "hostKey": KEY},
        "nodes": [
            {
                "name": "n1",
                "roles": ["control-plane"],
                "address": "192.0.2.11",
                "port": 2222,
                "hostKey": KEY,
            }
        ],
    }
)
OUTPUTS: dict[str, Any] = {
    "endpoint": "192.0.2.11:6443",
    "network": {"provider": "weave", "encrypted": True},
    "nodes": [
        {"name": "n1", "address": "192.0.2.11", "roles": ["control-plane", "worker"]},
        {"name": "n2", "address": "192.0.2.12", "roles": ["worker"]},
    ],
    "versions": {"kubernetes": "1.35.4"},
}


def exported(outputs: dict[str, Any], *resources: dict[str, Any], pending: int = 0) -> str:
    stack = {"type": "pulumi:pulumi:Stack", "urn": "urn::a::b::c::stack", "outputs": outputs}
    return json.dumps(
        {"deployment": {"resources": [stack, *resources], "pending_operations": [{}] * pending}}
    )


def test_nodes_versions_and_network_are_read_from_the_outputs() -> None:
    state = deployment.read(exported(OUTPUTS, pending=2), "core", HOSTS)
    assert (state.endpoint, state.kubernetes) == ("192.0.2.11:6443", "1.35.4")
    assert (state.network, state.encrypted) == ("weave", True)
    assert [(node.name, node.address, node.roles) for node in state.nodes] == [
        ("n1", "192.0.2.11", ("control-plane", "worker")),
        ("n2", "192.0.2.12", ("worker",)),
    ]
    assert [node.name for node in state.control_planes] == ["n1"]
    assert (state.resources, state.interrupted) == (1, 2)


def test_the_layers_above_the_cluster_are_read_from_the_outputs_and_from_the_components() -> None:
    layers = {
        "ingress": {
            "provider": "contour",
            "class": "contour",
            "namespace": "heptio-contour",
            "addresses": ["192.0.2.11"],
            "certificate": "heptio-contour/default-certificate",
            "names": [],
            "authority": None,
        },
        "replicated": {"console": "https://192.0.2.11:30880", "registry": "10.100.100.101:9874"},
    }
    host_path = {"type": "appliance:storage:HostPath", "urn": "urn::hostpath"}
    state = deployment.read(exported({**OUTPUTS, **layers}, host_path), "core", HOSTS)
    assert state.components == {"appliance:storage:HostPath"}
    assert state.ingress == Ingress(
        provider="contour",
        namespace="heptio-contour",
        addresses=("192.0.2.11",),
        certificate="heptio-contour/default-certificate",
    )
    assert state.daemon == Daemon(
        console="https://192.0.2.11:30880", registry="10.100.100.101:9874"
    )
    core = deployment.read(exported(OUTPUTS), "core", HOSTS)
    assert (core.components, core.ingress, core.daemon) == (frozenset(), None, None)


def test_an_application_is_known_even_where_the_last_command_left_it_alone() -> None:
    resources = (
        {
            "type": "kubernetes:core/v1:Namespace",
            "urn": "urn::application-walls-namespace",
            "outputs": {"metadata": {"name": "replicated-shop"}},
        },
        {
            "type": "command:local:Command",
            "urn": "urn::application-images-push",
            "inputs": {"environment": {"APPLIANCE_CONTENT": "5eed"}},
        },
    )
    shown = {"name": "Shop", "version": "1.2", "namespace": "replicated-shop", "sequence": 3}
    told = deployment.read(exported({**OUTPUTS, "application": shown}, *resources), "a", HOSTS)
    assert told.application == Application(
        namespace="replicated-shop", name="Shop", version="1.2", sequence=3, delivered="5eed"
    )
    left = deployment.read(exported(OUTPUTS, *resources[:1]), "a", HOSTS)
    assert left.application == Application(namespace="replicated-shop")
    assert deployment.read(exported(OUTPUTS), "a", HOSTS).application is None


def test_only_the_nodes_of_the_registries_are_to_have_one() -> None:
    registries = {**OUTPUTS, "registries": ["192.0.2.11:5000"]}
    state = deployment.read(exported(registries), "core", HOSTS)
    assert [node.registry for node in state.nodes] == [True, False]
    online = deployment.read(exported({**OUTPUTS, "registries": []}), "core", HOSTS)
    assert not any(node.registry for node in online.nodes)


def test_a_host_of_the_lab_is_reached_as_its_own_resource_says() -> None:
    said = {"name": "n2", "address": "10.0.0.2", "port": 22, "user": "root", "hostKey": KEY}
    host = {
        "type": "command:local:Command",
        "urn": "urn::a::b::c::n2-host",
        "outputs": {"stdout": json.dumps(said)},
    }
    state = deployment.read(exported(OUTPUTS, host), "core", HOSTS)
    assert state.nodes[1].ssh == Endpoint(address="10.0.0.2", host_key=KEY)


def test_a_machine_in_ec2_is_reached_as_the_outputs_say() -> None:
    host = {
        "type": "aws:ec2/instance:Instance",
        "urn": "urn::a::b::c::n2-host",
        "outputs": {"privateIp": "192.0.2.12"},
    }
    bastion = {"address": "203.0.113.9", "port": 22.0, "user": "admin", "hostKey": KEY}
    way = {**bastion, "address": "192.0.2.12", "bastion": {**bastion, "bastion": None}}
    first, second = OUTPUTS["nodes"]
    outputs = {**OUTPUTS, "nodes": [first, {**second, "ssh": way}]}
    assert deployment.read(exported(outputs, host), "core", HOSTS).nodes[1].ssh == Endpoint(
        address="192.0.2.12",
        host_key=KEY,
        user="admin",
        bastion=Endpoint(address="203.0.113.9", host_key=KEY, user="admin"),
    )


def test_an_existing_host_is_reached_as_the_configuration_says_and_one_without_a_line_is_not() -> (
    None
):
    first, second = deployment.read(exported(OUTPUTS), "core", HOSTS).nodes
    assert first.ssh == Endpoint(
        address="192.0.2.11",
        host_key=KEY,
        port=2222,
        user="admin",
        bastion=Endpoint(address="192.0.2.1", host_key=KEY),
    )
    assert second.ssh is None


@pytest.mark.parametrize("latest", [None, {}, {"resources": []}])
def test_a_state_without_resources_is_not_deployed(latest: object) -> None:
    with pytest.raises(deployment.NotDeployedError, match="stack core is not deployed; make up"):
        deployment.read(json.dumps({"deployment": latest}), "core", HOSTS)


def test_a_first_up_that_did_not_finish_is_told_from_a_stack_that_is_there() -> None:
    with pytest.raises(
        deployment.NotDeployedError, match="1 resources are there and the last make up"
    ):
        deployment.read(exported({}), "core", HOSTS)
