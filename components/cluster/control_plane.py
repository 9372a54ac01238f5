"""The control plane: API server, controllers, scheduler and etcd on one host, and the way in for the operator.

Owns bringing it up and reading the administrator's kubeconfig. Does not own the network (components/network), without
which its node is not Ready yet, nor further control planes.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_command import local, remote

from components.cluster.kubeadm import API_PORT, ClusterSettings, NodeSettings, init_documents
from components.cluster.membership_command import leaving, side, text
from components.cluster.prepare import PrepareArgs, prepare
from components.machines.machine import Machine
from components.machines.node_script import parameters


@dataclass(frozen=True, kw_only=True)
class ControlPlaneArgs:
    """What becomes a control plane.

    `identity` is the cluster's name and generation: as long as it stays, a changed address or credential is an
    update of the Kubernetes provider and never a replacement of everything in the cluster. `operator_endpoint` is
    HOST or HOST:PORT for kubectl and the provider; without it, the machine's own address.
    """

    machine: Machine
    cluster: ClusterSettings
    prepare: PrepareArgs
    identity: str
    operator_endpoint: str | None = None


class ControlPlane(pulumi.ComponentResource):
    """A control plane on a host.

    Children: `{node}-prepare`, `{node}-reset`, `{node}-init`, `{name}-kubeconfig`, `{name}-provider`.
    """

    machine: Machine
    address: pulumi.Output[str]
    """The API server's address, known when it serves."""
    endpoint: pulumi.Output[str]
    """HOST:PORT for the operator."""
    kubeconfig: pulumi.Output[str]
    provider: kubernetes.Provider

    def __init__(
        self, name: str, args: ControlPlaneArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:cluster:ControlPlane", name, None, opts)
        self.machine = args.machine
        init = self._init(args)
        self.address = pulumi.Output.all(args.machine.address, init.id).apply(
            lambda known: str(known[0])
        )
        self.endpoint = self.address.apply(
            lambda address: with_port(args.operator_endpoint or address)
        )
        self.kubeconfig = self._kubeconfig(name, args)
        self.provider = kubernetes.Provider(
            f"{name}-provider",
            kubeconfig=self.kubeconfig,
            cluster_identifier=args.identity,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"endpoint": self.endpoint, "kubeconfig": self.kubeconfig})

    def _init(self, args: ControlPlaneArgs) -> remote.Command:
        machine = args.machine
        child = pulumi.ResourceOptions(parent=self)
        prepared = prepare(machine, args.prepare, child)
        reset = local.Command(
            f"{machine.name}-reset",
            create="true",
            delete=leaving("reset"),
            stdin=reset_document(machine),
            add_previous_output_in_env=False,
            # Deleted after everything that runs in the cluster and before the host: only this order leaves it clean.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[prepared]),
        )
        documents = machine.address.apply(lambda address: kubeadm_documents(args, address))
        return remote.Command(
            f"{machine.name}-init",
            connection=machine.connection.arguments(),
            create=machine.script.command("init"),
            stdin=parameters(
                {
                    "NODE_NAME": machine.name,
                    "NODE_ADDRESS": machine.address,
                    "KUBEADM_CONFIG": documents,
                    "MEMBER_NAME": machine.name,
                    "MEMBER_LABELS": " ".join(machine.node_labels),
                    "MEMBER_TAINTS": " ".join(machine.taints),
                }
            ),
            add_previous_output_in_env=False,
            logging=remote.Logging.STDERR,
            # kubeadm finds neither kubelet nor containerd on a host that is not prepared.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[prepared, reset], protect=machine.protect
            ),
        )

    def _kubeconfig(self, name: str, args: ControlPlaneArgs) -> pulumi.Output[str]:
        read = remote.Command(
            f"{name}-kubeconfig",
            connection=args.machine.connection.arguments(),
            create=args.machine.script.command("kubeconfig"),
            stdin=parameters(
                {
                    "NODE_NAME": args.machine.name,
                    "OPERATOR_ENDPOINT": self.endpoint,
                    "CLUSTER_NAME": args.cluster.name,
                }
            ),
            logging=remote.Logging.NONE,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(parent=self, additional_secret_outputs=["stdout"]),
        )
        return pulumi.Output.secret(read.stdout)


def kubeadm_documents(args: ControlPlaneArgs, address: str) -> str:
    """The documents for this host's `kubeadm init`."""
    return init_documents(
        args.cluster,
        NodeSettings(
            name=args.machine.name,
            address=address,
            profile=args.machine.profile,
            schedulable="worker" in args.machine.roles,
        ),
    )


def reset_document(machine: Machine) -> pulumi.Output[str]:
    """What the reset needs to reach the host."""
    return text({"node": side(machine, {"NODE_NAME": machine.name})})


def with_port(endpoint: str) -> str:
    """HOST:PORT of an endpoint that may come without the port."""
    return endpoint if ":" in endpoint else f"{endpoint}:{API_PORT}"
