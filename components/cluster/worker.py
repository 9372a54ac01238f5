"""A worker: a prepared host that joins the cluster, and leaves it properly.

Owns one node's resources; of the other nodes they name the control planes only, so that one more worker changes nothing
else. Does not own the control planes that admit it.
"""

from dataclasses import dataclass

import pulumi

from components.cluster.control_plane import ControlPlane
from components.cluster.kubeadm import ClusterSettings
from components.cluster.membership_command import member
from components.cluster.prepare import PrepareArgs, prepare
from components.machines.machine import Machine


@dataclass(frozen=True, kw_only=True)
class WorkerArgs:
    """What joins, and the control planes that may admit it.

    `settled` is what makes a node Ready and lets it take pods: the network, and where there is one the cloud's
    controller.
    """

    machine: Machine
    control_plane: ControlPlane
    cluster: ClusterSettings
    prepare: PrepareArgs
    settled: tuple[pulumi.Resource, ...]


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
        joined = member(
            machine,
            args.cluster,
            args.control_plane.sides,
            args.prepare.runtime,
            # An unprepared host has no kubeadm; without a control plane nobody admits it; without a network the node
            # would never become Ready, which joining waits for; without the cloud's controller it would take no pods.
            # Destroy runs the other way: the node leaves while the network still carries its drain.
            pulumi.ResourceOptions(
                parent=self, depends_on=[prepared, args.control_plane.ready, *args.settled]
            ),
        )
        self.ready = joined.id.apply(lambda _: machine.name)
        self.register_outputs({"ready": self.ready})
