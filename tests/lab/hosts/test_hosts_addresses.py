from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.hosts.addresses import Subnet
from lab.hosts.failure import LabError

LAB = Subnet.parse("10.77.0.0/24")


def addresses(*texts: str) -> set[IPv4Address]:
    return {IPv4Address(text) for text in texts}


def test_machine_and_gateway_have_the_first_and_the_last_address() -> None:
    assert str(LAB.machine) == "10.77.0.1"
    assert str(LAB.gateway) == "10.77.0.254"


def test_the_lowest_free_address_from_eleven_on_is_chosen() -> None:
    assert LAB.choose(set()) == IPv4Address("10.77.0.11")
    assert LAB.choose(addresses("10.77.0.11", "10.77.0.13")) == IPv4Address("10.77.0.12")


def test_a_full_upper_range_goes_on_below_and_a_full_subnet_is_refused() -> None:
    small = Subnet.parse("10.79.0.0/28")
    taken: set[IPv4Address] = set()
    for _ in range(12):
        taken.add(small.choose(taken))

    assert taken == {small.network[number] for number in range(2, 14)}
    with pytest.raises(LabError, match=r"no address is free in 10\.79\.0\.0/28"):
        small.choose(taken)


@given(st.integers(16, 28), st.sets(st.integers(0, 300)))
def test_a_chosen_address_is_one_that_may_also_be_asked_for(prefix: int, numbers: set[int]) -> None:
    subnet = Subnet.parse(f"172.20.0.0/{prefix}")
    taken = {subnet.network[n] for n in numbers if n < subnet.network.num_addresses}
    try:
        chosen = subnet.choose(taken)
    except LabError:
        return

    assert subnet.admit(str(chosen), taken) == chosen


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ("10.77.0.0", "cannot be a host's address"),
        ("10.77.0.1", "cannot be a host's address"),
        ("10.77.0.254", "cannot be a host's address"),
        ("10.77.0.255", "cannot be a host's address"),
        ("10.78.0.11", "cannot be a host's address"),
        ("10.77.0.12", "belongs to another host"),
        ("n1", "is no IPv4 address"),
        ("fd00::1", "is no IPv4 address"),
    ],
)
def test_an_address_no_host_may_have_is_refused_with_the_range_that_is_allowed(
    asked: str, fault: str
) -> None:
    with pytest.raises(LabError, match=fault) as refusal:
        LAB.admit(asked, addresses("10.77.0.12"))
    assert "from 10.77.0.2 to 10.77.0.253" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("10.32.5.0/24", "Weave's pod network"),
        ("10.40.0.0/24", "Weave's pod network"),
        ("10.100.0.0/16", "the service network"),
        ("10.244.7.0/24", "Flannel's pod network"),
        ("10.77.0.0/29", "too small or too large"),
        ("10.0.0.0/8", "too small or too large"),
        ("10.77.0.5/24", "is no network of a lab"),
        ("10.77.0.0", "too small or too large"),
        ("fd00::/64", "is no network of a lab"),
        ("", "is no network of a lab"),
    ],
)
def test_a_network_no_lab_can_have_is_refused(text: str, fault: str) -> None:
    with pytest.raises(LabError, match=fault):
        Subnet.parse(text)
