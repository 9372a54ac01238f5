"""The membership transaction as the program sees it: the command lines and the document on standard input.

Owns the document's shape. Does not own what happens with it: that is `membership`, another process.
"""

import json
import shlex
from collections.abc import Mapping, Sequence

import pulumi
from pulumi_command import local

from components.cluster.kubeadm import ClusterSettings, NodeSettings, init_documents, join_documents
from components.machines.machine import Machine

MODULE = "components.cluster.membership"

Document = dict[str, object]


def member(
    machine: Machine,
    cluster: ClusterSettings,
    control_planes: Sequence[Machine],
    opts: pulumi.ResourceOptions,
) -> local.Command:
    """`{node}-member`: made, the host is a node of the cluster; deleted, it is none and clean.

    `control_planes` are all of them, this machine's own too if it is one: whichever serves admits the node and takes it
    out again. They are inputs, so that a delete, which runs with stored inputs, knows those of the last `up`.
    """
    return local.Command(
        f"{machine.name}-member",
        create=shlex.join(["python", "-m", MODULE, "join"]),
        delete=shlex.join(["python", "-m", MODULE, "leave"]),
        stdin=document(machine, cluster, control_planes),
        add_previous_output_in_env=False,
        logging=local.Logging.STDERR,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=machine.protect)),
    )


def document(
    machine: Machine, cluster: ClusterSettings, control_planes: Sequence[Machine]
) -> pulumi.Output[str]:
    """What the transaction must know. Equal values give equal text, so an unchanged input is no change."""
    addresses = pulumi.Output.all(*(side.address for side in control_planes)).apply(" ".join)
    return pulumi.Output.all(
        role="control-plane" if machine.is_control_plane else "worker",
        node=side(machine, joining(machine, cluster)),
        controlPlanes=pulumi.Output.all(
            *(side(other, {"CONTROL_PLANES": addresses}) for other in control_planes)
        ),
    ).apply(lambda known: json.dumps(known, sort_keys=True))


def joining(machine: Machine, cluster: ClusterSettings) -> Mapping[str, pulumi.Input[str]]:
    """The parameters of the node itself. Those of the name MEMBER_… are told to the control plane that admits it."""
    settings = machine.address.apply(lambda address: node_settings(machine, address))
    parameters: dict[str, pulumi.Input[str]] = {
        "API_NAME": cluster.api_name,
        "KUBEADM_JOIN": settings.apply(lambda node: join_documents(cluster, node)),
        "MEMBER_NAME": machine.name,
        "MEMBER_ADDRESS": machine.address,
        "MEMBER_ROLE": "control-plane" if machine.is_control_plane else "worker",
        "MEMBER_LABELS": " ".join(machine.node_labels),
        "MEMBER_TAINTS": " ".join(machine.taints),
    }
    if machine.is_control_plane:
        parameters["KUBEADM_INIT"] = settings.apply(lambda node: init_documents(cluster, node))
    return parameters


def node_settings(machine: Machine, address: str) -> NodeSettings:
    """What kubeadm is told of this host."""
    return NodeSettings(
        name=machine.name,
        address=address,
        profile=machine.profile,
        schedulable="worker" in machine.roles or not machine.is_control_plane,
        control_plane=machine.is_control_plane,
    )


def side(machine: Machine, parameters: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[Document]:
    """One host of the transaction."""
    return pulumi.Output.all(
        connection=machine.connection.document(),
        script=machine.script.path,
        parameters=pulumi.Output.all(
            NODE_NAME=machine.name, NODE_ADDRESS=machine.address, **parameters
        ),
    )
