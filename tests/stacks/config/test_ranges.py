"""Address ranges that must not meet, and that must be large enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stacks.config.given import LOCAL, SSH, Given


@pytest.mark.parametrize(
    ("pod", "service", "lab", "places"),
    [
        ("10.0.0.0/8", "10.96.0.0/12", "192.168.0.0/24", ["kubernetes.podSubnet"]),
        (
            "10.32.0.0/12",
            "10.32.0.0/12",
            "10.33.0.0/24",
            ["kubernetes.podSubnet"] * 2 + ["kubernetes.serviceSubnet"],
        ),
        ("10.32.0.0/12", "10.96.0.0/12", "10.96.1.0/24", ["kubernetes.serviceSubnet"]),
    ],
)
def test_ranges_share_no_address(
    local: Given, pod: str, service: str, lab: str, places: list[str]
) -> None:
    local.hosts["lab"] = {"subnet": lab}
    local.values["kubernetes"] = {"podSubnet": pod, "serviceSubnet": service}

    faults = local.faults()
    assert [line.split(": ")[0] for line in faults] == places
    assert all("overlaps" in line for line in faults)


@given(st.integers(0, 2**32 - 1), st.integers(8, 24))
def test_no_accepted_pod_range_contains_a_hosts_address(number: int, prefix: int) -> None:
    network = number >> (32 - prefix) << (32 - prefix)
    octets = ".".join(str(byte) for byte in network.to_bytes(4, "big"))
    configuration = Given(SSH)
    configuration.nodes[0]["address"] = octets
    configuration.kubernetes["podSubnet"] = f"{octets}/{prefix}"

    assert configuration.faults()


def test_a_host_inside_the_pods_range_is_refused(ssh: Given) -> None:
    ssh.nodes[0]["address"] = "10.40.0.3"
    ssh.kubernetes["endpoint"] = "10.96.0.1:443"

    assert ssh.faults() == [
        "hosts.nodes[0].address: 10.40.0.3 lies in kubernetes.podSubnet 10.32.0.0/12; change one of them",
        "kubernetes.endpoint: 10.96.0.1 lies in kubernetes.serviceSubnet 10.96.0.0/12; change one of them",
    ]


@pytest.mark.parametrize(
    "address", ["10.77.0.0", "10.77.0.1", "10.77.0.255", "10.78.0.2", "n1.example.com"]
)
def test_a_local_address_is_a_hosts_address_of_the_lab(local: Given, address: str) -> None:
    local.nodes[0]["address"] = address
    assert "is no host's address in hosts.lab.subnet 10.77.0.0/24" in local.fault()


@pytest.mark.parametrize("address", ["10.77.0.2", "10.77.0.253"])
def test_a_local_address_may_be_given(local: Given, address: str) -> None:
    local.nodes[0]["address"] = address
    assert local.load().hosts.nodes[0].address == address


@pytest.mark.parametrize(("count", "faulty"), [(12, False), (13, True)])
def test_the_lab_has_room_for_its_hosts(count: int, faulty: bool) -> None:  # noqa: FBT001
    configuration = Given(LOCAL)
    configuration.hosts["lab"] = {"subnet": "10.77.0.0/28"}
    configuration.hosts["nodes"] = [
        {"name": f"n{index}", "roles": ["control-plane" if index == 0 else "worker"]}
        for index in range(count)
    ]
    assert configuration.faults() == (
        ["hosts.lab.subnet: 10.77.0.0/28 has room for 12 hosts, and there are 13"] if faulty else []
    )


def test_the_pods_range_has_room_for_every_node(local: Given) -> None:
    local.kubernetes["podSubnet"] = "10.32.0.0/24"
    assert (
        local.fault() == "kubernetes.podSubnet: 10.32.0.0/24 has a /24 for 1 nodes, and there are 2"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("10.32.0.1/12", "has host bits set; the network is 10.32.0.0/12"),
        ("10.32.0.0", "has no prefix length"),
        ("10.32.0.0/255.240.0.0", "has no prefix length"),
        ("10.32.0.0/33", "is no network"),
        ("10.32.0.0/12,fd00::/64", "is no network"),
        ("fd00::/64", "is IPv6"),
        ("127.0.0.0/8", "special meaning"),
        ("224.0.0.0/8", "special meaning"),
        ("10.32.0.0/25", "is not from /8 to /24 in size"),
        (12, "is a number"),
    ],
)
def test_a_range_is_one_ipv4_network(local: Given, value: object, said: str) -> None:
    local.kubernetes["podSubnet"] = value

    assert local.fault().startswith("kubernetes.podSubnet: ")
    assert said in local.fault()
