"""Asking all at once: what is still known when somebody does not answer, and that nothing is told to change."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from operate.drift import cluster as objects
from operate.drift import collect as collecting
from operate.drift import hosts
from operate.drift.facts import Declared, Looked, Seen, Told
from operate.engine import Engine
from operate.failure import OperateError
from operate.phases import Phases
from operate.stack import Stack
from operate.status import collect as status_collecting
from operate.status.cluster import Cluster, KubectlError
from operate.status.facts import ApiServer, Node
from operate.workplace import Workplace
from stacks.config import load
from tests.operate.conftest import FakePulumi
from tests.operate.drift.test_state import host, thing
from tests.operate.status.seen import READY
from tests.operate.status.test_collect import OUTPUTS

STACK = {"type": "pulumi:pulumi:Stack", "urn": "s", "outputs": OUTPUTS}
ACCOUNT = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}}
NODES = [{"name": "n1", "roles": ["control-plane"]}]


class Answers:
    """What each question is answered; `asked` are the servers that were asked for objects."""

    def __init__(self) -> None:
        self.servers: dict[str | None, ApiServer] = {}
        self.refusing: set[str | None] = set()
        self.asked: list[str | None] = []
        self.told: dict[str, Told | None] = {}

    def ready(self, address: str | None = None) -> ApiServer:
        return self.servers.get(address, READY)

    def look(self, _: Cluster, declared: Sequence[Declared], address: str | None) -> Any:
        self.asked.append(address)
        if address in self.refusing:
            raise KubectlError("no answer within 8 s")
        return tuple(Looked(declared=one) for one in declared)

    def named(self, _: Cluster, wanted: Sequence[Mapping[str, Any]], __: str | None) -> Any:
        return {objects.key(one): one for one in wanted}

    def ask(self, node: Node, told: Told | None, environment: Mapping[str, str]) -> Seen:
        self.told[node.name] = told
        return Seen(fault=environment.get("SSH_AUTH_SOCK", "no agent"))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    found = Answers()

    @contextmanager
    def reaching(place: Workplace) -> Iterator[Workplace]:
        yield place.using(SSH_AUTH_SOCK="the agent")

    monkeypatch.setattr(Cluster, "ready", lambda _, address=None: found.ready(address))
    monkeypatch.setattr(objects, "look", found.look)
    monkeypatch.setattr(objects, "named", found.named)
    monkeypatch.setattr(hosts, "ask", found.ask)
    monkeypatch.setattr(status_collecting, "reaching", reaching)
    monkeypatch.setattr(status_collecting, "shown_until", lambda *_: None)
    return found


@pytest.fixture
def place(stack: Stack, engine: Engine, pulumi: FakePulumi) -> Workplace:
    resources = [STACK, *host("n1"), *host("n3"), thing("ServiceAccount", "kube-system/a", ACCOUNT)]
    file = stack.directory / "export.json"
    file.write_text(json.dumps({"deployment": {"resources": resources}}))
    pulumi.says(f"cat {file}")
    stack.kubeconfig.write_text("{}")
    configuration = load(
        {"hosts": {"provider": "local", "nodes": NODES}, "airgap": {"bundle": "local"}},
        stack="dev",
        file="Pulumi.dev.yaml",
    )
    return Workplace(stack=stack, configuration=configuration, engine=engine, phases=Phases())


def test_every_host_and_every_object_of_the_state_is_asked(
    place: Workplace, answers: Answers, pulumi: FakePulumi
) -> None:
    facts = collecting.collect(place)
    assert {name: seen.fault for name, seen in facts.hosts.items()} == dict.fromkeys(
        ("n1", "n2", "n3"), "the agent"
    )
    assert [name for name, told in answers.told.items() if told is None] == ["n2"]
    assert [str(one.declared) for one in facts.objects] == ["ServiceAccount kube-system/a"]
    assert set(facts.nodes) == {"n1", "n2", "n3"}
    assert set(facts.config_maps) == {"kubelet-config", "kube-proxy"}
    # The engine is asked for its state, and for nothing that would change it.
    assert pulumi.calls == ["stack export --show-secrets --non-interactive"]


def test_objects_come_from_the_next_control_plane_when_one_has_none_to_give(
    place: Workplace, answers: Answers
) -> None:
    answers.servers = {None: ApiServer(error="refused")}
    answers.refusing = {"192.0.2.1"}
    assert len(collecting.collect(place).objects) == 1
    assert answers.asked == ["192.0.2.1", "192.0.2.2"]


def test_where_nobody_gives_objects_hosts_are_told_all_the_same(
    place: Workplace, answers: Answers
) -> None:
    answers.refusing = {None, "192.0.2.1", "192.0.2.2"}
    facts = collecting.collect(place)
    assert (facts.mute, facts.objects) == ("no answer within 8 s", ())
    assert set(facts.hosts) == {"n1", "n2", "n3"}


@pytest.mark.usefixtures("answers")
def test_without_a_key_for_ssh_the_cluster_is_asked_all_the_same(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def reaching(_: Workplace) -> Iterator[Workplace]:
        raise OperateError("stack dev has no SSH key")
        yield

    monkeypatch.setattr(status_collecting, "reaching", reaching)
    facts = collecting.collect(place)
    assert {seen.fault for seen in facts.hosts.values()} == {"stack dev has no SSH key"}
    assert len(facts.objects) == 1


def test_a_stack_without_resources_or_without_its_kubeconfig_here_is_refused(
    place: Workplace, answers: Answers, pulumi: FakePulumi
) -> None:
    place.stack.kubeconfig.unlink()
    with pytest.raises(OperateError, match="the kubeconfig of stack dev is not on this machine"):
        collecting.collect(place)
    pulumi.says("echo '{}'")
    with pytest.raises(OperateError, match="stack dev is not deployed") as refused:
        collecting.collect(place)
    assert refused.value.code == status_collecting.NOT_DEPLOYED
    assert answers.asked == []
