import pytest

from components.cluster.admission import admit_control_plane, admit_worker, ticket
from components.machines.session import SessionError
from tests.components.cluster.conftest import TICKET, Hosts, make_side

A, B, C = make_side("a"), make_side("b"), make_side("c")
WORKER = make_side("w", role="worker")


def test_a_worker_joins_with_a_ticket_that_a_control_plane_gave_just_then(hosts: Hosts) -> None:
    hosts.standing["a"] = "serving"
    admit_worker(WORKER, [A])
    assert hosts.changes == [("a", "ticket"), ("w", "join"), ("a", "settle")]
    assert "JOIN_TOKEN=abcdef.0123456789abcdef\n" in hosts.parameters("w", "join")
    assert "MEMBER_NAME=w\n" in hosts.parameters("a", "ticket")


def test_a_worker_that_is_one_already_gets_no_ticket(hosts: Hosts) -> None:
    hosts.standing |= {"a": "serving", "w": "joined"}
    admit_worker(WORKER, [A])
    assert hosts.changes == [("a", "settle")]


def test_a_node_whose_runtime_has_settings_to_read_gets_its_turn(hosts: Hosts) -> None:
    hosts.standing |= {"a": "serving", "w": "joined"}
    hosts.answers["w", "outdated"] = "yes"
    admit_worker(WORKER, [A])
    assert hosts.changes == [("w", "renew"), ("a", "settle")]


def test_a_control_plane_s_runtime_gets_its_turn_too(hosts: Hosts) -> None:
    hosts.standing["a"] = "serving"
    hosts.answers["a", "outdated"] = "yes"
    admit_control_plane(A, [B])
    assert hosts.changes == [("a", "revive"), ("a", "renew"), ("a", "settle")]


def test_any_control_plane_that_serves_admits_a_worker(hosts: Hosts) -> None:
    hosts.dead = {"a"}
    hosts.standing |= {"b": "holding", "c": "serving"}
    admit_worker(WORKER, [A, B, C])
    assert hosts.changes == [("c", "ticket"), ("w", "join"), ("c", "settle")]


def test_only_one_control_plane_is_spoken_to_for_one_more_worker(hosts: Hosts) -> None:
    hosts.standing |= {"a": "serving", "b": "serving", "c": "serving"}
    admit_worker(WORKER, [A, B, C])
    assert {address for address, _, _ in hosts.calls} == {"a", "w"}


def test_without_a_control_plane_that_serves_nothing_is_done(hosts: Hosts) -> None:
    with pytest.raises(SessionError, match=r"none of the control planes \(a, b\) serves"):
        admit_worker(WORKER, [A, B])
    assert hosts.changes == []


@pytest.mark.parametrize("standing", ["serving", "holding"])
def test_a_control_plane_never_becomes_a_worker_in_one_step(hosts: Hosts, standing: str) -> None:
    hosts.standing |= {"a": "serving", "w": standing}
    with pytest.raises(SessionError, match="w is a control plane"):
        admit_worker(WORKER, [A])
    assert hosts.changes == []


def test_a_worker_never_becomes_a_control_plane_in_one_step(hosts: Hosts) -> None:
    hosts.standing |= {"a": "serving", "b": "joined"}
    with pytest.raises(SessionError, match="b is a worker"):
        admit_control_plane(B, [A])
    assert hosts.changes == []


def test_the_first_control_plane_makes_the_cluster(hosts: Hosts) -> None:
    admit_control_plane(A, [B, C])
    assert hosts.changes == [("a", "init"), ("a", "settle")]


def test_the_next_control_plane_joins_through_one_that_serves(hosts: Hosts) -> None:
    hosts.standing["b"] = "serving"
    admit_control_plane(A, [B, C])
    assert hosts.changes == [("b", "ticket"), ("a", "join"), ("b", "withdraw"), ("b", "settle")]
    assert "JOIN_CERTIFICATE_KEY=00ff\n" in hosts.parameters("a", "join")


def test_the_shared_certificates_are_withdrawn_when_the_join_fails(hosts: Hosts) -> None:
    hosts.standing["b"] = "serving"
    hosts.failing = {("a", "join")}
    with pytest.raises(SessionError, match="on a failed"):
        admit_control_plane(A, [B])
    assert hosts.changes[-1] == ("b", "withdraw")


@pytest.mark.parametrize("standing", ["serving", "holding"])
def test_a_control_plane_that_is_one_is_brought_back_and_never_made_anew(
    hosts: Hosts, standing: str
) -> None:
    hosts.standing["a"] = standing
    admit_control_plane(A, [B, C])
    assert hosts.changes == [("a", "revive"), ("a", "settle")]


def test_one_that_holds_data_is_brought_back_while_the_others_count_it_as_theirs(
    hosts: Hosts,
) -> None:
    hosts.standing |= {"a": "holding", "b": "serving"}
    admit_control_plane(A, [B])
    assert hosts.changes == [("a", "revive"), ("b", "settle")]


def test_one_that_was_taken_out_while_it_was_off_forgets_and_joins_again(hosts: Hosts) -> None:
    hosts.standing |= {"a": "holding", "b": "serving"}
    hosts.answers["b", "knows"] = "stranger"
    admit_control_plane(A, [B])
    assert hosts.changes[:3] == [("a", "leave"), ("b", "ticket"), ("a", "join")]


@pytest.mark.parametrize("standing", ["holding", "joined"])
def test_no_second_cluster_is_made_beside_one_that_does_not_serve(
    hosts: Hosts, standing: str
) -> None:
    hosts.standing["b"] = standing
    with pytest.raises(SessionError, match="so no new cluster is made on a; bring b back"):
        admit_control_plane(A, [B])
    assert hosts.changes == []


def test_no_cluster_is_made_while_another_control_plane_cannot_be_asked(hosts: Hosts) -> None:
    hosts.dead = {"b"}
    with pytest.raises(SessionError, match="b cannot be reached by SSH and may hold"):
        admit_control_plane(A, [B, C])
    assert hosts.changes == []


@pytest.mark.parametrize("role", ["worker", "control-plane"])
def test_a_host_that_does_not_answer_is_named(hosts: Hosts, role: str) -> None:
    hosts.standing["a"] = "serving"
    hosts.dead = {"n"}
    node = make_side("n", role)
    with pytest.raises(SessionError, match="n cannot be reached by SSH"):
        admit_worker(node, [A]) if role == "worker" else admit_control_plane(node, [A])
    assert hosts.changes == []


@pytest.mark.parametrize("printed", ["", "JOIN_TOKEN='a'\n", "rm -rf /\n", TICKET + "MORE='x'\n"])
def test_anything_but_a_ticket_is_refused(hosts: Hosts, printed: str) -> None:
    hosts.answers["a", "ticket"] = printed
    with pytest.raises(SessionError, match="no join ticket"):
        ticket(A, WORKER)


def test_a_ticket_without_the_certificates_admits_no_control_plane(hosts: Hosts) -> None:
    hosts.answers["a", "ticket"] = TICKET
    with pytest.raises(SessionError, match="no join ticket"):
        ticket(A, B)
