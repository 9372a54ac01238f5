"""The small parts of machines in EC2: names, subnets, host keys, user data."""

from ipaddress import IPv4Network

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from components.machines.aws.host_keys import first, lasting
from components.machines.aws.owner import Owner
from components.machines.aws.subnets import parts
from components.machines.aws.user_data import user_data
from components.machines.aws.volume import device
from tests.components.machines.aws.made import SEED


def test_the_subnets_of_all_zones_share_no_address_and_lie_in_the_vpc() -> None:
    whole = IPv4Network("10.80.0.0/16")
    networks = [
        IPv4Network(text)
        for letter in "abcdefgh"
        for text in vars(parts(str(whole), f"eu-central-1{letter}")).values()
    ]
    assert len(networks) == 16
    assert all(network.subnet_of(whole) for network in networks)
    assert sum(network.num_addresses for network in networks) == whole.num_addresses


def test_a_zone_past_h_has_no_part() -> None:
    with pytest.raises(ValueError, match="from a to h"):
        parts("10.80.0.0/16", "eu-central-1i")


@pytest.mark.parametrize("limit", [32, 64])
def test_a_name_is_cut_to_what_aws_takes_and_stays_its_own(limit: int) -> None:
    long = Owner(cluster="c" * 40, authority="f")
    other = Owner(cluster="c" * 39 + "d", authority="f")
    assert len(long.named("api", limit)) <= limit
    assert limit > 44 or long.named("api", limit) != other.named("api", limit)
    assert Owner(cluster="shop", authority="f").named("api", limit) == "shop-api"


def test_host_keys_follow_from_the_seed_and_are_two() -> None:
    assert first(SEED) == first(SEED)
    assert first(SEED).public != lasting(SEED).public
    assert first(SEED).public != first("00" * 32).public


def test_a_host_keys_halves_belong_together() -> None:
    key = lasting(SEED)
    private = load_pem_private_key(key.private.encode(), password=None)
    public = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    assert public.decode() == key.public
    assert key.public.startswith("ecdsa-sha2-nistp256 ")


def test_user_data_holds_the_first_key_and_never_the_lasting_one() -> None:
    text = user_data("w1", first(SEED))
    assert text.startswith("#cloud-config\n")
    told = yaml.safe_load(text)
    assert told["ssh_keys"] == {
        "ecdsa_private": first(SEED).private,
        "ecdsa_public": first(SEED).public,
    }
    assert told["ssh_deletekeys"] is True
    assert lasting(SEED).private not in text


def test_user_data_leaves_the_file_of_names_to_the_node_script() -> None:
    told = yaml.safe_load(user_data("w1", first(SEED)))
    assert told["manage_etc_hosts"] is False
    assert told["hostname"] == "w1"


def test_a_device_is_named_after_its_volume() -> None:
    assert device("vol-0abc").endswith("/nvme-Amazon_Elastic_Block_Store_vol0abc")
