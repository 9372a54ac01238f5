import pytest

from components.cluster.departure import dismiss
from components.machines.session import SessionError
from tests.components.cluster.conftest import Hosts, make_side

A, B, C = make_side("a"), make_side("b"), make_side("c")
WORKER = make_side("w", role="worker")


def test_a_node_is_drained_and_deleted_before_it_is_reset(hosts: Hosts) -> None:
    hosts.standing["a"] = "serving"
    dismiss(WORKER, [A], cluster_gone=False)
    assert hosts.changes == [("a", "expel"), ("w", "leave")]
    assert "MEMBER_NAME=w\n" in hosts.parameters("a", "expel")


def test_a_dead_node_is_taken_out_all_the_same(
    hosts: Hosts, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts.standing["a"] = "serving"
    hosts.dead = {"w"}
    dismiss(WORKER, [A], cluster_gone=False)
    assert hosts.changes == [("a", "expel")]
    assert "w cannot be reached by SSH; it was not cleaned" in capsys.readouterr().err


def test_a_node_is_not_reset_while_its_cluster_cannot_be_told(hosts: Hosts) -> None:
    hosts.dead = {"a"}
    with pytest.raises(SessionError, match="APPLIANCE_CLUSTER_GONE=1"):
        dismiss(WORKER, [A], cluster_gone=False)
    assert hosts.changes == []


def test_a_cluster_that_is_gone_for_good_is_not_asked(hosts: Hosts) -> None:
    hosts.dead = {"a"}
    dismiss(WORKER, [A], cluster_gone=True)
    assert hosts.calls == [("w", "leave", hosts.parameters("w", "leave"))]


def test_a_control_plane_is_taken_out_on_one_that_stays_the_first_of_all_included(
    hosts: Hosts,
) -> None:
    hosts.standing |= {"a": "serving", "b": "serving", "c": "serving"}
    dismiss(A, [A, B, C], cluster_gone=False)
    assert hosts.changes == [("b", "expel"), ("a", "leave")]


def test_the_last_control_plane_is_only_cleaned(hosts: Hosts) -> None:
    hosts.answers["a", "alone"] = "alone"
    hosts.dead = {"b", "c"}
    dismiss(A, [A, B, C], cluster_gone=False)
    assert hosts.changes == [("a", "leave")]


def test_a_dead_control_plane_is_not_given_up_while_none_of_the_others_serves(
    hosts: Hosts,
) -> None:
    hosts.dead = {"a"}
    hosts.standing |= {"b": "holding", "c": "holding"}
    with pytest.raises(SessionError, match=r"control planes that stay \(b, c\) serves"):
        dismiss(A, [A, B, C], cluster_gone=False)
    assert hosts.changes == []


def test_the_only_control_plane_may_be_gone_when_the_stack_is_destroyed(hosts: Hosts) -> None:
    hosts.dead = {"a"}
    dismiss(A, [A], cluster_gone=False)
    assert hosts.changes == []
