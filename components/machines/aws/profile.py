"""Who a machine is to AWS: an instance profile.

Owns a role that only EC2 may take on, and that may do nothing: nothing of the appliance on a node calls AWS, and what
has no rights cannot lose them to a pod. Does not own a profile that exists already.
"""

import json
from typing import Final

import pulumi
from pulumi_aws.iam.instance_profile import InstanceProfile
from pulumi_aws.iam.role import Role

from components.machines.aws.owner import Owner

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
    own = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True))
    called = owner.named("nodes", _LONGEST)
    role = Role(
        f"{name}-role",
        name=called,
        description=f"Nodes of {owner.cluster}: no rights",
        assume_role_policy=TRUST,
        tags=owner.tagged("nodes"),
        opts=own,
    )
    return InstanceProfile(
        f"{name}-profile", name=called, role=role.name, tags=owner.tagged("nodes"), opts=own
    ).name
