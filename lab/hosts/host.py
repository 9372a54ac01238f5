"""Making, listing and deleting hosts: the whole of each, in the order that can be interrupted anywhere.

Owns the steps and their order: the record is written first and removed last. Does not own any single step.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lab.hosts import (
    admission,
    check,
    network,
    nspawn,
    packages,
    power,
    rootfs,
    state,
    template,
    watches,
)
from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A host that answers: where and how to log in. `host_key` is "type base64"."""

    host: HostId
    address: str
    host_key: str
    user: str = "root"

    def document(self) -> dict[str, Any]:
        """What `create` prints."""
        return {
            "name": self.host.name,
            "address": self.address,
            "port": power.SSH_PORT,
            "user": self.user,
            "hostKey": self.host_key,
            "lab": self.host.lab.name,
        }


def silent(_: str) -> None:
    """For callers who want no progress."""


def create(
    host: HostId,
    *,
    subnet: str | None = None,
    address: str | None = None,
    authorized_key: str | None = None,
    say: Say = silent,
) -> Made:
    """Make the host, finish one that was half made, or find it made; returns when sshd answers. LabError otherwise."""
    request = admission.Request(subnet=subnet, address=address)
    if authorized_key is not None:
        rootfs.refuse_key(authorized_key)
    if installed := packages.install():
        say(f"installed {', '.join(installed)}")
    before = state.load(host)
    if before is None or before.phase is not state.Phase.READY:
        # Room, for one, is asked of a new host only: one that is there is found also on a full disk.
        check.require(host.lab.home)
    try:
        with state.locked(host.lock, f"host {host}"):
            return _create(host, request, authorized_key, say)
    finally:
        tidy(host.lab.home)


def _create(host: HostId, request: admission.Request, authorized_key: str | None, say: Say) -> Made:
    if (before := state.load(host)) and before.phase is state.Phase.DELETING:
        say(f"{host}: finishing its deletion first")
        _delete(host)
    watches.allow()
    record = admission.admit(host, request)
    if record.phase is state.Phase.CREATING:
        record = _furnish(host, record, say)
    if authorized_key is not None:
        rootfs.authorize(host.root, authorized_key)
    if not record.running():
        say(f"{host}: booting")
    record = power.on(host, record)
    if record.phase is not state.Phase.READY:
        record = replace(record, phase=state.Phase.READY)
        state.save(host, record)
    say(f"{host}: sshd answers on {record.address}")
    return Made(host=host, address=str(record.address), host_key=record.host_key)


def _furnish(host: HostId, record: state.Record, say: Say) -> state.Record:
    """The root directory; a host that already runs has a whole one."""
    if record.running():
        return record
    original = template.root(say)
    say(f"{host}: copying the template")
    power.off(host)
    key = rootfs.make(host, record, original)
    record = replace(record, host_key=key)
    state.save(host, record)
    return record


def delete(host: HostId, *, say: Say = silent) -> None:
    """Remove all there is of a host, whatever state it is in; the last one of a lab takes the switch with it."""
    with state.locked(host.lock, f"host {host}"):
        say(f"{host}: deleting")
        _delete(host)
    tidy(host.lab.home)


def delete_all(lab: Lab, *, say: Say = silent) -> None:
    """Remove every host of a lab, and what is left of the lab without any."""
    for host in state.hosts(lab):
        delete(host, say=say)
    close(lab)
    tidy(lab.home)


def _delete(host: HostId) -> None:
    with suppress(LabError):  # a damaged record says nothing that is needed here
        if record := state.load(host):
            state.save(host, replace(record, phase=state.Phase.DELETING))
    power.off(host)
    for directory in (host.root, *host.directory.glob(rootfs.PARTS)):
        rootfs.remove(directory)
    nspawn.forget(host)
    rootfs.remove(host.directory)
    close(host.lab)


def close(lab: Lab) -> None:
    """Remove the lab itself if no host is left."""
    with state.locked(lab.lock, f"lab {lab.name}"):
        if state.hosts(lab):
            return
        network.remove_switch(lab)
        rootfs.remove(lab.directory)


def tidy(labs: Path) -> None:
    """Remove the directory of all labs if none is left."""
    with suppress(OSError):  # not empty, or never made
        labs.rmdir()


def start(host: HostId, *, say: Say = silent) -> Made:
    """Boot a host that is off; nothing to do for one that runs."""
    with state.locked(host.lock, f"host {host}"):
        record = _whole(host)
        say(f"{host}: booting")
        record = power.on(host, record)
    return Made(host=host, address=str(record.address), host_key=record.host_key)


def reboot(host: HostId, *, say: Say = silent) -> Made:
    """Shut the host down and boot it again; returns when sshd answers."""
    with state.locked(host.lock, f"host {host}"):
        record = _whole(host)
        say(f"{host}: shutting down")
        power.shut_down(host, record, say)
        say(f"{host}: booting")
        record = power.on(host, replace(record, supervisor=None))
    return Made(host=host, address=str(record.address), host_key=record.host_key)


def power_off(host: HostId, *, say: Say = silent) -> None:
    """Take the host's power away, as if its plug were pulled."""
    with state.locked(host.lock, f"host {host}"):
        record = _whole(host)
        say(f"{host}: power off")
        power.off(host)
        state.save(host, replace(record, supervisor=None))


def _whole(host: HostId) -> state.Record:
    record = state.load(host)
    if record is None:
        raise LabError(f"there is no host {host}; create it first")
    if record.phase is not state.Phase.READY:
        raise LabError(
            f"host {host} is half made or half deleted; run create or delete again, they go on where they were"
        )
    return record
