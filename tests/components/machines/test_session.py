import stat
from pathlib import Path

import pytest

from components.machines.session import Endpoint, SessionError, connect, known_hosts, ssh_command

BASTION = Endpoint(address="192.0.2.9", port=2222, user="jump", host_key="ssh-ed25519 BBBB")
HOST = Endpoint(address="10.0.0.5", user="admin", host_key="ssh-ed25519 AAAA", bastion=BASTION)


def options(endpoint: Endpoint) -> str:
    return " ".join(ssh_command(endpoint, "/known", attempts=3))


def test_a_host_key_is_required_and_is_the_only_one_that_counts() -> None:
    words = options(BASTION)
    assert words.startswith("ssh -F none -T -p 2222 -l jump ")
    for option in (
        "StrictHostKeyChecking=yes",
        "UserKnownHostsFile=/known",
        "GlobalKnownHostsFile=/dev/null",
        "HostKeyAlias=appliance-192.0.2.9-2222",
    ):
        assert f"-o {option}" in words
    assert known_hosts(BASTION) == "appliance-192.0.2.9-2222 ssh-ed25519 BBBB\n"


def test_only_the_agent_s_keys_are_tried() -> None:
    words = options(HOST)
    assert "-o IdentityFile=none" in words
    assert "-o PreferredAuthentications=publickey" in words
    assert "-o BatchMode=yes" in words


def test_a_bastion_is_gone_through_with_its_own_user_and_host_key() -> None:
    command = ssh_command(HOST, "/known", attempts=3)
    proxy = next(word for word in command if word.startswith("ProxyCommand="))
    assert "-p 2222 -l jump" in proxy
    assert "HostKeyAlias=appliance-192.0.2.9-2222" in proxy
    assert proxy.endswith("-W %h:%p 192.0.2.9")
    assert known_hosts(HOST).splitlines() == [
        "appliance-10.0.0.5-22 ssh-ed25519 AAAA",
        "appliance-192.0.2.9-2222 ssh-ed25519 BBBB",
    ]


def test_a_host_that_does_not_answer_is_named() -> None:
    closed = Endpoint(address="127.0.0.1", port=1, host_key="ssh-ed25519 AAAA")
    with (
        connect(closed, attempts=1) as session,
        pytest.raises(SessionError, match=r"127\.0\.0\.1 cannot"),
    ):
        session.run("true", stdin="")


def test_host_keys_lie_in_memory_only_and_are_gone_with_the_session() -> None:
    with connect(BASTION) as session:
        option = next(word for word in session.command if word.startswith("UserKnownHostsFile="))
        path = Path(option.partition("=")[2])
        assert path.read_text() == known_hosts(BASTION)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "memfd:known_hosts" in str(path.readlink())
    assert not path.exists()


def test_an_endpoint_is_read_from_what_pulumi_makes_of_numbers() -> None:
    document = {
        "address": "10.0.0.5",
        "port": 22.0,
        "user": "admin",
        "hostKey": "k",
        "bastion": None,
    }
    assert Endpoint.read(document).port == 22
