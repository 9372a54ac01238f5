"""The configuration: what a stack's file says, checked and typed.

Owns reading the file, defaults and the report of everything that is wrong with it. Does not own secrets
(`stacks/secrets.py`): they stay Outputs and never enter the model.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import Field, StrictBool

from stacks.config import (
    airgap,
    application,
    aws_rules,
    checks,
    cloud_rules,
    ingress,
    isolation,
    kubernetes,
    network,
    nodes,
    nodes_file,
    online,
    policies,
    proxy,
    ranges,
    replicated,
    snapshots,
    storage_rules,
)
from stacks.config.airgap import Airgap
from stacks.config.application import License, Release
from stacks.config.draft import read
from stacks.config.hosts import Hosts, Node
from stacks.config.ingress import Ingress
from stacks.config.isolation import Quotas
from stacks.config.kubernetes import Kubernetes
from stacks.config.network import Network
from stacks.config.online import Online
from stacks.config.policies import Policies
from stacks.config.proxy import Proxy
from stacks.config.replicated import Replicated
from stacks.config.report import ConfigurationError, Fault
from stacks.config.schema import Settings, fields
from stacks.config.snapshots import KEYS as SNAPSHOT_KEYS
from stacks.config.snapshots import Snapshots
from stacks.config.storage import Storage
from stacks.config.trust import Trust

__all__ = [
    "MADE",
    "SECRETS",
    "Configuration",
    "ConfigurationError",
    "decode",
    "from_pulumi",
    "load",
]

PROJECT: Final = "appliance"
MADE: Final = ("rootSecret", "caCertificate", "caKey", "sshPrivateKey")
"""The secrets that `make init` makes."""
SECRETS: Final = (
    *MADE,
    "ingressKey",
    "replicatedPassword",
    "replicatedPullSecret",
    "releaseSecrets",
    SNAPSHOT_KEYS,
)
"""The keys that `stacks/secrets.py` reads; the model never sees them."""


class Groups(Settings):
    """The groups of the file."""

    hosts: Hosts = Field(
        title="a group of keys",
        description="Where the hosts come from, how they are reached, what each one does.",
        examples=[{}],
    )
    kubernetes: Kubernetes = Field(
        title="a group of keys",
        description="Version, names, address ranges and API endpoint of the cluster.",
        examples=[{}],
    )
    network: Network = Field(
        default=Network(),
        title="a group of keys",
        description="The pod network and its encryption.",
    )
    ingress: Ingress = Field(
        default=Ingress(),
        title="a group of keys",
        description="How HTTP and HTTPS come in from outside; absent, they do not.",
    )
    storage: Storage = Field(
        default=Storage(),
        title="a group of keys",
        description="Where volumes and objects lie. Without it nothing is installed.",
    )
    replicated: Replicated = Field(
        default=Replicated(),
        title="a group of keys",
        description="The Replicated daemon, its console and its registry.",
    )
    license: License = Field(
        default=License(),
        title="a group of keys",
        description="Who may run the vendor's application. Without it there is none.",
    )
    release: Release = Field(
        default=Release(),
        title="a group of keys",
        description="The vendor's application: its release and what it is told.",
    )
    snapshots: Snapshots = Field(
        default=Snapshots(),
        title="a group of keys",
        description="Snapshots of the application's claims. Without a repository there are none.",
    )
    quotas: Quotas = Field(
        default=Quotas(),
        title="a group of keys",
        description="How much the namespaces that the appliance manages may use.",
    )
    airgap: Airgap = Field(
        default=Airgap(),
        title="a group of keys",
        description="The bundle that images and host packages come from.",
    )
    online: Online = Field(
        default=Online(),
        title="a group of keys",
        description="Where images and host packages come from without a bundle, if not from the vendors.",
    )
    proxy: Proxy = Field(
        default=Proxy(),
        title="a group of keys",
        description="The HTTP proxy that hosts use.",
    )
    trust: Trust = Field(
        default=Trust(),
        title="a group of keys",
        description="Certificate authorities that hosts trust besides those of their system.",
    )
    policies: Policies = Field(
        default=Policies(),
        title="a group of keys",
        description="Rules that previews and `make up` hold against the whole stack, and exceptions from them.",
    )
    protection: StrictBool = Field(
        default=True,
        title="true or false",
        description="Whether Pulumi refuses to delete or replace nodes and data.",
    )


class Configuration(Groups):
    """A stack's whole configuration, with what should be known about it (`warnings`, one line each)."""

    stack: str
    warnings: tuple[str, ...]

    @property
    def bundled(self) -> bool:
        """Whether hosts are installed from a bundle, and not from the vendors' repositories."""
        return self.airgap.bundle is not None

    def protects(self, node: Node) -> bool:
        """Whether a node is protected: all are, unless the stack or the node itself says otherwise."""
        return self.protection and not node.decommission


def load(
    values: Mapping[str, object],
    *,
    stack: str,
    file: str,
    encrypted: Collection[str] = (),
    beside: nodes_file.Read | None = None,
) -> Configuration:
    """The configuration in `values` (top-level key → decoded value) of the stack `stack`.

    `file` is the name that the report uses; `encrypted` are the keys whose values are secret (those in SECRETS are
    passed over); `beside` reads a file of nodes, if one is named. Pure but for that.
    Raises ConfigurationError with every fault at once.
    """
    plain = {key: value for key, value in values.items() if key not in (*SECRETS, *encrypted)}
    whole = nodes_file.expand(_with_names(plain, stack), beside)
    draft = read(Groups, whole.values)
    found = [fault for fault in draft.faults if fault.path[0] not in encrypted]
    found += [_encrypted(key) for key in values if key in encrypted]
    if draft.value is not None:
        unreadable = draft.unreadable | {(key,) for key in encrypted}
        found += [fault for fault in _faults(draft.value) if not fault.rests_on(unreadable)]
    if whole.fault is not None:
        found = [*whole.without_echo(found), whole.fault]
    if found or draft.value is None:
        lines = (whole.line(file, fault) for fault in sorted(found, key=_place))
        raise ConfigurationError("\n".join(lines))
    groups = {name: getattr(draft.value, name) for name in Groups.model_fields}
    known = tuple(whole.line(file, warning) for warning in _warnings(draft.value))
    return Configuration(stack=stack, warnings=known, **groups)


def from_pulumi() -> Configuration:
    """The configuration of the stack that Pulumi runs; the only place that reads it. Raises ConfigurationError."""
    stack = pulumi.get_stack()
    found = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    texts = {
        key.removeprefix(f"{PROJECT}:"): text
        for key, text in found.items()
        if key.startswith(f"{PROJECT}:") and key.removeprefix(f"{PROJECT}:") not in SECRETS
    }
    return load(
        {key: decode(text) for key, text in texts.items()},
        stack=stack,
        file=f"Pulumi.{stack}.yaml",
        encrypted=[key for key in texts if runtime_config.is_config_secret(f"{PROJECT}:{key}")],
        beside=beside,
    )


def beside(path: str) -> str:
    """A file by its path from the working directory, which is the repository in every command and in the program."""
    return Path(path).read_text(encoding="utf-8")


def decode(text: object) -> object:
    """Pulumi hands every value on as text: groups, numbers and truth values as JSON, the rest as it stands."""
    try:
        return json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return text


def _encrypted(key: str) -> Fault:
    return Fault(
        path=(key,),
        text=f"is encrypted, which only {', '.join(SECRETS)} may be; set it again without --secret",
    )


def _with_names(values: Mapping[str, object], stack: str) -> dict[str, object]:
    """The values, with the names that follow from the stack's name filled in."""
    filled = dict(values)
    kubernetes_values = filled.setdefault("kubernetes", {})
    if isinstance(kubernetes_values, Mapping):
        filled["kubernetes"] = {"clusterName": f"{PROJECT}-{stack}", **kubernetes_values}
    hosts_values = filled.get("hosts")
    if isinstance(hosts_values, Mapping) and (
        "lab" in hosts_values or hosts_values.get("provider") == "local"
    ):
        lab = hosts_values.get("lab", {})
        if isinstance(lab, Mapping):
            filled["hosts"] = {**hosts_values, "lab": {"name": stack, **lab}}
    return filled


def _faults(groups: Groups) -> Iterator[Fault]:
    """What is wrong between the keys, each of which is right by itself."""
    yield from nodes.faults(groups.hosts)
    yield from checks.faults(groups.hosts.checks)
    yield from ranges.faults(groups.hosts, groups.kubernetes)
    yield from network.faults(groups.network)
    yield from ingress.faults(groups.ingress)
    yield from storage_rules.faults(groups.storage, groups.hosts, groups.kubernetes, groups.airgap)
    if (in_ec2 := _in_ec2(groups)) is not None:
        yield from aws_rules.faults(in_ec2)
    yield from cloud_rules.faults(groups.kubernetes, groups.hosts, groups.airgap)
    yield from replicated.faults(groups.replicated, groups.kubernetes)
    yield from application.faults(groups.license, groups.release)
    yield from snapshots.faults(groups.snapshots, groups.release, groups.storage)
    yield from isolation.faults(
        groups.quotas, _managed(groups), application=groups.release.file is not None
    )
    yield from airgap.faults(groups.airgap)
    yield from online.faults(groups.online, groups.airgap)
    yield from proxy.faults(groups.proxy)
    yield from policies.faults(groups.policies)


def _in_ec2(groups: Groups) -> aws_rules.Wanted | None:
    """What the rules of machines in EC2 look at, on a stack of such machines."""
    if groups.hosts.provider != "aws" or groups.hosts.aws is None:
        return None
    return aws_rules.Wanted(
        hosts=groups.hosts,
        aws=groups.hosts.aws,
        network=groups.network,
        ingress=groups.ingress,
        storage=groups.storage,
        airgap=groups.airgap,
    )


def _managed(groups: Groups) -> tuple[str, ...]:
    """The namespaces that come with the groups that are there, from the bottom up."""
    wanted = groups.storage
    return (
        *(isolation.OF_HOST_PATH if wanted.host_path else ()),
        *(isolation.OF_ROOK if wanted.rook else ()),
        *(isolation.OF_EBS if groups.kubernetes.cloud_provider else ()),
        *isolation.OF_INGRESS.get(groups.ingress.provider or "", ()),
        *(isolation.OF_REPLICATED if groups.replicated.install else ()),
    )


def _warnings(groups: Groups) -> Iterator[Fault]:
    yield from nodes.warnings(groups.hosts)
    if (in_ec2 := _in_ec2(groups)) is not None:
        yield from aws_rules.warnings(in_ec2)
    yield from cloud_rules.warnings(groups.kubernetes, groups.hosts)
    yield from kubernetes.warnings(groups.kubernetes)
    yield from ingress.warnings(groups.ingress)
    yield from storage_rules.warnings(groups.storage, groups.hosts, groups.airgap)
    yield from proxy.warnings(groups.proxy, groups.hosts)


def _place(fault: Fault) -> int:
    """Where the fault's group stands in the reference; groups that do not exist come last."""
    order = list(fields(Groups))
    return order.index(str(fault.path[0])) if fault.path and fault.path[0] in order else len(order)
