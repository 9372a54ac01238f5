"""What was seen of a stack at one moment, before anybody says what is right or wrong about it.

Owns the types between collection and evaluation. Does not own how anything is seen, nor what it means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from components.machines.session import Endpoint

Object = Mapping[str, Any]
"""A Kubernetes object as the API gives it."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node as the stack's state has it. `registry`: a registry of the bundle is to run there.

    `balanced`: this machine reaches its API server by a balancer alone.
    """

    name: str
    address: str
    roles: tuple[str, ...]
    registry: bool = False
    balanced: bool = False
    ssh: Endpoint | None = None

    @property
    def is_control_plane(self) -> bool:
        """Whether an API server and an etcd member are to run there."""
        return "control-plane" in self.roles


@dataclass(frozen=True, kw_only=True)
class Ingress:
    """The ingress as the stack's outputs have it; `certificate` is NAMESPACE/NAME of the default one's Secret."""

    provider: str
    namespace: str
    addresses: tuple[str, ...]
    certificate: str


@dataclass(frozen=True, kw_only=True)
class Daemon:
    """The Replicated daemon as the stack's outputs have it: the console's URL, HOST:PORT of the registry."""

    console: str
    registry: str


@dataclass(frozen=True, kw_only=True)
class Application:
    """The vendor's application as the stack's state has it.

    `name`, `version` and `sequence` are the release's, empty where the last command left the application as it was.
    `delivered` is the digest over the lock whose images were delivered, "" where they come from elsewhere.
    """

    namespace: str
    name: str = ""
    version: str = ""
    sequence: int = 0
    delivered: str = ""


@dataclass(frozen=True, kw_only=True)
class Licensed:
    """The license that the configuration has: whose, its last day, and how many images the release's lock holds.

    `content` is the digest over that lock, "" without one.
    """

    assignee: str
    expires: date | None
    images: int = 0
    content: str = ""


@dataclass(frozen=True, kw_only=True)
class SnapshotContainer:
    """A container that makes snapshots of `claims`; `said` are its last lines, each with its time (RFC 3339) first."""

    claims: tuple[str, ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class State:
    """What Pulumi's state says there is; `interrupted` are operations that never ended.

    `components` are the types of the appliance's own component resources, as `appliance:storage:HostPath`.
    """

    nodes: tuple[Node, ...]
    endpoint: str
    kubernetes: str
    network: str
    encrypted: bool
    ingress: Ingress | None = None
    daemon: Daemon | None = None
    application: Application | None = None
    components: frozenset[str] = frozenset()
    resources: int = 0
    interrupted: int = 0

    @property
    def control_planes(self) -> tuple[Node, ...]:
        """Those of the nodes."""
        return tuple(node for node in self.nodes if node.is_control_plane)


@dataclass(frozen=True, kw_only=True)
class ApiServer:
    """An API server's answer to `/readyz`: `error` if there was none, else how many checks it has and which failed."""

    error: str = ""
    checks: int = 0
    failed: tuple[str, ...] = ()
    certificate: datetime | None = None
    """When the certificate ends that it shows."""

    @property
    def answers(self) -> bool:
        """Whether there was an answer, however bad."""
        return not self.error

    @property
    def fault(self) -> str:
        """Why it cannot be asked for objects, in some words; empty if it can. Without etcd it has none to give."""
        if self.error or "etcd" not in self.failed:
            return self.error
        return f"its checks {', '.join(self.failed)} fail"


@dataclass(frozen=True, kw_only=True)
class Host:
    """What a host says of itself; `fault` is why it could not be asked.

    `units` is what systemd calls their state, `said` the last words of those that fail. `api` and `registry` are
    the codes of HTTP answers on the host itself, 000 for none. `peers` are Weave's connections. `certificates` maps
    names to when they end.
    """

    fault: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    api: str = ""
    registry: str = ""
    peers: tuple[str, ...] = ()
    certificates: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a server showed to this machine: when its certificate ends; None for nothing."""

    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All of it. `objects` maps kinds to objects; it is None when no API server gave any, and `mute` says why.

    `command` is who works on the stack just now, empty for nobody; `kubeconfig` when the operator's certificate ends.
    `ingress` is when the ingress' default certificate ends, None without one or where it could not be read; `console`
    what Replicated's console showed, None where it was not asked. `license` is the application's, `snapshots` are the
    containers that make them of its claims.
    """

    stack: str
    now: datetime
    state: State
    hosts: Mapping[str, Host]
    endpoint: ApiServer
    api_servers: Mapping[str, ApiServer]
    objects: Mapping[str, tuple[Object, ...]] | None
    mute: str = ""
    command: str = ""
    kubeconfig: datetime | None = None
    ingress: datetime | None = None
    console: Shown | None = None
    license: Licensed | None = None
    snapshots: tuple[SnapshotContainer, ...] = ()

    def of(self, kind: str) -> tuple[Object, ...]:
        """The objects of a kind; none while no API server answers."""
        return (self.objects or {}).get(kind, ())
