import os
import socket

import pytest

from operate.failure import OperateError
from operate.tunnel import listens, tunnel
from stacks.config.hosts import Bastion

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwYyLdgZFEyfTPXQogEYC+x9VSiQ641+QXhQig/C4Ma"


def bastion(port: int, tunnel_port: int) -> Bastion:
    values = {"address": "127.0.0.1", "port": port, "hostKey": HOST_KEY, "tunnelPort": tunnel_port}
    return Bastion.model_validate(values)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_bastion_that_cannot_be_passed_is_named_at_once(free_port: int) -> None:
    with (
        pytest.raises(OperateError, match=r"the bastion root@127\.0\.0\.1:1 cannot be passed"),
        tunnel(bastion(1, free_port), os.environ),
    ):
        pass
    assert not listens(free_port)


def test_a_port_is_open_only_while_somebody_listens(free_port: int) -> None:
    assert not listens(free_port)
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port))
        server.listen()
        assert listens(free_port)
