from pathlib import Path

import pytest

from components.machines.session import Endpoint, SessionError, connect, ssh_options

BASTION = Endpoint(
    address="192.0.2.9", port=2222, user="jump", host_key="ssh-ed25519 BBBB", private_key="jump key"
)
HOST = Endpoint(
    address="10.0.0.5",
    port=22,
    user="admin",
    host_key="ssh-ed25519 AAAA",
    private_key="host key",
    bastion=BASTION,
)


def test_a_host_key_is_required_and_is_the_only_one_that_counts(tmp_path: Path) -> None:
    options = ssh_options(HOST, tmp_path, attempts=3)
    assert "StrictHostKeyChecking=yes" in options
    assert (tmp_path / "host.known").read_text() == "10.0.0.5 ssh-ed25519 AAAA\n"
    assert (tmp_path / "last.known").read_text() == "[192.0.2.9]:2222 ssh-ed25519 BBBB\n"


def test_no_key_stands_in_the_command_line_and_its_file_is_for_us_alone(tmp_path: Path) -> None:
    options = ssh_options(HOST, tmp_path, attempts=3)
    assert "host key" not in " ".join(options)
    assert "jump key" not in " ".join(options)
    assert {file.stat().st_mode & 0o777 for file in tmp_path.glob("*.key")} == {0o600}


def test_a_bastion_is_gone_through_with_its_own_key_and_host_key(tmp_path: Path) -> None:
    proxy = next(o for o in ssh_options(HOST, tmp_path, attempts=3) if o.startswith("ProxyCommand"))
    assert f"{tmp_path}/last.key" in proxy
    assert f"UserKnownHostsFile={tmp_path}/last.known" in proxy
    assert proxy.endswith("-W %h:%p 192.0.2.9")


def test_a_host_that_does_not_answer_is_named() -> None:
    closed = Endpoint(
        address="127.0.0.1", port=1, user="root", host_key="ssh-ed25519 AAAA", private_key="k"
    )
    with (
        connect(closed, attempts=1) as session,
        pytest.raises(SessionError, match=r"127\.0\.0\.1 cannot"),
    ):
        session.run("true", stdin="")


def test_keys_are_gone_when_the_session_is() -> None:
    with connect(BASTION) as session:
        key = Path(session.options[session.options.index("-i") + 1])
        assert key.exists()
    assert not key.exists()


def test_an_endpoint_is_read_from_what_pulumi_makes_of_numbers() -> None:
    document = {
        "address": "10.0.0.5",
        "port": 22.0,
        "user": "admin",
        "hostKey": "k",
        "privateKey": "p",
        "bastion": None,
    }
    assert Endpoint.read(document).port == 22
