"""The hosts: where they come from, how they are reached, and what each one does.

Owns nodes and their roles. Does not own the machines themselves (`components/machines`) and the SSH key, which is one
of the stack's secrets.
"""

from ipaddress import IPv4Network
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StrictBool

from stacks.config.addresses import Host, Network, Port, prefix_between
from stacks.config.aws import Aws, OfNode
from stacks.config.checks import Checks
from stacks.config.host_key import HostKey
from stacks.config.names import (
    CONTROL_PLANE_TAINT,
    LabelKey,
    LabelValue,
    Name,
    NodeTaint,
    User,
)
from stacks.config.schema import FilePath, Settings

Role = Literal["control-plane", "worker", "storage"]

SSH_PORT: Final = 22
TUNNEL_PORT: Final = 17443
LAB_SUBNET: Final = "10.77.0.0/24"


def distinct_roles(given: tuple[Role, ...]) -> tuple[Role, ...]:
    """The roles; ValueError if there is none or one stands twice."""
    if not given:
        raise ValueError("is empty; give some of control-plane, worker, storage")
    for role in given:
        if given.count(role) > 1:
            raise ValueError(f"{role} stands there twice")
    return given


def distinct_taints(given: tuple[str, ...]) -> tuple[str, ...]:
    """The taints; ValueError if a key has the same effect twice, which Kubernetes refuses whatever the values."""
    seen: set[tuple[str, str]] = set()
    for taint in given:
        left, _, effect = taint.rpartition(":")
        key = left.partition("=")[0]
        if (key, effect) in seen:
            raise ValueError(f"{key} has the effect {effect} twice")
        seen.add((key, effect))
    return given


class Lab(Settings):
    """`hosts.lab`: the network of hosts on this machine; only with provider local."""

    name: Name = Field(
        title="a name of small letters, digits and hyphens",
        description="The lab's name on this machine.",
        json_schema_extra={"without": "the stack's name"},
        examples=["dev"],
    )
    subnet: Annotated[
        Network, AfterValidator(prefix_between(16, 28, "a lab has 13 to 65533 hosts"))
    ] = Field(
        default=IPv4Network(LAB_SUBNET),
        title=f"an IPv4 network such as {LAB_SUBNET}",
        description="The addresses of the lab's hosts, from /16 to /28. Two labs at a time need two networks.",
    )


class Bastion(Settings):
    """`hosts.bastion`: the host that every SSH connection goes through; only with provider ssh."""

    address: Host = Field(
        title="an IPv4 address or DNS name",
        description="Where the bastion is reached.",
        examples=["bastion.example.com"],
    )
    port: Port = Field(
        default=SSH_PORT, title="a number from 1 to 65535", description="Its SSH port."
    )
    user: User = Field(default="root", title="a user name", description="Who logs in there.")
    host_key: HostKey = Field(
        title="an SSH host key",
        description="Its public host key: type and base64.",
        examples=[
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        ],
    )

    tunnel_port: Port = Field(
        default=TUNNEL_PORT,
        title="a number from 1 to 65535",
        description="The port on this machine on which kubectl and Pulumi reach the cluster through the bastion, while "
        "a command of `make` or a `make shell` runs.",
    )


class Node(Settings):
    """`hosts.nodes[]`: one host and its place in the cluster."""

    name: Name = Field(
        title="a name of small letters, digits and hyphens",
        description="The node's name, for life: host name, Kubernetes name and the name of its resources.",
        examples=["n1"],
    )
    roles: Annotated[tuple[Role, ...], AfterValidator(distinct_roles)] = Field(
        title="a list with some of control-plane, worker, storage",
        description="What the node does. One that is a control plane and no worker keeps other pods away by a taint.",
        examples=[["control-plane", "worker"]],
    )
    address: Host | None = Field(
        default=None,
        title="an IPv4 address or DNS name",
        description="Where the host is reached. Required with provider ssh; with local one of the lab's subnet.",
        json_schema_extra={"without": "the lab chooses"},
        examples=["192.0.2.11"],
    )
    port: Port = Field(
        default=SSH_PORT,
        title="a number from 1 to 65535",
        description="Its SSH port; only with provider ssh.",
    )
    user: User | None = Field(
        default=None,
        title="a user name",
        description="Who logs in there: root, or one who may sudo without a password; only with provider ssh.",
        json_schema_extra={"without": "`hosts.user`"},
        examples=["admin"],
    )
    host_key: HostKey | None = Field(
        default=None,
        title="an SSH host key",
        description="Its public host key: type and base64. Required with provider ssh; local hosts have known keys.",
        examples=[
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        ],
    )
    labels: dict[LabelKey, LabelValue] = Field(
        default_factory=dict,
        title="a group of labels, with values in quotes",
        description="Kubernetes labels of the node, besides those of its roles.",
        examples=[{"example.com/rack": "r1"}],
    )
    taints: Annotated[tuple[NodeTaint, ...], AfterValidator(distinct_taints)] = Field(
        default=(),
        title="a list of key=value:Effect",
        description="Kubernetes taints of the node, besides that of a control plane without the role worker.",
        examples=[["example.com/use=build:NoSchedule"]],
    )
    decommission: StrictBool = Field(
        default=False,
        title="true or false",
        description="Lifts the protection of this node, in an `up` before the one that removes it.",
    )

    aws: OfNode = Field(
        default=OfNode(),
        title="a group of keys",
        description="The machine in EC2; only with provider aws.",
        json_schema_extra={"without": "see below"},
    )

    @property
    def is_control_plane(self) -> bool:
        """Whether the node runs an API server and etcd."""
        return "control-plane" in self.roles

    @property
    def is_worker(self) -> bool:
        """Whether application pods may run there."""
        return "worker" in self.roles

    @property
    def is_storage(self) -> bool:
        """Whether the node keeps data."""
        return "storage" in self.roles

    @property
    def all_taints(self) -> tuple[str, ...]:
        """All that the node is to have: those given, and that of a control plane that is no worker."""
        if self.is_worker or not self.is_control_plane or CONTROL_PLANE_TAINT in self.taints:
            return self.taints
        return (*self.taints, CONTROL_PLANE_TAINT)

    @property
    def label_words(self) -> tuple[str, ...]:
        """The labels as KEY=VALUE words, in the order of the keys."""
        return tuple(f"{key}={value}" for key, value in sorted(self.labels.items()))


def some_nodes(given: tuple[Node, ...]) -> tuple[Node, ...]:
    """The nodes; ValueError if there is none."""
    if not given:
        raise ValueError("is empty; give at least one node")
    return given


class Hosts(Settings):
    """`hosts`: all of them."""

    provider: Literal["local", "ssh", "aws"] = Field(
        title="one of local, ssh, aws",
        description="Where hosts come from: made on this machine, made in EC2, or machines that exist "
        "(ssh).",
        examples=["local"],
    )
    lab: Lab | None = Field(
        default=None,
        title="a group of keys",
        description="The lab on this machine; only with provider local.",
        examples=[{"name": "dev"}],
    )
    aws: Aws | None = Field(
        default=None,
        title="a group of keys",
        description="What is made in EC2; only with provider aws.",
        examples=[{"region": "eu-central-1"}],
    )
    user: User = Field(
        default="root",
        title="a user name",
        description="Who logs in on hosts: root, or one who may sudo without a password. Local hosts know only root.",
    )
    bastion: Bastion | None = Field(
        default=None,
        title="a group of keys",
        description="The host that every SSH connection goes through; only with provider ssh.",
        examples=[{"address": "bastion.example.com", "hostKey": "ssh-ed25519 AAAA…"}],
    )
    kernel: Literal["own", "shared"] = Field(
        default="own",
        title="one of own, shared",
        description="Whether each host boots a kernel of its own. shared is for containers (systemd-nspawn, LXC) that "
        "are used as hosts; only with provider ssh: local hosts always share this machine's.",
    )
    checks: Checks = Field(
        default=Checks(),
        title="a group of keys",
        description="The limits below which a host is warned of or refused, before anything is changed.",
        json_schema_extra={"without": "see below"},
    )
    nodes: Annotated[tuple[Node, ...], AfterValidator(some_nodes)] = Field(
        title="a list of nodes",
        description="The nodes, at least one of them a control plane. Their order means nothing. With `nodesFile` they "
        "stand there.",
        examples=[[{"name": "n1", "roles": ["control-plane", "worker"]}]],
    )
    nodes_file: FilePath | None = Field(
        default=None,
        title="the path of a YAML file",
        description="A file with the list of nodes, in place of `nodes`: for more than some 700 hosts, which Pulumi "
        "cannot hand over otherwise, or for a list that another program writes.",
        examples=["nodes.yaml"],
    )

    @property
    def control_planes(self) -> tuple[Node, ...]:
        """The nodes with that role, in the order of the file."""
        return tuple(node for node in self.nodes if node.is_control_plane)

    @property
    def workers(self) -> tuple[Node, ...]:
        """The nodes that join as plain nodes: those that are no control plane, in the order of the file."""
        return tuple(node for node in self.nodes if not node.is_control_plane)

    @property
    def share_a_kernel(self) -> bool:
        """Whether hosts share their kernel, and what belongs to it, with others."""
        return self.provider == "local" or self.kernel == "shared"

    @property
    def take_our_key(self) -> bool:
        """Whether machines are made that admit the stack's own SSH key."""
        return self.provider == "local" or (self.aws is not None and self.aws.key_pair is None)

    @property
    def behind_bastion(self) -> bool:
        """Whether SSH goes through another host."""
        return self.bastion is not None or (self.aws is not None and self.aws.bastion is not None)

    def user_of(self, node: Node) -> str:
        """Who logs in on the node."""
        return self.aws.image.user if self.aws else node.user or self.user
