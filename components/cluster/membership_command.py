"""The membership transaction as the program sees it: the command lines and the document on standard input.

Owns the document's shape. Does not own what happens with it: that is `membership`, another process.
"""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pulumi
from pulumi_command import local

from components.cluster.kubeadm import ClusterSettings, NodeSettings, init_documents, join_documents
from components.machines.machine import Host, Machine
from components.outputs import together

MODULE = "components.cluster.membership"


def member(
    machine: Machine,
    cluster: ClusterSettings,
    control_planes: pulumi.Output[str],
    runtime: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
    *,
    operator_name: pulumi.Output[str] | None = None,
) -> local.Command:
    """`{node}-member`: made, the host is a node of the cluster; deleted, it is none and clean.

    `control_planes` are the `sides` of all of them, this machine's own too if it is one: whichever serves admits the
    node and takes it out again. They are inputs, so that a delete, which runs with stored inputs, knows those of the
    last `up`. `runtime` is one because another one is a reason to run: a node restarts its runtime when it is its turn.
    """
    return local.Command(
        f"{machine.name}-member",
        create=shlex.join(["python", "-m", MODULE, "join"]),
        delete=shlex.join(["python", "-m", MODULE, "leave"]),
        stdin=document(machine, cluster, control_planes, runtime, operator_name),
        add_previous_output_in_env=False,
        logging=local.Logging.STDERR,
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                protect=machine.protect,
                # Otherwise a replaced node would join first, and then leave.
                delete_before_replace=True,
            ),
        ),
    )


def document(
    machine: Machine,
    cluster: ClusterSettings,
    control_planes: pulumi.Output[str],
    runtime: pulumi.Output[str],
    operator_name: pulumi.Output[str] | None = None,
) -> pulumi.Output[str]:
    """What the transaction must know. Equal values give equal text, so an unchanged input is no change.

    `operator_name` is one more name for the API server's certificate, if it is known only later.
    """
    return together(
        {
            "host": machine.host,
            "controlPlanes": control_planes,
            "runtime": runtime,
            "operatorName": operator_name,
        },
        lambda known: json.dumps(
            {
                "role": "control-plane" if machine.is_control_plane else "worker",
                "node": side(
                    machine,
                    known["host"],
                    joining(machine, with_name(cluster, known["operatorName"]), known["host"]),
                ),
                "controlPlanes": json.loads(known["controlPlanes"]),
                "runtime": known["runtime"],
            },
            sort_keys=True,
        ),
    )


def with_name(cluster: ClusterSettings, name: str | None) -> ClusterSettings:
    """The same with one more name for the certificate."""
    return replace(cluster, extra_sans=(*cluster.extra_sans, name)) if name else cluster


def sides(control_planes: Sequence[Machine]) -> pulumi.Output[str]:
    """All control planes as the document has them: the same for every node, so made once."""

    def made(hosts: Mapping[str, Host]) -> str:
        addresses = " ".join(hosts[machine.name].address for machine in control_planes)
        told = {"CONTROL_PLANES": addresses}
        listed = [side(machine, hosts[machine.name], told) for machine in control_planes]
        return json.dumps(listed, sort_keys=True)

    return together({machine.name: machine.host for machine in control_planes}, made)


def joining(machine: Machine, cluster: ClusterSettings, host: Host) -> Mapping[str, str]:
    """The parameters of the node itself. Those of the name MEMBER_… are told to the control plane that admits it."""
    settings = node_settings(machine, host)
    parameters = {
        "API_NAME": cluster.api_name,
        "KUBEADM_JOIN": join_documents(cluster, settings),
        "MEMBER_NAME": machine.name,
        "MEMBER_ADDRESS": host.address,
        "MEMBER_ROLE": "control-plane" if machine.is_control_plane else "worker",
        "MEMBER_LABELS": " ".join(machine.node_labels),
        "MEMBER_TAINTS": " ".join(machine.taints),
    }
    if machine.is_control_plane:
        parameters["KUBEADM_INIT"] = init_documents(cluster, settings)
    return parameters


def node_settings(machine: Machine, host: Host) -> NodeSettings:
    """What kubeadm is told of this host."""
    return NodeSettings(
        name=machine.name,
        address=host.address,
        provider_id=host.provider_id,
        profile=machine.profile,
        schedulable="worker" in machine.roles or not machine.is_control_plane,
        control_plane=machine.is_control_plane,
    )


def side(machine: Machine, host: Host, parameters: Mapping[str, str]) -> Mapping[str, object]:
    """One host of the transaction."""
    own = {"NODE_NAME": machine.name, "NODE_ADDRESS": host.address}
    return {
        "connection": host.connection,
        "script": host.script,
        "parameters": {**own, **parameters},
    }
