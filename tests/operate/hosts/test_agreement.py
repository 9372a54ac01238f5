from typing import Any

import pytest

from operate.hosts.agreement import judge
from operate.hosts.finding import Finding, Severity
from operate.hosts.look import Seen
from tests.operate.hosts.given import seen

FAIL, WARN = Severity.FAIL, Severity.WARN


def said(*hosts: Seen) -> list[tuple[str, Severity, str]]:
    return [(it.host, it.severity, it.check) for it in judge(hosts)]


def sentences(*hosts: Seen) -> list[str]:
    return [found.found for found in judge(hosts)]


def test_of_hosts_that_differ_and_whose_clocks_agree_nothing_is_said() -> None:
    assert said(seen("n1"), seen("n2"), seen("n3")) == []
    assert said() == []


@pytest.mark.parametrize(
    ("fact", "check"),
    [("hostname", "hostname"), ("machine_id", "machine-id"), ("product_uuid", "product_uuid")],
)
def test_an_identity_that_hosts_share_is_told_of_each_with_the_names_of_the_others(
    fact: str, check: str
) -> None:
    shared: dict[str, Any] = {fact: "same"}
    hosts = [seen("n1", **shared), seen("n2"), seen("n3", **shared)]
    assert said(*hosts) == [("n1", FAIL, check), ("n3", FAIL, check)]
    assert sentences(*hosts) == [
        f"has the {check} same, as n3 has",
        f"has the {check} same, as n1 has",
    ]


def test_an_identity_that_nobody_can_read_is_not_shared() -> None:
    assert said(seen("n1", product_uuid=None), seen("n2", product_uuid=None)) == []


def test_containers_show_the_product_uuid_of_their_machine() -> None:
    hosts = [seen(name, shares_a_kernel=True, product_uuid="same") for name in ("n1", "n2")]
    assert said(*hosts) == []


@pytest.mark.parametrize(
    ("skew", "severity", "words"),
    [
        (3, WARN, "3 s ahead of this machine's"),
        (-3, WARN, "3 s behind this machine's"),
        (90, FAIL, "90 s ahead of this machine's"),
        (-90, FAIL, "90 s behind this machine's"),
    ],
)
def test_a_clock_that_is_off_is_told_by_how_much(
    skew: float, severity: Severity, words: str
) -> None:
    hosts = seen("n1"), seen("n2", skew)
    assert said(*hosts) == [("n2", severity, "clock")]
    assert words in sentences(*hosts)[0]


def test_clocks_that_are_each_near_ours_but_far_from_each_other_are_told_of_both() -> None:
    hosts = seen("n1", 1.5), seen("n2", -1.5), seen("n3")
    assert said(*hosts) == [("n1", WARN, "clock"), ("n2", WARN, "clock")]
    assert sentences(*hosts)[0] == "its clock and that of n2 are 3 s apart"


def test_one_clock_that_is_wrong_is_not_told_a_second_time_as_apart_from_the_others() -> None:
    assert said(seen("n1", 90), seen("n2"), seen("n3")) == [("n1", FAIL, "clock")]


def test_a_cure_is_given_with_every_finding() -> None:
    found: tuple[Finding, ...] = judge([seen("n1", 90, hostname="x"), seen("n2", hostname="x")])
    assert len(found) == 3
    assert all(each.cure for each in found)
