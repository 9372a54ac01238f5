"""Asking all at once: what is still known when somebody does not answer."""

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from operate.engine import Engine
from operate.failure import OperateError
from operate.phases import Phases
from operate.stack import Stack
from operate.status import collect as collecting
from operate.status import hosts
from operate.status.cluster import Cluster, KubectlError
from operate.status.facts import ApiServer, Host, Node, Object, Shown
from operate.workplace import Workplace
from stacks.config import load
from tests.operate.conftest import FakePulumi
from tests.operate.status.seen import HOST1, NEXT_YEAR, READY

NODES = [
    {"name": "n1", "roles": ["control-plane"]},
    {"name": "n2", "roles": ["control-plane"]},
    {"name": "n3", "roles": ["worker"]},
]
OUTPUTS = {
    "endpoint": "192.0.2.100:6443",
    "network": {"provider": "weave", "encrypted": True},
    "nodes": [{**node, "address": f"192.0.2.{node['name'][1]}"} for node in NODES],
    "versions": {"kubernetes": "1.35.4"},
}
EXPORT = {
    "deployment": {"resources": [{"type": "pulumi:pulumi:Stack", "urn": "s", "outputs": OUTPUTS}]}
}


class Answers:
    """What each question is answered; `asked` are the servers that were asked for objects."""

    def __init__(self) -> None:
        self.servers: dict[str | None, ApiServer] = {}
        self.refusing: set[str | None] = set()
        self.asked: list[str | None] = []
        self.tried: list[str | None] = []
        self.looked: list[tuple[str, int]] = []

    def ready(self, address: str | None = None) -> ApiServer:
        self.tried.append(address)
        return self.servers.get(address, READY)

    def objects(
        self, kinds: Iterable[str], address: str | None
    ) -> Mapping[str, tuple[Object, ...]]:
        self.asked.append(address)
        if address in self.refusing:
            raise KubectlError("no answer within 8 s")
        return dict.fromkeys(kinds, ())

    def certificate(self, secret: str, address: str | None) -> datetime | None:
        return NEXT_YEAR if (secret, address) == ("shop/default", "192.0.2.2") else None

    def shown_until(self, address: str, port: int = 6443) -> datetime | None:
        self.looked.append((address, port))
        return None


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    found = Answers()

    def ask(_: Node, environment: Mapping[str, str]) -> Host:
        return replace(HOST1, said={"agent": environment.get("SSH_AUTH_SOCK", "none")})

    @contextmanager
    def reaching(place: Workplace) -> Iterator[Workplace]:
        yield place.using(SSH_AUTH_SOCK="the agent")

    monkeypatch.setattr(Cluster, "ready", found.ready)
    monkeypatch.setattr(Cluster, "objects", found.objects)
    monkeypatch.setattr(hosts, "ask", ask)
    monkeypatch.setattr(collecting, "reaching", reaching)
    monkeypatch.setattr(Cluster, "certificate", found.certificate)
    monkeypatch.setattr(collecting, "shown_until", found.shown_until)
    return found


@pytest.fixture
def place(stack: Stack, engine: Engine, pulumi: FakePulumi) -> Workplace:
    (stack.directory / "export.json").write_text(json.dumps(EXPORT))
    pulumi.says(f"cat {stack.directory}/export.json")
    stack.kubeconfig.write_text("{}")
    configuration = load(
        {"hosts": {"provider": "local", "nodes": NODES[:1]}, "airgap": {"bundle": "local"}},
        stack="dev",
        file="Pulumi.dev.yaml",
    )
    return Workplace(stack=stack, configuration=configuration, engine=engine, phases=Phases())


def test_every_node_and_every_control_plane_is_asked(place: Workplace, answers: Answers) -> None:
    facts = collecting.collect(place, {"pods"})
    assert set(facts.hosts) == {"n1", "n2", "n3"}
    assert {host.said["agent"] for host in facts.hosts.values()} == {"the agent"}
    assert set(facts.api_servers) == {"n1", "n2"}
    assert facts.objects == {"pods": ()}
    assert answers.asked == [None]
    assert sorted(map(str, answers.tried)) == ["192.0.2.1", "192.0.2.2", "None"]


def with_output(place: Workplace, name: str, value: Mapping[str, Any]) -> None:
    file = place.stack.directory / "export.json"
    document = json.loads(file.read_text())
    document["deployment"]["resources"][0]["outputs"][name] = value
    file.write_text(json.dumps(document))


def test_the_ingress_s_certificate_is_asked_of_the_server_that_gives_the_objects(
    place: Workplace, answers: Answers
) -> None:
    given = {"provider": "contour", "namespace": "shop", "addresses": []}
    with_output(place, "ingress", {**given, "certificate": "shop/default"})
    answers.refusing = {None, "192.0.2.1"}
    assert collecting.collect(place, {"pods"}).ingress == NEXT_YEAR
    answers.refusing = set()
    assert collecting.collect(place, {"pods"}).ingress is None


@pytest.mark.parametrize(
    ("console", "shown"),
    [
        ("https://192.0.2.1:30880", Shown(until=None)),
        ("https://replicated-ui.default.svc:8800", None),
    ],
)
def test_a_console_is_looked_at_where_its_address_is_a_node_s(
    place: Workplace, answers: Answers, console: str, shown: Shown | None
) -> None:
    with_output(place, "replicated", {"console": console, "registry": "10.100.100.101:9874"})
    assert collecting.collect(place, {"pods"}).console == shown
    assert (("192.0.2.1", 30880) in answers.looked) == (shown is not None)


def test_an_endpoint_that_is_a_control_plane_is_not_asked_twice(
    place: Workplace, answers: Answers
) -> None:
    file = place.stack.directory / "export.json"
    file.write_text(file.read_text().replace("192.0.2.100:6443", "192.0.2.1:6443"))
    down = ApiServer(error="refused")
    answers.servers = {"192.0.2.1": down}
    assert collecting.collect(place, {"pods"}).endpoint == down
    assert sorted(map(str, answers.tried)) == ["192.0.2.1", "192.0.2.2"]


def test_objects_come_from_the_next_control_plane_when_one_has_none_to_give(
    place: Workplace, answers: Answers
) -> None:
    answers.servers = {None: ApiServer(error="refused"), "192.0.2.1": ApiServer(failed=("etcd",))}
    facts = collecting.collect(place, {"pods"})
    assert answers.asked == ["192.0.2.2"]
    assert facts.objects is not None
    assert facts.endpoint.error == "refused"


def test_where_nobody_gives_objects_the_last_reason_is_kept(
    place: Workplace, answers: Answers
) -> None:
    answers.refusing = {None, "192.0.2.1", "192.0.2.2"}
    facts = collecting.collect(place, {"pods"})
    assert answers.asked == [None, "192.0.2.1", "192.0.2.2"]
    assert (facts.objects, facts.mute) == (None, "no answer within 8 s")
    down = ApiServer(error="refused")
    answers.servers = {None: down, "192.0.2.1": down, "192.0.2.2": down}
    assert collecting.collect(place, {"pods"}).mute == "refused"


def test_without_a_key_for_ssh_the_cluster_is_asked_all_the_same(
    place: Workplace, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def reaching(_: Workplace) -> Iterator[Workplace]:
        raise OperateError("stack dev has no SSH key")
        yield

    monkeypatch.setattr(collecting, "reaching", reaching)
    facts = collecting.collect(place, {"pods"})
    assert {host.fault for host in facts.hosts.values()} == {"stack dev has no SSH key"}
    assert facts.objects is not None
    assert answers.asked == [None]


def test_a_command_at_work_on_the_stack_is_told_and_a_dead_one_is_not(
    place: Workplace, answers: Answers
) -> None:
    assert not answers.asked
    file = place.stack.directory / "operate.lock"
    owner = {"pid": 7, "since": "noon", "command": "make up", "run": "r", "sessions": []}
    with file.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.write(json.dumps(owner))
        stream.flush()
        said = collecting.collect(place, {"pods"}).command
    assert said == "`make up` (pid 7) has been at work on this stack since noon"
    assert collecting.collect(place, {"pods"}).command == ""


def test_a_stack_without_resources_or_without_its_kubeconfig_here_is_refused(
    place: Workplace, answers: Answers, pulumi: FakePulumi
) -> None:
    place.stack.kubeconfig.unlink()
    with pytest.raises(OperateError, match="the kubeconfig of stack dev is not on this machine"):
        collecting.collect(place, {"pods"})
    pulumi.says("echo '{}'")
    with pytest.raises(OperateError, match="stack dev is not deployed") as refused:
        collecting.collect(place, {"pods"})
    assert refused.value.code == collecting.NOT_DEPLOYED
    assert answers.asked == []
