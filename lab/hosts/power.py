"""Power of a host: on, off as a loss of power is, and off by its own shutdown.

Owns the order of things at boot and after an end. Does not own what the host is made of. Callers hold the host's lock.
"""

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from lab.hosts import loops, network, nspawn, process, state
from lab.hosts.addresses import Subnet
from lab.hosts.cgroup import Hierarchies
from lab.hosts.failure import LabError
from lab.hosts.names import HostId

SSH_PORT = 22
BOOT = 90
"""Seconds until sshd must answer; half a second to five are usual."""

SHUTDOWN = 120
"""Seconds that a shutdown may take: systemd gives each unit 90."""


def on(host: HostId, record: state.Record) -> state.Record:
    """Boot the host if it is off, and return when sshd answers."""
    if not record.running():
        record = _boot(host, record)
    _await_ssh(host, record)
    return record


def _boot(host: HostId, record: state.Record) -> state.Record:
    # What the last run left: a kubelet that finds cgroups of dead pods looks at each for seconds, and a true boot
    # starts with empty packet filters, so with a new namespace.
    off(host)
    subnet = Subnet.parse(record.subnet)
    with state.locked(host.lab.lock, f"lab {host.lab.name}"):
        network.ensure_switch(host.lab, subnet)
        network.attach(host, record.address, subnet)
    hierarchies = Hierarchies.here()
    supervisor = process.launch(
        [*hierarchies.prefix(host.cgroup), *nspawn.command(host)],
        enter=hierarchies.prepare(host.cgroup),
        log=host.log,
        environment=nspawn.ENVIRONMENT,
        record=lambda started: state.save(host, replace(record, supervisor=started)),
    )
    return replace(record, supervisor=supervisor)


def off(host: HostId) -> None:
    """Take the power away: everything of the host that runs ends now, and what it held in the kernel goes."""
    hierarchies = Hierarchies.here()
    with suppress(LabError):
        # A launcher that has not entered its cgroups yet is found by its number alone.
        if (record := state.load(host)) and record.supervisor:
            record.supervisor.send(signal.SIGKILL)
    hierarchies.kill(host.cgroup, str(host))
    hierarchies.remove(host.cgroup, str(host))
    network.detach(host)
    loops.detach(host.root)
    nspawn.forget(host)


def shut_down(host: HostId, record: state.Record, say: Callable[[str], None]) -> None:
    """Let the host stop its services and end; one that does not loses its power."""
    supervisor = record.supervisor
    if supervisor is not None and supervisor.alive():
        supervisor.send(signal.SIGTERM)
        if not process.until(lambda: not supervisor.alive(), SHUTDOWN):
            say(f"{host} has not shut down within {SHUTDOWN} s; taking its power away")
    off(host)


def _await_ssh(host: HostId, record: state.Record) -> None:
    def answered_or_dead() -> bool:
        return answers(str(record.address)) or not record.running()

    if process.until(answered_or_dead, BOOT) and record.running():
        return
    fault = f"does not answer on {record.address}:{SSH_PORT} after {BOOT} s"
    if not record.running():
        fault = f"ended while it booted: {last_words(host)}"
    raise LabError(
        f"host {host} {fault}; its console is in {host.log}, its journal in {host.root}/var/log/journal; "
        "delete it and create it again"
    )


def answers(address: str) -> bool:
    """Whether an SSH server greets there."""
    with suppress(OSError), socket.create_connection((address, SSH_PORT), timeout=1) as connection:
        return connection.recv(4) == b"SSH-"
    return False


def last_words(host: HostId) -> str:
    """The last line that a host's console said."""
    lines = host.log.read_text(errors="replace").split("\n") if host.log.is_file() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
