"""Collecting: every question that is asked, side by side, because a person waits.

Owns which is asked when, and what is still known when one of them has no answer. Does not own any question.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from operate import lock
from operate.failure import OperateError
from operate.hosts.survey import AT_ONCE, THROUGH_BASTION
from operate.status import deployment, hosts, snapshots
from operate.status.cluster import PORT, Cluster, KubectlError, kubeconfig_until, shown_until
from operate.status.facts import (
    ApiServer,
    Facts,
    Host,
    Node,
    Object,
    Shown,
    SnapshotContainer,
    State,
)
from operate.status.licensed import licensed
from operate.tunnel import reaching
from operate.workplace import Workplace

T = TypeVar("T")
NOT_DEPLOYED: Final = 3
"""The exit code for a stack that has nothing to look at."""


def collect(place: Workplace, kinds: Iterable[str]) -> Facts:
    """Everything that is to be known of a stack. Raises OperateError if nothing is deployed."""
    with ThreadPoolExecutor(AT_ONCE) as pool, ExitStack() as until_the_end:
        exported = pool.submit(place.engine.ask, "stack", "export")
        ready, fault = within_reach(place, until_the_end)
        state = deployed(place, exported.result())
        said = pool.submit(_hosts, ready, state, fault)
        console = pool.submit(_console, state)
        cluster = Cluster(environment=ready.engine.environment, pool=pool)
        endpoint, answering = servers(pool, cluster, state)
        seen = _seen(cluster, kinds, state, endpoint, answering)
        return Facts(
            stack=place.stack.name,
            now=datetime.now(UTC),
            state=state,
            hosts=said.result(),
            endpoint=endpoint,
            api_servers=answering,
            objects=seen.objects,
            mute=seen.mute,
            command=at_work(place.stack.directory / "operate.lock"),
            kubeconfig=kubeconfig_until(place.stack.kubeconfig),
            ingress=seen.ingress,
            snapshots=seen.snapshots,
            console=console.result(),
            license=licensed(place.configuration),
        )


def deployed(place: Workplace, exported: str) -> State:
    """The state of an export. Raises OperateError if nothing is deployed, or its cluster's kubeconfig is elsewhere."""
    try:
        state = deployment.read(exported, place.stack.name, place.configuration.hosts)
    except deployment.NotDeployedError as reason:
        raise OperateError(str(reason), code=NOT_DEPLOYED) from None
    if not place.stack.kubeconfig.exists():
        raise OperateError(
            f"the kubeconfig of stack {place.stack.name} is not on this machine; make up writes it"
        )
    return state


def within_reach(place: Workplace, until_the_end: ExitStack) -> tuple[Workplace, str]:
    """Hosts cannot be asked without a key for SSH; the cluster still can."""
    try:
        return until_the_end.enter_context(reaching(place)), ""
    except OperateError as fault:
        return place, str(fault)


def _hosts(place: Workplace, state: State, fault: str) -> Mapping[str, Host]:
    if fault:
        return {node.name: Host(fault=fault) for node in state.nodes}
    return of_each_host(place, state, lambda node: hosts.ask(node, place.engine.environment))


def of_each_host(place: Workplace, state: State, ask: Callable[[Node], T]) -> Mapping[str, T]:
    """What each host answers, by its node's name, as many at a time as the way there carries."""
    through_bastion = place.configuration.hosts.behind_bastion
    with ThreadPoolExecutor(THROUGH_BASTION if through_bastion else AT_ONCE) as pool:
        answers = pool.map(ask, state.nodes)
        return {node.name: answer for node, answer in zip(state.nodes, answers, strict=True)}


def servers(
    pool: Executor, cluster: Cluster, state: State
) -> tuple[ApiServer, Mapping[str, ApiServer]]:
    """The answer at the operator's endpoint, and that of each control plane at its own address; none is asked twice."""
    asked = {
        node.name: (
            pool.submit(cluster.ready, node.address),
            pool.submit(_certificate, node),
        )
        for node in state.control_planes
    }
    at_endpoint = next(
        (
            asked[node.name][0]
            for node in state.control_planes
            if state.endpoint == f"{node.address}:{PORT}"
        ),
        None,
    ) or pool.submit(cluster.ready)
    servers = {
        name: replace(answer.result(), certificate=until.result())
        for name, (answer, until) in asked.items()
    }
    return at_endpoint.result(), servers


def answering_at(
    state: State, endpoint: ApiServer, servers: Mapping[str, ApiServer]
) -> list[str | None]:
    """Where objects may be had: at the operator's endpoint (None) first, then at each control plane's own address."""
    addresses: list[str | None] = [] if endpoint.fault else [None]
    addresses += [node.address for node in state.control_planes if not servers[node.name].fault]
    return addresses


def _certificate(node: Node) -> datetime | None:
    """When the API server's certificate ends that it shows; behind a bastion nothing is shown to this machine."""
    return None if _hidden(node) else shown_until(node.address)


def _hidden(node: Node) -> bool:
    return node.ssh is not None and node.ssh.bastion is not None


def _console(state: State) -> Shown | None:
    """What the console shows, where its address is that of a node which this machine can reach."""
    if state.daemon is None:
        return None
    url = urlsplit(state.daemon.console)
    node = next((one for one in state.nodes if one.address == url.hostname), None)
    if node is None or url.port is None or _hidden(node):
        return None
    return Shown(until=shown_until(node.address, url.port))


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What one API server gave: objects, when the ingress' certificate ends, what snapshot containers said.

    Without anybody who gives objects, `mute` says why.
    """

    objects: Mapping[str, tuple[Object, ...]] | None = None
    ingress: datetime | None = None
    snapshots: tuple[SnapshotContainer, ...] = ()
    mute: str = ""


def _seen(
    cluster: Cluster,
    kinds: Iterable[str],
    state: State,
    endpoint: ApiServer,
    servers: Mapping[str, ApiServer],
) -> _Seen:
    """All from whoever answers, the operator's endpoint first."""
    error = endpoint.fault
    for address in answering_at(state, endpoint, servers):
        ending = cluster.pool.submit(_ingress, cluster, state, address)
        try:
            objects = cluster.objects(kinds, address)
        except KubectlError as fault:
            error = str(fault)
            continue
        said = _snapshots(cluster, state, objects.get("Pod", ()), address)
        return _Seen(objects=objects, ingress=ending.result(), snapshots=said)
    return _Seen(mute=error)


def _snapshots(
    cluster: Cluster, state: State, pods: Sequence[Object], address: str | None
) -> tuple[SnapshotContainer, ...]:
    if state.application is None:
        return ()
    return snapshots.containers(cluster, state.application.namespace, pods, address)


def _ingress(cluster: Cluster, state: State, address: str | None) -> datetime | None:
    """When the ingress' default certificate ends. On its port only who names a host that is served is shown one."""
    return cluster.certificate(state.ingress.certificate, address) if state.ingress else None


def at_work(file: Path) -> str:
    """Who holds the stack's lock, in a sentence; empty for nobody."""
    if not file.exists():
        return ""
    with file.open() as stream:
        return "" if lock.taken(stream) else lock.described(lock.parse(stream.read()))
