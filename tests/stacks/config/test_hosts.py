"""Hosts: the form of each key and the rules between them."""

from typing import Any

import pytest

from tests.stacks.config.given import HOST_KEY, Given


@pytest.mark.parametrize("name", ["", "N1", "-a", "a-", "a.b", "a_b", "a" * 41, "ä"])
def test_a_node_name_is_a_dns_label_of_at_most_40(local: Given, name: str) -> None:
    local.nodes[1]["name"] = name

    assert local.fault().startswith(f"hosts.nodes[1].name: {name[:40]!r}"[:-1])


def test_a_node_name_may_be_40_long(local: Given) -> None:
    local.nodes[1]["name"] = "a" * 40
    assert not local.faults()


def test_a_node_without_roles_is_refused(local: Given) -> None:
    local.nodes[1]["roles"] = []
    assert (
        local.fault()
        == "hosts.nodes[1].roles: is empty; give some of control-plane, worker, storage"
    )

    local.nodes[1]["roles"] = ["worker", "worker"]
    assert local.fault() == "hosts.nodes[1].roles: worker stands there twice"


def test_a_cluster_without_a_control_plane_is_refused(local: Given) -> None:
    local.nodes[0]["roles"] = ["worker"]

    assert local.fault() == (
        "hosts.nodes: no node has the role control-plane; give it to one, or to three"
    )


def test_a_cluster_without_nodes_is_refused(local: Given) -> None:
    local.hosts["nodes"] = []
    assert local.fault() == "hosts.nodes: is empty; give at least one node"


def test_names_and_addresses_are_given_once(ssh: Given) -> None:
    ssh.nodes[0]["address"] = "N2.example.com"
    ssh.nodes[1]["name"] = "n1"

    assert ssh.faults() == [
        "hosts.nodes[1].name: n1 is the name of nodes[0] too; each node needs its own",
        "hosts.nodes[1].address: n2.example.com is the address of nodes[0] too; each node needs its own",
    ]


def test_ssh_needs_address_and_host_key(ssh: Given) -> None:
    del ssh.nodes[0]["address"], ssh.nodes[0]["hostKey"]

    address, host_key = ssh.faults()
    assert address.startswith("hosts.nodes[0].address: missing; provider ssh needs")
    assert host_key.startswith("hosts.nodes[0].hostKey: missing; provider ssh needs")
    assert "ssh-keyscan" in host_key


@pytest.mark.parametrize(("key", "value"), [("hostKey", HOST_KEY), ("port", 22), ("user", "admin")])
def test_the_lab_alone_decides_how_its_hosts_are_reached(
    local: Given, key: str, value: object
) -> None:
    local.nodes[0][key] = value

    assert local.fault() == (
        f"hosts.nodes[0].{key}: only with provider ssh; hosts.provider is local, so remove the key"
    )


def test_local_hosts_have_no_bastion_and_know_only_root(local: Given) -> None:
    local.hosts.update(user="admin", bastion={"address": "a", "hostKey": HOST_KEY})

    assert [line.split(":")[0] for line in local.faults()] == ["hosts.bastion", "hosts.user"]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-rsa " + HOST_KEY.split()[1],
        "SHA256:abc",
        "n1 " + HOST_KEY,
        HOST_KEY[:-1] + "*",
    ],
)
def test_a_host_key_is_a_whole_public_key(ssh: Given, value: str) -> None:
    ssh.nodes[0]["hostKey"] = value

    assert ssh.fault().startswith("hosts.nodes[0].hostKey: is ")
    assert "ssh_host_ed25519_key.pub" in ssh.fault()


@pytest.mark.parametrize("address", ["192.0.2", "192.0.2.256", "a b", "-x", "a" * 254, "", "a..b"])
def test_an_address_is_ipv4_or_a_dns_name(ssh: Given, address: str) -> None:
    ssh.nodes[0]["address"] = address
    assert ssh.fault().startswith("hosts.nodes[0].address: ")


@pytest.mark.parametrize("address", ["fd00::1", "[fd00::1]", "::", "::ffff:192.0.2.1"])
def test_ipv6_is_refused_by_name(ssh: Given, address: str) -> None:
    ssh.nodes[0]["address"] = address
    assert ssh.fault() == (
        f"hosts.nodes[0].address: {address!r} is IPv6, which the appliance does not speak; give IPv4"
    )


def test_a_line_of_known_hosts_is_recognised(ssh: Given) -> None:
    ssh.nodes[0]["hostKey"] = f"n1 {HOST_KEY}"
    assert "is a line of known_hosts; leave out the host's name" in ssh.fault()


@pytest.mark.parametrize("user", ["", "Admin", "a b", "1a", "a" * 33])
def test_a_user_is_a_linux_user(ssh: Given, user: str) -> None:
    ssh.hosts["user"] = user
    assert ssh.fault().startswith("hosts.user: ")


@pytest.mark.parametrize("port", [0, 65536, -1])
def test_a_port_is_from_1_to_65535(ssh: Given, port: int) -> None:
    ssh.nodes[0]["port"] = port
    assert ssh.fault().startswith(f"hosts.nodes[0].port: {port} is too ")


@pytest.mark.parametrize("value", ["22", 22.5, True, None])
def test_a_port_is_a_number(ssh: Given, value: object) -> None:
    ssh.nodes[0]["port"] = value
    assert ssh.fault().endswith("; give a number from 1 to 65535")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"a b": "x"}, "is no label key"),
        ({"/x": "y"}, "is no label key"),
        ({"a" * 64: "x"}, "is no label key"),
        ({"x": "a b"}, "is no label value"),
        ({"x": "a" * 64}, "is no label value"),
        ({"x": 1}, "is a number; give text, in quotes"),
        ({"kubernetes.io/hostname": "x"}, "reserved"),
        ({"node-role.kubernetes.io/worker": ""}, "reserved"),
        ({"x.k8s.io/y": ""}, "reserved"),
    ],
)
def test_labels_are_those_a_node_may_be_given(
    local: Given, labels: dict[str, Any], said: str
) -> None:
    local.nodes[1]["labels"] = labels

    assert local.fault().startswith("hosts.nodes[1].labels")
    assert said in local.fault()


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "example.com/x",
        "topology.kubernetes.io/zone",
        "node.kubernetes.io/x",
        "notkubernetes.io/x",
    ],
)
def test_a_nodes_own_labels_are_accepted(local: Given, key: str) -> None:
    local.nodes[1]["labels"] = {key: ""}
    assert not local.faults()


@pytest.mark.parametrize(
    ("taints", "said"),
    [
        (["a=b"], "has no effect"),
        (["a=b:Never"], "has no effect"),
        (["=b:NoSchedule"], "is no label key"),
        (["a=b c:NoSchedule"], "is no label value"),
        (["node.kubernetes.io/not-ready:NoExecute"], "Kubernetes itself sets"),
        (["a=b:NoSchedule", "a=c:NoSchedule"], "twice"),
    ],
)
def test_taints_are_those_a_node_may_be_given(local: Given, taints: list[str], said: str) -> None:
    local.nodes[1]["taints"] = taints

    assert local.fault().startswith("hosts.nodes[1].taints")
    assert said in local.fault()


CONTROL_PLANE = "node-role.kubernetes.io/control-plane:NoSchedule"


@pytest.mark.parametrize(
    ("roles", "given", "all_taints"),
    [
        (["control-plane"], [], (CONTROL_PLANE,)),
        (["control-plane", "storage"], ["a=b:NoExecute"], ("a=b:NoExecute", CONTROL_PLANE)),
        (["control-plane"], [CONTROL_PLANE], (CONTROL_PLANE,)),
        (["control-plane", "worker"], [], ()),
        (["worker"], ["a:NoSchedule"], ("a:NoSchedule",)),
    ],
)
def test_only_a_control_plane_that_is_no_worker_keeps_pods_away(
    local: Given, roles: list[str], given: list[str], all_taints: tuple[str, ...]
) -> None:
    local.nodes.append({"name": "n3", "roles": roles, "taints": given})
    assert local.load().hosts.nodes[2].all_taints == all_taints


def test_an_even_number_of_control_planes_is_a_warning(local: Given) -> None:
    local.nodes[1]["roles"] = ["control-plane", "worker"]

    assert local.load().warnings == (
        "Pulumi.dev.yaml: hosts.nodes: 2 control planes survive the loss of 0, as 1 do; use 1 or 3",
    )


def test_a_cluster_without_workers_is_a_warning(local: Given) -> None:
    del local.nodes[1]
    local.nodes[0]["roles"] = ["control-plane"]

    (warning,) = local.load().warnings
    assert "no node has the role worker" in warning


@pytest.mark.parametrize(
    ("count", "leaving", "allowed"),
    [(1, 1, True), (2, 1, True), (2, 2, False), (3, 1, True), (3, 2, False), (5, 2, True)],
)
def test_control_planes_that_are_decommissioned_together_leave_a_quorum(
    local: Given,
    count: int,
    leaving: int,
    allowed: bool,  # noqa: FBT001
) -> None:
    local.nodes[:] = [
        {"name": f"n{n}", "roles": ["control-plane", "worker"], "decommission": n < leaving}
        for n in range(count)
    ]
    if allowed:
        local.load()
        return
    (line,) = local.faults()
    assert "may not be decommissioned together" in line
    assert f"of {count} control planes are no quorum of etcd" in line
