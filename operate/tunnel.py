"""The way to a cluster behind a bastion, for kubectl and Pulumi's Kubernetes provider: a SOCKS proxy on this machine.

Owns the proxy's life: it ends with the command that opened it. Does not own who uses it: the kubeconfig names its port.
SSH connections go through the bastion by themselves.
"""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from components.machines.session import Endpoint, connect
from operate.agent import logged_in
from operate.failure import OperateError
from operate.workplace import Workplace
from stacks.config.hosts import Bastion

OPENS_WITHIN: Final = 30
POLL: Final = 0.1
LOOPBACK: Final = "127.0.0.1"


@contextmanager
def reaching(place: Workplace) -> Iterator[Workplace]:
    """The same, logged in and with the cluster within reach. Raises OperateError if the bastion cannot be passed."""
    bastion = place.configuration.hosts.bastion
    with logged_in(place) as ready:
        # Another command on the same stack, such as an open shell, may have the proxy; the API server proves itself.
        if bastion is None or listens(bastion.tunnel_port):
            yield ready
            return
        with tunnel(bastion, ready.engine.environment):
            yield ready


@contextmanager
def tunnel(bastion: Bastion, environment: Mapping[str, str]) -> Iterator[None]:
    """A SOCKS proxy through the bastion on its `tunnel_port`."""
    endpoint = Endpoint(
        address=str(bastion.address),
        port=bastion.port,
        user=bastion.user,
        host_key=bastion.host_key,
    )
    with connect(endpoint, attempts=2) as session:
        forward = (
            "-o",
            "ExitOnForwardFailure=yes",
            "-N",
            "-D",
            f"{LOOPBACK}:{bastion.tunnel_port}",
        )
        with subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "--", *session.command, *forward, endpoint.address],
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                await_listening(bastion, process)
                yield
            finally:
                process.terminate()


def await_listening(bastion: Bastion, process: subprocess.Popen[bytes]) -> None:
    """Returns when the proxy is there. Raises OperateError if it does not come."""
    deadline = time.monotonic() + OPENS_WITHIN
    while not listens(bastion.tunnel_port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise OperateError(
                f"the bastion {bastion.user}@{bastion.address}:{bastion.port} cannot be passed; ssh's own words stand "
                "above: check its address, its host key and the SSH agent's keys"
            )
        time.sleep(POLL)


def listens(port: int) -> bool:
    """Whether something on this machine accepts connections on a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
