"""What an account lacks is named before anything is made."""

from dataclasses import replace

import pytest

from operate.cloud.facts import Account, Image
from operate.cloud.rules import faults
from operate.cloud.wishes import wishes
from tests.stacks.config.given import AWS, Given

ZONES = frozenset({"eu-central-1a", "eu-central-1b", "eu-central-1c"})
FINE = Account(
    zones=ZONES,
    types={"m6i.large": frozenset({"x86_64"}), "t3.micro": frozenset({"x86_64"})},
    offered={"m6i.large": ZONES, "t3.micro": ZONES},
    image=Image(architecture="x86_64", state="available", root_gib=8),
    key_pair=True,
    profile=True,
    vpc=(),
    peers=(),
    subnets={},
    strangers=(),
)


def found(account: Account, given: Given | None = None) -> tuple[str, ...]:
    configuration = (given or Given(AWS)).load()
    assert configuration.hosts.aws is not None
    return faults(wishes(configuration, configuration.hosts.aws), account)


def existing() -> Given:
    given = Given(AWS)
    aws = given.hosts["aws"]
    subnets = {zone: f"subnet-0123456789abcdef{n}" for n, zone in enumerate(sorted(ZONES))}
    aws["vpc"] = {
        "id": "vpc-0123456789abcdef0",
        "cidr": "10.80.0.0/16",
        "subnets": subnets,
        "publicSubnets": subnets,
    }
    return given


IN_VPC = replace(
    FINE,
    vpc=("10.80.0.0/16",),
    subnets={f"subnet-0123456789abcdef{n}": zone for n, zone in enumerate(sorted(ZONES))},
)


def test_an_account_that_has_everything_is_fine() -> None:
    assert found(FINE) == ()
    assert found(IN_VPC, existing()) == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"strangers": ("vpc-1",)},
            "kubernetes.clusterName: this account has a cluster appliance-dev of another stack already (vpc-1)",
        ),
        (
            {"zones": ZONES - {"eu-central-1c"}},
            "hosts.aws.zones[2]: this account has no eu-central-1c; it has eu-central-1a, eu-central-1b",
        ),
        (
            {"types": {"t3.micro": frozenset({"x86_64"})}},
            "hosts.aws.instanceType: eu-central-1 has no m6i.large",
        ),
        (
            {"types": {**FINE.types, "t3.micro": frozenset({"arm64"})}},
            "hosts.aws.bastion.instanceType: t3.micro is a machine for arm64",
        ),
        (
            {"offered": {**FINE.offered, "m6i.large": ZONES - {"eu-central-1b"}}},
            "hosts.aws.instanceType: eu-central-1b has no m6i.large; eu-central-1a, eu-central-1c has it",
        ),
        ({"image": None}, "hosts.aws.image.id: this account sees no ami-0123456789abcdef0"),
        (
            {"image": Image(architecture="arm64", state="available", root_gib=8)},
            "hosts.aws.image.id: ami-0123456789abcdef0 is for arm64",
        ),
        (
            {"image": Image(architecture="x86_64", state="available", root_gib=50)},
            "hosts.aws.rootVolume: 40Gi is too small for ami-0123456789abcdef0, which needs 50Gi",
        ),
        ({"key_pair": False}, "hosts.aws.keyPair: this account has no key pair"),
        ({"profile": False}, "hosts.aws.instanceProfile: this account has no"),
    ],
)
def test_what_an_account_lacks_is_named(changed: dict[str, object], said: str) -> None:
    lines = found(replace(FINE, **changed))  # type: ignore[arg-type]
    assert any(line.startswith(said) for line in lines), lines
    assert len({line for line in lines if not line.startswith(said)}) == 0 or "types" in changed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"vpc": None}, "hosts.aws.vpc.id: this account has no vpc-0123456789abcdef0"),
        ({"vpc": ("10.70.0.0/16",)}, "hosts.aws.vpc.cidr: vpc-0123456789abcdef0 has 10.70.0.0/16"),
        ({"peers": ("10.32.0.0/16",)}, "kubernetes.podSubnet: 10.32.0.0/12 overlaps 10.32.0.0/16"),
        (
            {"subnets": {}},
            "hosts.aws.vpc.subnets.eu-central-1a: subnet-0123456789abcdef0 is not in vpc",
        ),
        (
            {"subnets": {**IN_VPC.subnets, "subnet-0123456789abcdef1": "eu-central-1a"}},
            "hosts.aws.vpc.subnets.eu-central-1b: subnet-0123456789abcdef1 is in eu-central-1a",
        ),
    ],
)
def test_a_vpc_that_is_not_as_the_file_says_is_named(changed: dict[str, object], said: str) -> None:
    lines = found(replace(IN_VPC, **changed), existing())  # type: ignore[arg-type]
    assert lines[0].startswith(said), lines
