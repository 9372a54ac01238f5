"""Power of a machine: on, and off as a loss of power is.

Owns the order of things at boot and after an end. Does not own what the machine is made of. Callers hold its lock.
"""

import os
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lab.hosts import network, process, state
from lab.hosts.addresses import Subnet
from lab.hosts.failure import LabError
from lab.hosts.names import HostId
from lab.hosts.power import SSH_PORT, answers, last_words
from lab.machines import qemu
from lab.machines.disk import Disk

BOOT = 120
"""Seconds until sshd must answer, with the processor's help; ten are usual."""

EMULATED = 10
"""How many times longer everything may take in software."""

END = 20


def on(machine: HostId, record: state.Record, size: qemu.Size) -> state.Record:
    """Boot the machine if it is off, and return when sshd answers."""
    kvm = qemu.accelerated()
    if not record.running():
        record = _boot(machine, record, size, kvm=kvm)
    _await_ssh(machine, record, BOOT if kvm else BOOT * EMULATED)
    return record


def _boot(machine: HostId, record: state.Record, size: qemu.Size, *, kvm: bool) -> state.Record:
    off(machine)
    with state.locked(machine.lab.lock, f"lab {machine.lab.name}"):
        network.ensure_switch(machine.lab, Subnet.parse(record.subnet))
        network.attach_tap(machine)
    supervisor = process.launch(
        qemu.command(machine, size, kvm=kvm),
        enter=(),
        log=machine.log,
        environment={},
        record=lambda started: state.save(machine, replace(record, supervisor=started)),
    )
    return replace(record, supervisor=supervisor)


def off(machine: HostId) -> None:
    """Take the power away: what runs from the machine's disk ends now, and its cable goes."""

    def ended() -> bool:
        for pid in (left := processes(machine)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not left

    if not process.until(ended, END):
        raise LabError(
            f"machine {machine} did not end within {END} s after SIGKILL; look at what process "
            f"{processes(machine)} waits for, then run again"
        )
    network.remove_link(machine.lab.namespace, machine.port)


def processes(machine: HostId) -> list[int]:
    """What runs from the machine's disk, whatever its record says."""
    mark = f"file={Disk(machine=machine).file},"
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (directory / "cmdline").read_text(errors="replace"):
                found.append(int(directory.name))
    return found


def _await_ssh(machine: HostId, record: state.Record, seconds: float) -> None:
    def answered_or_dead() -> bool:
        return answers(str(record.address)) or not record.running()

    if process.until(answered_or_dead, seconds) and record.running():
        return
    fault = f"does not answer on {record.address}:{SSH_PORT} after {seconds:.0f} s"
    if not record.running():
        fault = f"ended while it booted: {last_words(machine)}"
    raise LabError(
        f"machine {machine} {fault}; its console is in {machine.log}; delete it and create it again"
    )
