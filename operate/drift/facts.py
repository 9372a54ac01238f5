"""What was seen of a stack at one moment, and what its state says it should be.

Owns the types between collection and judgement. Does not own how anything is seen, nor what counts as drift.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from operate.status.facts import Object, State


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a host was told: its script's path there, and the parameters of the verbs that made it what it is.

    `parameters` are KEY='value' lines and may hold secrets; `version` is Kubernetes' ("1.35.4"); labels (KEY=VALUE)
    and taints (KEY=VALUE:EFFECT) are those that the node has from the configuration.
    """

    script: str
    parameters: str = field(repr=False)
    version: str
    labels: tuple[str, ...] = ()
    taints: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Declared:
    """An object of the cluster as Pulumi's state has its inputs; `secret`: a value in it must not be shown."""

    body: Mapping[str, Any] = field(repr=False)
    secret: bool = False

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.body["kind"])

    @property
    def namespace(self) -> str:
        """Its namespace, empty for one that is in none."""
        return str(self.body["metadata"].get("namespace") or "")

    @property
    def name(self) -> str:
        """Its name in the cluster."""
        return str(self.body["metadata"]["name"])

    def __str__(self) -> str:
        return f"{self.kind} {'/'.join(filter(None, (self.namespace, self.name)))}"


@dataclass(frozen=True, kw_only=True)
class Prescribed:
    """What the state says. `kubeadm` has, by kind, the configuration documents that the cluster was made of."""

    hosts: Mapping[str, Told]
    objects: tuple[Declared, ...]
    kubeadm: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A line of the node script's `drift`: where wanted and found are equal, all is as it was made."""

    kind: str
    name: str
    wanted: str
    found: str


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a host says; `fault` is why it could not be asked, or not for all."""

    fault: str = ""
    found: tuple[Found, ...] = ()
    certificates: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Looked:
    """An object of the state: as it is, None for absent, and as it would be if its inputs were applied now.

    `refused` are the API server's words where it would not apply them.
    """

    declared: Declared
    found: Object | None = field(default=None, repr=False)
    applied: Object | None = field(default=None, repr=False)
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All of it. `mute` is why the API servers could not be asked; then nothing is known of objects.

    `nodes` and `config_maps` (those that kubeadm wrote into kube-system) are by name, as they are. `command` is who
    works on the stack just now, empty for nobody; `kubeconfig` when the operator's certificate ends.
    """

    stack: str
    now: datetime
    state: State
    prescribed: Prescribed
    hosts: Mapping[str, Seen]
    objects: tuple[Looked, ...] = ()
    nodes: Mapping[str, Object] = field(default_factory=dict)
    config_maps: Mapping[str, Object] = field(default_factory=dict)
    mute: str = ""
    command: str = ""
    kubeconfig: datetime | None = None
