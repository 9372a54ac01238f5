"""The load balancer before the API servers: the operator's endpoint, whichever control plane lives.

Owns balancer, listener, and one target for each control plane. Does not own the nodes' own way to the API: each has a
balancer of its own (docs/design/0005-endpoints.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws.lb._inputs import ListenerDefaultActionArgs, TargetGroupHealthCheckArgs
from pulumi_aws.lb.listener import Listener
from pulumi_aws.lb.load_balancer import LoadBalancer as NetworkLoadBalancer
from pulumi_aws.lb.target_group import TargetGroup
from pulumi_aws.lb.target_group_attachment import TargetGroupAttachment

from components.cluster.kubeadm import API_PORT
from components.machines.aws.owner import Owner

_LONGEST: Final = 32


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """Where the balancer listens, and for whom: instances by their node's name. `group` lets operators in."""

    owner: Owner
    vpc: pulumi.Input[str]
    subnets: Sequence[pulumi.Input[str]]
    group: pulumi.Input[str]
    public: bool
    targets: Mapping[str, pulumi.Input[str]]
    protect: bool


class LoadBalancer(pulumi.ComponentResource):
    """`{name}-balancer`, `-targets`, `-listener`, and for each control plane `{node}-api-target`."""

    address: pulumi.Output[str]
    """The DNS name, for life."""

    def __init__(
        self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:machines:LoadBalancer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        balancer = NetworkLoadBalancer(
            f"{name}-balancer",
            name=args.owner.named("api", _LONGEST),
            load_balancer_type="network",
            internal=not args.public,
            subnets=list(args.subnets),
            security_groups=[args.group],
            # There may be a zone without a control plane.
            enable_cross_zone_load_balancing=True,
            tags=args.owner.tagged("api"),
            # Its name is in the API servers' certificates, and nobody can choose it again.
            opts=pulumi.ResourceOptions(
                parent=self, protect=args.protect, delete_before_replace=True
            ),
        )
        targets = self._targets(name, args)
        listener = Listener(
            f"{name}-listener",
            load_balancer_arn=balancer.arn,
            port=API_PORT,
            protocol="TCP",
            default_actions=[
                ListenerDefaultActionArgs(type="forward", target_group_arn=targets.arn)
            ],
            tags=args.owner.tagged("api"),
            opts=child,
        )
        for node, machine in args.targets.items():
            TargetGroupAttachment(
                f"{node}-api-target",
                target_group_arn=targets.arn,
                target_id=machine,
                port=API_PORT,
                opts=child,
            )
        # Known with the listener: who has the address can connect.
        self.address = pulumi.Output.all(balancer.dns_name, listener.arn).apply(
            lambda known: str(known[0])
        )
        self.register_outputs({"address": self.address})

    def _targets(self, name: str, args: LoadBalancerArgs) -> TargetGroup:
        return TargetGroup(
            f"{name}-targets",
            name=args.owner.named("api", _LONGEST),
            port=API_PORT,
            protocol="TCP",
            target_type="instance",
            vpc_id=args.vpc,
            # Whoever is connected to a control plane that goes is told so at once.
            connection_termination=True,
            deregistration_delay=30,
            health_check=TargetGroupHealthCheckArgs(
                # A server that does not answer this is starting or ending, although its port is open.
                protocol="HTTPS",
                path="/readyz",
                port=str(API_PORT),
                matcher="200",
                interval=10,
                healthy_threshold=2,
                unhealthy_threshold=2,
            ),
            tags=args.owner.tagged("api"),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
