from pathlib import Path

import pytest

from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab

LINK_NAME_LIMIT = 15
MACHINE_NAME_LIMIT = 64


def host(name: str, lab: str = "dev", home: str = "/state/lab") -> HostId:
    return HostId(lab=Lab(home=Path(home), name=lab), name=name)


@pytest.mark.parametrize("name", ["n1", "a" * 40, "control-plane-01", "7"])
def test_every_derived_name_fits_what_the_kernel_allows(name: str) -> None:
    each = host(name, lab=name)

    assert len(each.port) <= LINK_NAME_LIMIT
    assert len(each.lab.uplink) <= LINK_NAME_LIMIT
    assert len(each.machine) <= MACHINE_NAME_LIMIT
    assert len(each.namespace) < 255


def test_hosts_with_equal_beginnings_have_links_of_their_own() -> None:
    names = [f"control-plane-{number}" for number in range(200)]

    assert len({host(name).port for name in names}) == len(names)


def test_labs_of_equal_name_in_two_state_directories_share_nothing() -> None:
    one, other = host("n1", home="/a/lab"), host("n1", home="/b/lab")

    assert one.namespace != other.namespace
    assert one.port != other.port
    assert one.machine != other.machine
    assert one.lab.uplink != other.lab.uplink


def test_hyphens_do_not_make_two_hosts_one() -> None:
    assert host("b-c", lab="a").namespace != host("c", lab="a-b").namespace


def test_the_hardware_address_is_a_local_unicast_one_and_the_same_for_life() -> None:
    mac = host("n1").mac

    assert mac == host("n1").mac
    assert len(mac.split(":")) == 6
    assert int(mac[:2], 16) & 0b11 == 0b10


@pytest.mark.parametrize("name", ["", "N1", "-a", "a-", "a.b", "a/b", "..", "a" * 41, "ä"])
def test_a_name_that_is_no_dns_label_is_refused_for_hosts_and_labs(name: str) -> None:
    with pytest.raises(LabError, match="is no name of a host; give small letters"):
        host(name)
    with pytest.raises(LabError, match="is no name of a lab"):
        host("n1", lab=name)
