"""Security groups: the openings between machines, as EC2 has them.

Owns the groups and one rule for each opening. Does not own which openings there are (openings.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws.ec2.security_group import SecurityGroup
from pulumi_aws.vpc.security_group_egress_rule import SecurityGroupEgressRule
from pulumi_aws.vpc.security_group_ingress_rule import SecurityGroupIngressRule

from components.machines.aws.openings import ALL, Group, Opening
from components.machines.aws.owner import Owner


@dataclass(frozen=True, kw_only=True)
class SecurityGroupsArgs:
    """The VPC that the groups are in, and what they let through."""

    owner: Owner
    vpc: pulumi.Input[str]
    openings: tuple[Opening, ...]


class SecurityGroups(pulumi.ComponentResource):
    """`{name}-{group}` for each group that an opening names, and `{name}-{group}-{opening}` for each opening."""

    ids: Mapping[Group, pulumi.Output[str]]
    rules: Sequence[pulumi.Resource]
    """Without them nobody is let in: what is done on a machine depends on them, and undone before they go."""

    def __init__(
        self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:machines:SecurityGroups", name, None, opts)
        named = {each.group for each in args.openings}
        groups = {group: self._group(name, args, group) for group in Group if group in named}
        self.ids = {group: made.id for group, made in groups.items()}
        self.rules = tuple(self._rule(name, args, opening) for opening in args.openings)
        self.register_outputs({})

    def _group(self, name: str, args: SecurityGroupsArgs, group: Group) -> SecurityGroup:
        return SecurityGroup(
            f"{name}-{group.value}",
            name=args.owner.named(group.value, 255),
            description=f"{group.value} of {args.owner.cluster}",
            vpc_id=args.vpc,
            # Of a machine's groups the cloud's controller opens the one that is tagged as the cluster's, and there must
            # be one only.
            tags=(args.owner.shared if group is Group.NODES else args.owner.tagged)(group.value),
            # A name is there once in a VPC, so the old group must go before another one of it comes.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

    def _rule(self, name: str, args: SecurityGroupsArgs, opening: Opening) -> pulumi.Resource:
        first, last = opening.ports or (None, None)
        peer = opening.peer
        kind = SecurityGroupEgressRule if opening.out else SecurityGroupIngressRule
        return kind(
            f"{name}-{resource_name(opening)}",
            security_group_id=self.ids[opening.group],
            ip_protocol=opening.protocol,
            # EC2 refuses ports where all protocols are meant.
            from_port=None if opening.protocol == ALL else first,
            to_port=None if opening.protocol == ALL else last,
            cidr_ipv4=None if isinstance(peer, Group) else peer,
            referenced_security_group_id=self.ids[peer] if isinstance(peer, Group) else None,
            description=opening.reason,
            tags=args.owner.tagged(resource_name(opening)),
            opts=pulumi.ResourceOptions(parent=self),
        )


def resource_name(opening: Opening) -> str:
    """An opening's name, with the network if it is for one of several; another network changes no other rule."""
    parts = [opening.group.value, opening.name]
    if isinstance(opening.peer, str):
        parts.append(opening.peer.replace("/", "-"))
    elif opening.name == "path-size":
        parts.append(opening.peer.value)
    return "-".join(parts)
