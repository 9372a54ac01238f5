"""A worker: a prepared host that joins the cluster, and leaves it properly.

Owns one node's resources; nothing in them lists the other nodes. Does not own the control plane that admits it.
"""

from dataclasses import dataclass

import pulumi
from pulumi_command import local

from components.cluster.kubeadm import ClusterSettings, NodeSettings, join_documents
from components.cluster.membership_command import joining, leaving, side, text
from components.cluster.prepare import PrepareArgs, prepare
from components.machines.machine import Machine


@dataclass(frozen=True, kw_only=True)
class WorkerArgs:
    """What joins, and which control plane admits it.

    `api_address` is the API server's address on that control plane, known when it serves; `network` what makes nodes
    Ready.
    """

    machine: Machine
    control_plane: Machine
    api_address: pulumi.Input[str]
    cluster: ClusterSettings
    prepare: PrepareArgs
    network: tuple[pulumi.Resource, ...]


class Worker(pulumi.ComponentResource):
    """A node of the cluster: `{node}-prepare`, then `{node}-member`."""

    ready: pulumi.Output[str]
    """The node's name, known when it is Ready and carries its labels."""

    def __init__(
        self, name: str, args: WorkerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:cluster:Worker", name, None, opts)
        machine = args.machine
        prepared = prepare(machine, args.prepare, pulumi.ResourceOptions(parent=self))
        documents = machine.address.apply(lambda address: kubeadm_documents(args, address))
        member = local.Command(
            f"{machine.name}-member",
            create=joining(),
            delete=leaving(),
            stdin=text(
                {
                    "node": side(
                        machine,
                        {
                            "NODE_NAME": machine.name,
                            "API_NAME": args.cluster.api_name,
                            "KUBEADM_CONFIG": documents,
                        },
                    ),
                    "controlPlane": side(
                        args.control_plane,
                        {
                            "NODE_NAME": args.control_plane.name,
                            "NODE_ADDRESS": args.api_address,
                            "MEMBER_NAME": machine.name,
                            "MEMBER_LABELS": " ".join(machine.node_labels),
                            "MEMBER_TAINTS": " ".join(machine.taints),
                        },
                    ),
                }
            ),
            add_previous_output_in_env=False,
            logging=local.Logging.STDERR,
            # An unprepared host has no kubeadm; and without a network the node would never become Ready, which joining
            # waits for. Destroy runs the other way: the node leaves while the network still carries its drain.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[prepared, *args.network], protect=machine.protect
            ),
        )
        self.ready = member.id.apply(lambda _: machine.name)
        self.register_outputs({"ready": self.ready})


def kubeadm_documents(args: WorkerArgs, address: str) -> str:
    """The documents for this host's `kubeadm join`."""
    return join_documents(
        args.cluster,
        NodeSettings(name=args.machine.name, address=address, profile=args.machine.profile),
    )
