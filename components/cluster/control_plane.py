"""The control plane: API servers, controllers, schedulers and etcd on one host or several, and the operator's way in.

Owns bringing them up one after the other and reading the administrator's kubeconfig. Does not own the network
(components/network), without which their nodes are not Ready yet.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_command import local, remote

from components.cluster.kubeadm import API_PORT, ClusterSettings
from components.cluster.membership_command import member, sides
from components.cluster.prepare import PrepareArgs, prepare
from components.machines.machine import Machine
from components.machines.node_script import current_command, parameters


@dataclass(frozen=True, kw_only=True)
class ControlPlaneArgs:
    """What becomes the control plane.

    `machines` join in this order, and any of them may go and another come. `identity` is the cluster's name and
    generation: as long as it stays, a changed address or credential is an update of the Kubernetes provider and never a
    replacement of everything in the cluster. `operator_endpoint` is HOST or HOST:PORT for kubectl and the provider;
    without it, the first machine's own address. `operator_name` is one more name that the API servers' certificates
    carry, if it is known only while machines are made.
    """

    machines: tuple[Machine, ...]
    cluster: ClusterSettings
    prepare: PrepareArgs
    identity: str
    operator_endpoint: pulumi.Input[str] | None = None
    operator_name: pulumi.Output[str] | None = None
    operator_proxy: str = ""
    """The URL of a proxy that kubectl and the provider go through; empty for none."""


class ControlPlane(pulumi.ComponentResource):
    """The cluster's control planes.

    Children: `{node}-prepare`, `{node}-member` for each, `{name}-kubeconfig`, `{name}-provider`.
    """

    sides: pulumi.Output[str]
    """What whoever joins or leaves is told of them."""
    ready: local.Command
    """The last of what makes each of them a control plane; who joins the cluster depends on it."""
    endpoint: pulumi.Output[str]
    """HOST:PORT for the operator."""
    kubeconfig: pulumi.Output[str]
    provider: kubernetes.Provider

    def __init__(
        self, name: str, args: ControlPlaneArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:cluster:ControlPlane", name, None, opts)
        self.sides = sides(args.machines)
        self.ready = self._members(args)
        endpoint = args.operator_endpoint
        if endpoint is None:
            endpoint = args.machines[0].address
        self.endpoint = pulumi.Output.from_input(endpoint).apply(with_port)
        self.kubeconfig = self._kubeconfig(name, args)
        self.provider = kubernetes.Provider(
            f"{name}-provider",
            kubeconfig=self.kubeconfig,
            cluster_identifier=args.identity,
            # With fixed names a changed Secret would be deleted before it is made anew: a certificate that is renewed
            # would be gone for a moment, and everything that is served with it. What must restart says so by itself.
            enable_config_map_mutable=True,
            enable_secret_mutable=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"endpoint": self.endpoint, "kubeconfig": self.kubeconfig})

    def _members(self, args: ControlPlaneArgs) -> local.Command:
        child = pulumi.ResourceOptions(parent=self)
        prepared = [prepare(machine, args.prepare, child) for machine in args.machines]
        members: list[local.Command] = []
        for machine, host in zip(args.machines, prepared, strict=True):
            # kubeadm finds neither kubelet nor containerd on a host that is not prepared. And etcd takes one new member
            # at a time: a second one that joins meanwhile is refused. Destroy goes the other way, one at a time too.
            after = [host, *members[-1:]]
            opts = pulumi.ResourceOptions(parent=self, depends_on=after)
            members.append(
                member(
                    machine,
                    args.cluster,
                    self.sides,
                    args.prepare.runtime,
                    opts,
                    operator_name=args.operator_name,
                )
            )
        return members[-1]

    def _kubeconfig(self, name: str, args: ControlPlaneArgs) -> pulumi.Output[str]:
        first = args.machines[0]
        read = remote.Command(
            f"{name}-kubeconfig",
            connection=first.connection.arguments(),
            create=current_command("kubeconfig"),
            stdin=parameters(
                {
                    "NODE_NAME": first.name,
                    "OPERATOR_ENDPOINT": self.endpoint,
                    "OPERATOR_PROXY": args.operator_proxy,
                    "CLUSTER_NAME": args.cluster.name,
                }
            ),
            logging=remote.Logging.NONE,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(
                parent=self,
                additional_secret_outputs=["stdout"],
                # Script and file are there only on a control plane that is up; and what is made with these credentials
                # should not begin before all of them are.
                depends_on=[self.ready],
            ),
        )
        return pulumi.Output.secret(read.stdout)


def with_port(endpoint: str) -> str:
    """HOST:PORT of an endpoint that may come without the port."""
    return endpoint if ":" in endpoint else f"{endpoint}:{API_PORT}"
