"""Who a machine is to AWS: an instance profile.

Owns roles that only EC2 may take on. That of a node may do nothing: what has no rights cannot lose them to a pod. Where
controllers in the cluster work in the account, control planes have another one, with the rights that those need
(rights.py). Does not own a profile that exists already.
"""

import json
from typing import Final

import pulumi
from pulumi_aws.iam.instance_profile import InstanceProfile
from pulumi_aws.iam.role import Role
from pulumi_aws.iam.role_policy import RolePolicy

from components.machines.aws.owner import Owner
from components.machines.aws.rights import Rights
from components.outputs import together

_LONGEST: Final = 64
TRUST: Final = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


def instance_profile(name: str, owner: Owner, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """The name of `{name}-profile`, of the role `{name}-role`."""
    return _profile(name, owner, "nodes", f"Nodes of {owner.cluster}: no rights", opts)[1].name


def controllers_profile(
    name: str, owner: Owner, rights: Rights, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """The name of `{name}-controllers-profile`, of `{name}-controllers-role` with `{name}-controllers-rights`."""
    described = f"Control planes of {owner.cluster}: what controllers in the cluster need"
    role, profile = _profile(f"{name}-controllers", owner, "controllers", described, opts)
    granted = RolePolicy(
        f"{name}-controllers-rights",
        name="controllers",
        role=role.name,
        policy=rights.document,
        opts=opts,
    )
    # A machine that is there before its rights would have its first controllers refused.
    return together({"name": profile.name, "rights": granted.id}, lambda known: str(known["name"]))


def _profile(
    name: str, owner: Owner, what: str, described: str, opts: pulumi.ResourceOptions
) -> tuple[Role, InstanceProfile]:
    own = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True))
    called = owner.named(what, _LONGEST)
    role = Role(
        f"{name}-role",
        name=called,
        description=described,
        assume_role_policy=TRUST,
        tags=owner.tagged(what),
        opts=own,
    )
    profile = InstanceProfile(
        f"{name}-profile", name=called, role=role.name, tags=owner.tagged(what), opts=own
    )
    return role, profile
