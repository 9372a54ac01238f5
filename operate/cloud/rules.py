"""What is wrong between a stack's wishes and what an account of AWS has: one sentence for each.

Owns these rules, pure functions over the facts. Does not own what is wrong by the configuration alone
(stacks/config/aws_rules.py).
"""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from operate.cloud.facts import Account
from operate.cloud.wishes import Wishes
from stacks.config.aws_forms import gibibytes

AMD64: Final = "x86_64"


def faults(wishes: Wishes, account: Account) -> tuple[str, ...]:
    """Every fault, as `path: sentence`."""
    return (
        *_strangers(wishes, account),
        *_zones(wishes, account),
        *_types(wishes, account),
        *_image(wishes, account),
        *_named(wishes, account),
        *_vpc(wishes, account),
    )


def _strangers(wishes: Wishes, account: Account) -> Iterator[str]:
    if account.strangers:
        yield (
            f"kubernetes.clusterName: this account has a cluster {wishes.cluster} of another stack already "
            f"({', '.join(account.strangers)}); give this one another name, or another account or region"
        )


def _zones(wishes: Wishes, account: Account) -> Iterator[str]:
    for index, zone in enumerate(wishes.aws.zones):
        if zone not in account.zones:
            has = ", ".join(sorted(account.zones))
            yield f"hosts.aws.zones[{index}]: this account has no {zone}; it has {has}"


def _types(wishes: Wishes, account: Account) -> Iterator[str]:
    for path, name, zone in wishes.types:
        architectures = account.types.get(name, frozenset())
        if not architectures:
            yield f"{path}: {wishes.aws.region} has no {name}"
        elif AMD64 not in architectures:
            yield f"{path}: {name} is a machine for {', '.join(sorted(architectures))}; give one for {AMD64}"
        elif zone in account.zones and zone not in account.offered.get(name, frozenset()):
            has = ", ".join(sorted(account.offered.get(name, frozenset()))) or "no zone"
            yield f"{path}: {zone} has no {name}; {has} has it"


def _image(wishes: Wishes, account: Account) -> Iterator[str]:
    image, given = account.image, wishes.aws.image.id
    if image is None or image.state != "available":
        yield f"hosts.aws.image.id: this account sees no {given} in {wishes.aws.region}"
        return
    if image.architecture != AMD64:
        yield (
            f"hosts.aws.image.id: {given} is for {image.architecture}, and all programs are built for {AMD64}"
        )
    if image.root_gib > gibibytes(wishes.aws.root_volume):
        yield (
            f"hosts.aws.rootVolume: {wishes.aws.root_volume} is too small for {given}, which needs {image.root_gib}Gi"
        )


def _named(wishes: Wishes, account: Account) -> Iterator[str]:
    if not account.key_pair:
        yield (
            f"hosts.aws.keyPair: this account has no key pair {wishes.aws.key_pair} in {wishes.aws.region}; import its "
            "public half, or leave the key out to have one made"
        )
    if not account.profile:
        yield (
            f"hosts.aws.instanceProfile: this account has no {wishes.aws.instance_profile}; leave the key out to have "
            "one without rights made"
        )


def _vpc(wishes: Wishes, account: Account) -> Iterator[str]:
    vpc = wishes.aws.vpc
    if vpc.id is None:
        return
    if account.vpc is None:
        yield f"hosts.aws.vpc.id: this account has no {vpc.id} in {wishes.aws.region}"
        return
    if str(vpc.cidr) not in account.vpc:
        yield f"hosts.aws.vpc.cidr: {vpc.id} has {', '.join(account.vpc)}, not {vpc.cidr}"
    for key, given in (("subnets", vpc.subnets), ("publicSubnets", vpc.public_subnets)):
        for zone, subnet in given.items():
            there = account.subnets.get(subnet)
            if there != zone:
                found = f"is in {there}" if there else f"is not in {vpc.id}"
                yield f"hosts.aws.vpc.{key}.{zone}: {subnet} {found}"
    for text in account.peers:
        for path, network in wishes.ranges.items():
            if network.overlaps(IPv4Network(text)):
                yield f"{path}: {network} overlaps {text} of a network that {vpc.id} is peered with"
