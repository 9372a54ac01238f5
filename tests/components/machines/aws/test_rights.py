"""The rights of control planes in the account: as many as the controllers' calls, and no further than the cluster."""

import json
from typing import Any

from components.machines.aws.rights import Rights, statements

RIGHTS = Rights(cluster="shop")
TAG = "kubernetes.io/cluster/shop"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd"

CALLED = {
    # pkg/providers/v1 of cloud-provider-aws 1.35.0, by the clients' calls; CreateTags comes with a group that is made.
    *("ec2:DescribeInstances", "ec2:DescribeInstanceTopology", "ec2:DescribeAvailabilityZones"),
    *("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeRouteTables"),
    *("ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup", "ec2:CreateTags"),
    *("ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"),
    *(
        f"elasticloadbalancing:{call}"
        for call in (
            *("AddTags", "CreateLoadBalancer", "DescribeLoadBalancers", "DeleteLoadBalancer"),
            *("RegisterInstancesWithLoadBalancer", "DeregisterInstancesFromLoadBalancer"),
            *("CreateLoadBalancerPolicy", "SetLoadBalancerPoliciesForBackendServer"),
            *("SetLoadBalancerPoliciesOfListener", "DescribeLoadBalancerPolicies"),
            *("DetachLoadBalancerFromSubnets", "AttachLoadBalancerToSubnets"),
            *("CreateLoadBalancerListeners", "DeleteLoadBalancerListeners"),
            *("ApplySecurityGroupsToLoadBalancer", "ConfigureHealthCheck"),
            *("DescribeLoadBalancerAttributes", "ModifyLoadBalancerAttributes"),
            *("SetSecurityGroups", "CreateTargetGroup", "DescribeTargetGroups"),
            *("ModifyTargetGroup", "DeleteTargetGroup", "DescribeTargetHealth"),
            *("DescribeTargetGroupAttributes", "ModifyTargetGroupAttributes"),
            *("RegisterTargets", "DeregisterTargets", "CreateListener", "DescribeListeners"),
            *("DeleteListener", "ModifyListener"),
        )
    ),
    # pkg/cloud/ec2_interface.go of aws-ebs-csi-driver, without snapshots.
    *("ec2:DescribeVolumes", "ec2:DescribeVolumesModifications", "ec2:DescribeTags"),
    *("ec2:CreateVolume", "ec2:DeleteVolume", "ec2:ModifyVolume"),
    *("ec2:AttachVolume", "ec2:DetachVolume"),
}


def listed(rights: Rights = RIGHTS) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(rights.document)["Statement"]
    return found


def test_they_are_those_of_the_calls_that_the_controllers_make_and_no_others() -> None:
    assert {action for each in listed() for action in each["Action"]} == CALLED


def test_only_looking_reaches_beyond_what_carries_the_clusters_tag() -> None:
    for each in listed():
        looks = all(":Describe" in action for action in each["Action"])
        if looks:
            assert each["Resource"] == ["*"]
            continue
        assert "*" not in each["Resource"]
        equal = each.get("Condition", {}).get("StringEquals", {})
        of_cluster = {f"aws:ResourceTag/{TAG}", f"aws:RequestTag/{TAG}"} & set(equal)
        at_creation = "ec2:CreateAction" in equal
        # A group is made in a network, which carries nobody's tag; that the group carries it is another statement.
        in_network = each["Resource"] == ["arn:*:ec2:*:*:vpc/*"]
        assert of_cluster or at_creation or in_network, each


def test_the_disks_of_machines_are_out_of_reach() -> None:
    (deletes,) = [each for each in listed() if "ec2:DeleteVolume" in each["Action"]]
    assert deletes["Condition"] == {"StringEquals": {f"aws:ResourceTag/{TAG}": "owned"}}


def test_a_key_of_ones_own_may_be_used_for_volumes_and_the_accounts_needs_nothing() -> None:
    def of_keys(rights: Rights) -> list[dict[str, Any]]:
        return [each for each in listed(rights) if each["Action"][0].startswith("kms:")]

    assert of_keys(RIGHTS) == []
    used, granted = of_keys(Rights(cluster="shop", kms_key=KEY))
    assert used["Resource"] == granted["Resource"] == [KEY]
    assert granted["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_a_key_that_is_called_by_an_alias_is_found_by_it() -> None:
    alias = KEY.replace("key/1234abcd", "alias/volumes")
    used = list(statements(Rights(cluster="shop", kms_key=alias)))[-2]
    assert used["Resource"] == ["arn:aws:kms:eu-central-1:111122223333:key/*"]
    assert used["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/volumes"}
    }


def test_the_policy_is_within_what_iam_takes_of_one_role() -> None:
    # 10,240 characters without white space, over all policies in a role.
    assert len("".join(Rights(cluster="s" * 40, kms_key=KEY).document.split())) < 10_240
