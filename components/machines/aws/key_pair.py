"""The key that opens new machines: the stack's own as a key pair of EC2, or one that exists there.

Owns the resource. Does not own the private half: that is in the SSH agent.
"""

import pulumi
from pulumi_aws.ec2.key_pair import KeyPair

from components.machines.aws.owner import Owner


def key_pair(
    name: str, owner: Owner, public_key: pulumi.Output[str], opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """The name of `{name}-key-pair`, made of a public key (one line of authorized_keys)."""
    # The name is taken as long as the old one is there.
    own = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True))
    return KeyPair(
        f"{name}-key-pair",
        key_name=owner.named("nodes", 255),
        public_key=public_key,
        tags=owner.tagged("nodes"),
        opts=own,
    ).key_name
