"""A machine in EC2: one instance with its encrypted disk, and its address.

Owns how every instance of a stack is made. Does not own which there are (machines.py, bastion.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws.ec2._inputs import InstanceMetadataOptionsArgs, InstanceRootBlockDeviceArgs
from pulumi_aws.ec2.eip import Eip
from pulumi_aws.ec2.instance import Instance

from components.machines.aws.owner import Owner

IGNORED: Final = ("ami", "user_data", "key_name", "associate_public_ip_address")
"""What a machine was made with. A newer image, key or user data is for the next one and never replaces one that lives;
and EC2 says of a machine with an Elastic IP, or of one that was stopped, something else about its address."""


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """What all instances of a stack have in common. `kms_key` is an ARN; without it the account's own key is used."""

    owner: Owner
    ami: str
    key_name: pulumi.Input[str]
    profile: pulumi.Input[str] | None
    root_gib: int
    kms_key: str | None
    after: Sequence[pulumi.Resource]
    """What must be there as long as machines are: ways to them."""


@dataclass(frozen=True, kw_only=True)
class InstanceArgs:
    """One instance. `node` is the name of the node that it is, None for one that is none."""

    what: str
    node: str | None
    instance_type: str
    subnet: pulumi.Input[str]
    groups: Sequence[pulumi.Input[str]]
    user_data: pulumi.Output[str]
    public: bool
    termination_protection: bool = False
    protect: bool = False
    profile: pulumi.Input[str] | None = None
    """Its own instance profile; None for that of the blueprint."""


def instance(
    name: str, blueprint: Blueprint, args: InstanceArgs, opts: pulumi.ResourceOptions
) -> Instance:
    """The instance `{name}`."""
    owner = blueprint.owner
    tags = owner.tagged(args.what, node=args.node)
    own = pulumi.ResourceOptions(
        protect=args.protect,
        ignore_changes=list(IGNORED),
        # Two machines must not be one node; and a volume is attached to one machine.
        delete_before_replace=True,
        # Without routes and openings nobody reaches it; on the way out it is left by SSH, so it goes before them.
        depends_on=list(blueprint.after),
    )
    return Instance(
        name,
        ami=blueprint.ami,
        instance_type=args.instance_type,
        subnet_id=args.subnet,
        vpc_security_group_ids=list(args.groups),
        key_name=blueprint.key_name,
        iam_instance_profile=blueprint.profile if args.profile is None else args.profile,
        associate_public_ip_address=args.public,
        disable_api_termination=args.termination_protection,
        user_data=args.user_data,
        metadata_options=InstanceMetadataOptionsArgs(
            http_endpoint="enabled",
            http_tokens="required",
            # One hop is the machine itself: a pod behind the pod network's bridge is two away.
            http_put_response_hop_limit=1,
            instance_metadata_tags="disabled",
        ),
        root_block_device=InstanceRootBlockDeviceArgs(
            encrypted=True,
            kms_key_id=blueprint.kms_key,
            volume_type="gp3",
            volume_size=blueprint.root_gib,
            delete_on_termination=True,
            # Not among what controllers know as theirs: what carries their tag they may delete.
            tags=tags,
        ),
        tags=owner.shared(args.what, node=args.node) if args.node else tags,
        opts=pulumi.ResourceOptions.merge(opts, own),
    )


def elastic_ip(
    name: str, owner: Owner, what: str, machine: Instance, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """The address `{name}`, which stays when the machine is stopped."""
    made = Eip(name, domain="vpc", instance=machine.id, tags=owner.tagged(what), opts=opts)
    return made.public_ip
