from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from components.cluster import membership
from components.cluster.membership import Side, join, leave, read_ticket
from components.machines.session import Endpoint, SessionError

TICKET = "JOIN_TOKEN='abcdef.0123456789abcdef'\nJOIN_CA_HASH='sha256:00'\n"


@dataclass
class Hosts:
    """Two hosts that write down what is called on them."""

    standing: str = "apart\n"
    dead: frozenset[str] = frozenset()
    calls: list[tuple[str, str, str]] = field(default_factory=list)

    @contextmanager
    def connect(self, endpoint: Endpoint, attempts: int = 12) -> Iterator["Talk"]:
        assert attempts > 0
        yield Talk(self, endpoint.address)


@dataclass
class Talk:
    hosts: Hosts
    address: str

    def run(self, command: str, stdin: str) -> str:
        if self.address in self.hosts.dead:
            raise SessionError(f"{self.address} cannot be reached by SSH")
        verb = command.removesuffix("; fi").split()[-1]
        self.hosts.calls.append((self.address, verb, stdin))
        return {"standing": self.hosts.standing, "ticket": TICKET}.get(verb, "")

    @property
    def verbs(self) -> list[tuple[str, str]]:
        return [(address, verb) for address, verb, _ in self.hosts.calls]


def side(address: str) -> Side:
    endpoint = Endpoint(address=address, host_key="ssh-ed25519 AAAA")
    return Side(endpoint=endpoint, script="node.sh", parameters={"NODE_NAME": address})


NODE, API = side("node"), side("api")


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Hosts:
    hosts = Hosts()
    monkeypatch.setattr(membership, "connect", hosts.connect)
    return hosts


def verbs(hosts: Hosts) -> list[tuple[str, str]]:
    return [(address, verb) for address, verb, _ in hosts.calls]


def test_a_node_joins_with_a_ticket_that_the_control_plane_gave_just_then(hosts: Hosts) -> None:
    join(NODE, API)
    assert verbs(hosts) == [
        ("node", "standing"),
        ("api", "ticket"),
        ("node", "join"),
        ("api", "settle"),
    ]
    assert "JOIN_TOKEN=abcdef.0123456789abcdef\n" in hosts.calls[2][2]


def test_a_node_that_is_a_member_already_gets_no_ticket(hosts: Hosts) -> None:
    hosts.standing = "joined\n"
    join(NODE, API)
    assert verbs(hosts) == [("node", "standing"), ("api", "settle")]


def test_a_node_is_drained_and_deleted_before_it_is_reset(hosts: Hosts) -> None:
    leave(NODE, API, cluster_gone=False)
    assert verbs(hosts) == [("api", "expel"), ("node", "leave")]


def test_a_dead_node_is_taken_out_all_the_same(
    hosts: Hosts, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts.dead = frozenset({"node"})
    leave(NODE, API, cluster_gone=False)
    assert verbs(hosts) == [("api", "expel")]
    assert "node cannot be reached by SSH; it was not cleaned" in capsys.readouterr().err


def test_a_node_is_not_reset_while_its_cluster_cannot_be_told(hosts: Hosts) -> None:
    hosts.dead = frozenset({"api"})
    with pytest.raises(SessionError, match="APPLIANCE_CLUSTER_GONE=1"):
        leave(NODE, API, cluster_gone=False)
    assert verbs(hosts) == []


def test_a_cluster_that_is_gone_for_good_is_not_asked(hosts: Hosts) -> None:
    hosts.dead = frozenset({"api"})
    leave(NODE, API, cluster_gone=True)
    assert verbs(hosts) == [("node", "leave")]


@pytest.mark.parametrize("printed", ["", "JOIN_TOKEN='a'\n", "rm -rf /\n", TICKET + "MORE='x'\n"])
def test_anything_but_a_ticket_is_refused(printed: str) -> None:
    with pytest.raises(SessionError, match="no join ticket"):
        read_ticket(printed)
