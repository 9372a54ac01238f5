"""What control planes may do in the account, where controllers in the cluster work there: an IAM policy, as data.

Owns the actions and how far they reach: whatever changes or deletes a thing reaches what carries the cluster's tag, and
nothing else. Does not own who has the rights (profile.py).

Sources: the calls in `pkg/providers/v1` of cloud-provider-aws 1.35.0, without those of controllers that do not run here
(routes, tags); and `pkg/cloud` and `docs/example-iam-policy-strict.json` of aws-ebs-csi-driver, without snapshots.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.machines.aws.owner import CONTROLLED

Statement = Mapping[str, Any]

# In any partition of AWS, region and account: the role is of one account, and what is tagged is in one region.
_VOLUMES: Final = "arn:*:ec2:*:*:volume/*"
_INSTANCES: Final = "arn:*:ec2:*:*:instance/*"
_GROUPS: Final = "arn:*:ec2:*:*:security-group/*"
_NETWORKS: Final = "arn:*:ec2:*:*:vpc/*"
_BALANCERS: Final = "arn:*:elasticloadbalancing:*:*:*"
_ELB: Final = "elasticloadbalancing"


@dataclass(frozen=True, kw_only=True)
class Rights:
    """`cluster` is the name in the tag; `kms_key` the ARN of the key of volumes.

    None is the account's own key for EBS, which needs no right.
    """

    cluster: str
    kms_key: str | None = None

    @property
    def document(self) -> str:
        """The policy."""
        return json.dumps({"Version": "2012-10-17", "Statement": [*statements(self)]})


def statements(rights: Rights) -> Iterator[Statement]:
    """All of them, in a fixed order."""
    yield _allow(_LOOK, ["*"])
    yield from _groups(rights)
    yield from _balancers(rights)
    yield from _volumes(rights)
    if rights.kms_key is not None:
        yield from _key(rights.kms_key)


# These have no resources that they could be confined to.
_LOOK: Final = (
    *(f"ec2:Describe{what}" for what in ("AvailabilityZones", "Instances", "InstanceTopology")),
    *(f"ec2:Describe{what}" for what in ("RouteTables", "SecurityGroups", "Subnets")),
    *(f"ec2:Describe{what}" for what in ("Tags", "Volumes", "VolumesModifications")),
    *(f"{_ELB}:Describe{what}" for what in ("Listeners", "LoadBalancerAttributes")),
    *(f"{_ELB}:Describe{what}" for what in ("LoadBalancerPolicies", "LoadBalancers")),
    *(f"{_ELB}:Describe{what}" for what in ("TargetGroupAttributes", "TargetGroups")),
    f"{_ELB}:DescribeTargetHealth",
)


def _groups(rights: Rights) -> Iterator[Statement]:
    """A group for each load balancer, and openings to it in that of the nodes."""
    yield _allow(["ec2:CreateSecurityGroup"], [_NETWORKS])
    yield _allow(["ec2:CreateSecurityGroup"], [_GROUPS], _asked(rights))
    yield _allow(["ec2:CreateTags"], [_GROUPS], {"ec2:CreateAction": "CreateSecurityGroup"})
    changes = ("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress", "DeleteSecurityGroup")
    yield _allow([f"ec2:{each}" for each in changes], [_GROUPS], _theirs(rights))


def _balancers(rights: Rights) -> Iterator[Statement]:
    """Classic ones, and network ones with their listeners and targets."""
    made = ("CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "AddTags")
    yield _allow([f"{_ELB}:{each}" for each in made], [_BALANCERS], _asked(rights))
    changes = (
        *("AddTags", "DeleteLoadBalancer", "ModifyLoadBalancerAttributes", "SetSecurityGroups"),
        *("CreateListener", "ModifyListener", "DeleteListener"),
        *("ModifyTargetGroup", "ModifyTargetGroupAttributes", "DeleteTargetGroup"),
        *("RegisterTargets", "DeregisterTargets"),
        # Those of classic balancers alone.
        *("ApplySecurityGroupsToLoadBalancer", "ConfigureHealthCheck"),
        *("AttachLoadBalancerToSubnets", "DetachLoadBalancerFromSubnets"),
        *("CreateLoadBalancerListeners", "DeleteLoadBalancerListeners"),
        *("CreateLoadBalancerPolicy", "SetLoadBalancerPoliciesOfListener"),
        "SetLoadBalancerPoliciesForBackendServer",
        *("RegisterInstancesWithLoadBalancer", "DeregisterInstancesFromLoadBalancer"),
    )
    yield _allow([f"{_ELB}:{each}" for each in changes], [_BALANCERS], _theirs(rights))


def _volumes(rights: Rights) -> Iterator[Statement]:
    """Volumes that the driver makes, and no others: not the disks that machines were made with."""
    yield _allow(["ec2:CreateVolume"], [_VOLUMES], _asked(rights))
    yield _allow(["ec2:CreateTags"], [_VOLUMES], {"ec2:CreateAction": "CreateVolume"})
    moves = ("ec2:AttachVolume", "ec2:DetachVolume")
    yield _allow([*moves, "ec2:ModifyVolume", "ec2:DeleteVolume"], [_VOLUMES], _theirs(rights))
    yield _allow(moves, [_INSTANCES], _theirs(rights))


def _key(arn: str) -> Iterator[Statement]:
    """A key of one's own: EC2 uses it for the volume, in the name of who asks for the volume."""
    place, _, name = arn.partition(":alias/")
    # A policy is about keys; of an alias it says that it is one of the key's names.
    key = f"{place}:key/*" if name else arn
    of_alias = (
        {"ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{name}"}} if name else {}
    )
    used = ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext")
    yield {**_allow(used, [key]), **({"Condition": of_alias} if of_alias else {})}
    grant = {"Bool": {"kms:GrantIsForAWSResource": "true"}, **of_alias}
    yield {**_allow(["kms:CreateGrant"], [key]), "Condition": grant}


def _asked(rights: Rights) -> Mapping[str, str]:
    """What is to be made gets the cluster's tag at once."""
    return {f"aws:RequestTag/{CONTROLLED}{rights.cluster}": "owned"}


def _theirs(rights: Rights) -> Mapping[str, str]:
    """What is there carries it."""
    return {f"aws:ResourceTag/{CONTROLLED}{rights.cluster}": "owned"}


def _allow(
    actions: Sequence[str], resources: Sequence[str], equal: Mapping[str, str] | None = None
) -> Statement:
    found = {"Effect": "Allow", "Action": [*actions], "Resource": [*resources]}
    return {**found, "Condition": {"StringEquals": dict(equal)}} if equal else found


if __name__ == "__main__":
    print(json.dumps(json.loads(Rights(cluster=sys.argv[1]).document), indent=2))
