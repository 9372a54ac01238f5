import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.cluster.kubeadm import (
    CA_HASH,
    TOKEN,
    ClusterSettings,
    NodeSettings,
    init_documents,
    join_documents,
)
from components.machines.machine import Profile
from components.machines.node_script import SOURCE

CLUSTER = ClusterSettings(
    name="appliance-dev",
    version="1.35.4",
    pod_subnet="10.32.0.0/12",
    service_subnet="10.96.0.0/12",
    network="weave",
    extra_sans=("kube.example.com",),
)
LAB = NodeSettings(name="n1", address="10.77.0.11", profile=Profile.LAB)
MACHINE = replace(LAB, profile=Profile.MACHINE)

Golden = Callable[[str, str], None]


def kinds(text: str) -> dict[str, Any]:
    return {document["kind"]: document for document in yaml.safe_load_all(text)}


@pytest.mark.parametrize("node", [LAB, MACHINE], ids=lambda node: node.profile.value)
def test_init_documents_are_as_reviewed(node: NodeSettings, golden: Golden) -> None:
    golden(f"init-{node.profile.value}.yaml", init_documents(CLUSTER, node))


@pytest.mark.parametrize("node", [LAB, MACHINE], ids=lambda node: node.profile.value)
def test_join_documents_are_as_reviewed(node: NodeSettings, golden: Golden) -> None:
    golden(f"join-{node.profile.value}.yaml", join_documents(CLUSTER, node))


def test_join_documents_of_a_control_plane_are_as_reviewed(golden: Golden) -> None:
    golden(
        "join-control-plane.yaml",
        join_documents(CLUSTER, replace(LAB, control_plane=True, schedulable=False)),
    )


def test_every_control_plane_gets_the_same_cluster_configuration() -> None:
    other = replace(MACHINE, name="n2", address="10.77.0.12")
    first, second = (kinds(init_documents(CLUSTER, node)) for node in (MACHINE, other))
    assert first["ClusterConfiguration"] == second["ClusterConfiguration"]


def test_the_pod_network_stands_where_the_node_script_compares_a_living_cluster() -> None:
    script = Path(SOURCE).read_text()
    compared = re.search(r"^frozen\(\) \{ sed -n '(.*)' ", script, re.MULTILINE)
    assert compared is not None
    printed = subprocess.run(
        ["sed", "-n", compared[1]],
        input=init_documents(CLUSTER, MACHINE),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "\n# pod network: weave\n" in printed
    assert "InitConfiguration" not in printed


def test_the_certificate_carries_every_name_under_which_the_api_server_is_called() -> None:
    names = kinds(init_documents(CLUSTER, MACHINE))["ClusterConfiguration"]["apiServer"]["certSANs"]
    assert names == ["api.appliance-dev.internal", "127.0.0.1", "kube.example.com"]


def test_a_machine_of_its_own_gets_none_of_the_labs_exceptions() -> None:
    documents = kinds(init_documents(CLUSTER, MACHINE))
    assert documents["InitConfiguration"]["nodeRegistration"]["ignorePreflightErrors"] == []
    assert documents["KubeletConfiguration"]["cgroupDriver"] == "systemd"
    assert "featureGates" not in documents["KubeletConfiguration"]
    assert "conntrack" not in documents["KubeProxyConfiguration"]


def test_only_a_control_plane_without_the_worker_role_is_tainted() -> None:
    def taints(node: NodeSettings) -> Any:
        registration = kinds(init_documents(CLUSTER, node))["InitConfiguration"]
        return registration["nodeRegistration"]["taints"]

    assert taints(MACHINE) == []
    assert [taint["key"] for taint in taints(replace(MACHINE, schedulable=False))] == [
        "node-role.kubernetes.io/control-plane"
    ]


def test_a_join_goes_through_the_nodes_own_balancer_and_holds_no_secret_yet() -> None:
    discovery = kinds(join_documents(CLUSTER, LAB))["JoinConfiguration"]["discovery"]
    assert discovery["bootstrapToken"] == {
        "apiServerEndpoint": "api.appliance-dev.internal:7443",
        "token": TOKEN,
        "caCertHashes": [CA_HASH],
    }


IN_EC2 = replace(MACHINE, provider_id="aws:///eu-central-1a/i-0123456789abcdef0")
WITH_CLOUD = replace(CLUSTER, cloud="aws")


def test_documents_of_a_node_that_a_cloud_introduces_are_as_reviewed(golden: Golden) -> None:
    golden("init-cloud.yaml", init_documents(WITH_CLOUD, IN_EC2))
    golden("join-cloud.yaml", join_documents(WITH_CLOUD, IN_EC2))


def test_a_machine_of_a_cloud_is_any_machine_where_nobody_introduces_nodes() -> None:
    assert init_documents(CLUSTER, IN_EC2) == init_documents(CLUSTER, MACHINE)


def test_a_node_that_is_no_machine_of_the_cloud_would_never_be_introduced() -> None:
    with pytest.raises(ValueError, match="n1 is no machine of the cloud"):
        join_documents(WITH_CLOUD, MACHINE)


def test_a_living_cluster_does_not_get_a_cloud_that_its_nodes_do_not_know() -> None:
    compared = re.search(r"^frozen\(\) \{ sed -n '(.*)' ", SOURCE.read_text(), re.MULTILINE)
    assert compared is not None
    before, after = (
        subprocess.run(
            ["sed", "-n", compared[1]], input=text, capture_output=True, text=True, check=True
        ).stdout
        for text in (init_documents(CLUSTER, IN_EC2), init_documents(WITH_CLOUD, IN_EC2))
    )
    assert set(after.splitlines()) - set(before.splitlines()) == {"# cloud: aws"}
