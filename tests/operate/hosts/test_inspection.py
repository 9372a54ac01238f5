from dataclasses import replace

from operate.hosts.finding import Severity
from operate.hosts.inspection import Inspection, judge
from operate.hosts.look import Look, Unseen
from tests.operate.hosts.given import OURS, seen, wanted


def inspection(*looks: Look) -> Inspection:
    return Inspection(looks=looks, findings=tuple(judge(looks, OURS)))


def unseen(name: str, *, leaving: bool = False) -> Unseen:
    return Unseen(wanted=wanted(name=name, leaving=leaving), found="is silent", cure="start it")


def test_a_host_that_was_not_seen_is_a_fault_beside_those_of_the_others() -> None:
    found = inspection(seen("n1", architecture="aarch64"), unseen("n2"))
    assert [(it.host, it.check) for it in found.findings] == [("n1", "architecture"), ("n2", "SSH")]
    assert found.faults == 2


def test_warnings_are_no_faults() -> None:
    found = inspection(seen("n1", swap=("1 /swap",)))
    assert (len(found.findings), found.faults) == (1, 0)


def test_a_host_that_is_given_up_keeps_nobody_from_work() -> None:
    found = inspection(seen("n1"), unseen("n2", leaving=True))
    assert [it.severity for it in found.findings] == [Severity.WARN]


def test_a_host_that_is_given_up_is_not_compared_with_the_one_that_takes_its_place() -> None:
    old = seen("n2", 90, hostname="same")
    left = replace(old, wanted=replace(old.wanted, leaving=True))
    assert inspection(seen("n3", hostname="same"), left).findings == ()
