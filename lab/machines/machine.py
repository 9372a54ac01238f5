"""Making and deleting machines: the whole of each, in the order that can be interrupted anywhere.

Owns the steps and their order: the record is written first and removed last. Does not own any single step.
"""

import json
from dataclasses import replace
from pathlib import Path

from bundle import cache
from lab.hosts import admission, check, packages, rootfs, state
from lab.hosts.failure import LabError
from lab.hosts.host import Made, Say, close, silent, tidy
from lab.hosts.names import HostId, Lab
from lab.machines import disk, files, image, power
from lab.machines.qemu import PROGRAM, Size

NEEDED = {
    PROGRAM: "qemu-system-x86",
    "mkfs.ext4": "e2fsprogs",
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "ssh-keygen": "openssh-client",
    "setpriv": "util-linux",
}
"""Program → package of Debian 12."""

TUN = Path("/dev/net/tun")


def home() -> Path:
    """Where all machines are kept, apart from the labs of hosts: `machines` in the state directory."""
    return cache.state_dir() / "machines"


def create(
    machine: HostId,
    *,
    authorized_key: str,
    subnet: str | None = None,
    address: str | None = None,
    size: Size | None = None,
    say: Say = silent,
) -> Made:
    """Make the machine, finish one that was half made, or find it made; returns when sshd answers. LabError otherwise.

    Key and size are for life: one that is there keeps its own.
    """
    rootfs.refuse_key(authorized_key)
    if installed := packages.install(NEEDED):
        say(f"installed {', '.join(installed)}")
    require(machine.lab.home)
    request = admission.Request(subnet=subnet, address=address)
    try:
        with state.locked(machine.lock, f"machine {machine}"):
            return _create(machine, request, authorized_key, size or Size(), say)
    finally:
        tidy(machine.lab.home)


def require(place: Path) -> None:
    """LabError with the first thing that this machine lacks to run others."""
    for fact in (check.root(), check.capabilities(), check.links(), check.room(place)):
        if not fact.ok:
            raise LabError(f"no machine can run here: {fact.name} is {fact.seen}; {fact.cure}")
    if not TUN.exists():
        raise LabError(f"no machine can run here: {TUN} is missing; load the kernel's tun")


def _create(
    machine: HostId, request: admission.Request, authorized_key: str, size: Size, say: Say
) -> Made:
    if (before := state.load(machine)) and before.phase is state.Phase.DELETING:
        say(f"{machine}: finishing its deletion first")
        _delete(machine)
    record = admission.admit(machine, request)
    if record.phase is state.Phase.CREATING and not record.running():
        original = image.image(say)
        say(f"{machine}: writing its disk")
        power.off(machine)
        key = disk.make(machine, record, original, authorized_key, size.disk)
        state.write(_size(machine), json.dumps(size.document()))
        record = replace(record, host_key=key)
        state.save(machine, record)
    return _boot(machine, record, say)


def _boot(machine: HostId, record: state.Record, say: Say) -> Made:
    say(f"{machine}: booting")
    record = power.on(machine, record, Size(**json.loads(_size(machine).read_text())))
    if record.phase is not state.Phase.READY:
        record = replace(record, phase=state.Phase.READY)
        state.save(machine, record)
    say(f"{machine}: sshd answers on {record.address}")
    return Made(
        host=machine, address=str(record.address), host_key=record.host_key, user=files.USER
    )


def _size(machine: HostId) -> Path:
    return machine.directory / "size.json"


def start(machine: HostId, *, say: Say = silent) -> Made:
    """Boot a machine that is off; nothing to do for one that runs."""
    with state.locked(machine.lock, f"machine {machine}"):
        return _boot(machine, _whole(machine), say)


def power_off(machine: HostId, *, say: Say = silent) -> None:
    """Take the machine's power away, as if its plug were pulled."""
    with state.locked(machine.lock, f"machine {machine}"):
        record = _whole(machine)
        say(f"{machine}: power off")
        power.off(machine)
        state.save(machine, replace(record, supervisor=None))


def _whole(machine: HostId) -> state.Record:
    record = state.load(machine)
    if record is None or record.phase is not state.Phase.READY:
        raise LabError(f"there is no whole machine {machine}; create it first")
    return record


def delete(machine: HostId, *, say: Say = silent) -> None:
    """Remove all there is of a machine, whatever state it is in; the last one of a lab takes the switch with it."""
    with state.locked(machine.lock, f"machine {machine}"):
        say(f"{machine}: deleting")
        _delete(machine)
    tidy(machine.lab.home)


def delete_all(lab: Lab, *, say: Say = silent) -> None:
    """Remove every machine of a lab, and what is left of the lab without any."""
    for machine in state.hosts(lab):
        delete(machine, say=say)
    close(lab)
    tidy(lab.home)


def _delete(machine: HostId) -> None:
    power.off(machine)
    rootfs.remove(machine.directory)
    close(machine.lab)
