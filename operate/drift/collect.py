"""Collecting: the state, then hosts and API servers side by side, because a person waits.

Owns which is asked when, and what is still known when one of them has no answer. Does not own any question.
"""

from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from operate.drift import cluster as objects
from operate.drift import hosts, state
from operate.drift.facts import Facts, Looked, Prescribed, Seen
from operate.hosts.survey import AT_ONCE
from operate.status.cluster import Cluster, KubectlError, kubeconfig_until
from operate.status.collect import (
    answering_at,
    at_work,
    deployed,
    of_each_host,
    servers,
    within_reach,
)
from operate.status.facts import Object, State
from operate.workplace import Workplace

KUBEADM_S: Final = ("kubelet-config", "kube-proxy")
"""The ConfigMaps in kube-system that kubeadm wrote, and that nodes read."""


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What an API server gave; `mute` is why none did."""

    objects: tuple[Looked, ...] = ()
    nodes: Mapping[str, Object] = field(default_factory=dict)
    config_maps: Mapping[str, Object] = field(default_factory=dict)
    mute: str = ""


def collect(place: Workplace) -> Facts:
    """Everything that is to be known of a stack. Raises OperateError if nothing is deployed."""
    with ThreadPoolExecutor(AT_ONCE) as pool, ExitStack() as until_the_end:
        exported = pool.submit(place.engine.ask, "stack", "export", "--show-secrets")
        ready, fault = within_reach(place, until_the_end)
        known = deployed(place, exported.result())
        prescribed = state.read(exported.result(), known)
        said = pool.submit(_hosts, ready, known, prescribed, fault)
        answer = _answer(pool, ready, known, prescribed)
        return Facts(
            stack=place.stack.name,
            now=datetime.now(UTC),
            state=known,
            prescribed=prescribed,
            hosts=said.result(),
            objects=answer.objects,
            nodes=answer.nodes,
            config_maps=answer.config_maps,
            mute=answer.mute,
            command=at_work(place.stack.directory / "operate.lock"),
            kubeconfig=kubeconfig_until(place.stack.kubeconfig),
        )


def _hosts(
    place: Workplace, known: State, prescribed: Prescribed, fault: str
) -> Mapping[str, Seen]:
    if fault:
        return {node.name: Seen(fault=fault) for node in known.nodes}
    environment = place.engine.environment
    return of_each_host(
        place,
        known,
        lambda node: hosts.ask(node, prescribed.hosts.get(node.name), environment),
    )


def _answer(pool: Executor, place: Workplace, known: State, prescribed: Prescribed) -> _Answer:
    """From whoever answers, the operator's endpoint first."""
    asked = Cluster(environment=place.engine.environment, pool=pool)
    endpoint, answering = servers(pool, asked, known)
    error = endpoint.fault
    for address in answering_at(known, endpoint, answering):
        try:
            return _of_server(asked, known, prescribed, address)
        except KubectlError as fault:
            error = str(fault)
    return _Answer(mute=error)


def _of_server(
    asked: Cluster, known: State, prescribed: Prescribed, address: str | None
) -> _Answer:
    besides: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": node.name}}
        for node in known.nodes
    ]
    besides += [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"namespace": "kube-system", "name": name},
        }
        for name in KUBEADM_S
    ]
    others = objects.named(asked, besides, address)
    return _Answer(
        objects=objects.look(asked, prescribed.objects, address),
        nodes={name: one for (_, kind, _, name), one in others.items() if kind == "Node"},
        config_maps={name: one for (_, kind, _, name), one in others.items() if kind != "Node"},
    )
