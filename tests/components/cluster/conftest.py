from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from components.cluster import side
from components.cluster.side import Side
from components.machines.session import Endpoint, SessionError, UnreachedError

TICKET = "JOIN_TOKEN='abcdef.0123456789abcdef'\nJOIN_CA_HASH='sha256:00'\n"
CERTIFICATES = "JOIN_CERTIFICATE_KEY='00ff'\n"


@dataclass
class Hosts:
    """Hosts that write down what is called on them, and say of themselves what a test wants."""

    standing: dict[str, str] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    failing: set[tuple[str, str]] = field(default_factory=set)
    calls: list[tuple[str, str, str]] = field(default_factory=list)

    @contextmanager
    def connect(self, endpoint: Endpoint, attempts: int = 12) -> Iterator["Talk"]:
        assert attempts > 0
        yield Talk(self, endpoint.address)

    @property
    def changes(self) -> list[tuple[str, str]]:
        """What was called that may change something."""
        asking = ("standing", "alone", "knows", "outdated")
        return [(address, verb) for address, verb, _ in self.calls if verb not in asking]

    def parameters(self, address: str, verb: str) -> str:
        return next(text for host, called, text in self.calls if (host, called) == (address, verb))


@dataclass
class Talk:
    hosts: Hosts
    address: str

    def run(self, command: str, stdin: str) -> str:
        if self.address in self.hosts.dead:
            raise UnreachedError(f"{self.address} cannot be reached by SSH")
        verb = command.removesuffix("; fi").split()[-1]
        self.hosts.calls.append((self.address, verb, stdin))
        if (self.address, verb) in self.hosts.failing:
            raise SessionError(f"a command on {self.address} failed with 1")
        if verb == "standing":
            return self.hosts.standing.get(self.address, "apart") + "\n"
        wanted = CERTIFICATES + TICKET if "MEMBER_ROLE=control-plane" in stdin else TICKET
        usual = {"ticket": wanted, "alone": "several", "knows": "member", "outdated": "no"}
        return self.hosts.answers.get((self.address, verb), usual.get(verb, ""))


def make_side(name: str, role: str = "control-plane") -> Side:
    return Side(
        endpoint=Endpoint(address=name, host_key="ssh-ed25519 AAAA"),
        script="node.sh",
        parameters={"NODE_NAME": name, "MEMBER_NAME": name, "MEMBER_ROLE": role},
    )


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Hosts:
    hosts = Hosts()
    monkeypatch.setattr(side, "connect", hosts.connect)
    return hosts
