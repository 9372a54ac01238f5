"""The QEMU command that is a machine.

Owns its arguments and the choice of accelerator. Does not own when it is started or ended.
"""

import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lab.hosts.names import HostId
from lab.machines.disk import Disk

PROGRAM = "qemu-system-x86_64"
KVM = Path("/dev/kvm")
EXTENSIONS = frozenset({"vmx", "svm"})


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a machine has: virtual processors, memory in MiB, disk in GiB."""

    cpus: int = 1
    memory: int = 2048
    disk: int = 12

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def cpu_flags() -> frozenset[str]:
    """What this machine's processor says of itself."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return frozenset(next((line for line in lines if line.startswith("flags")), "").split())


def accelerated(flags: Callable[[], frozenset[str]] = cpu_flags, device: Path = KVM) -> bool:
    """Whether machines run on the processor itself: KVM can be opened and has the processor's help.

    The device alone says little: there are kernels that offer it without that help, for guests made for them only, and
    any other guest hangs there.
    """
    if not EXTENSIONS & flags():
        return False
    with suppress(OSError):
        os.close(os.open(device, os.O_RDWR | os.O_CLOEXEC))
        return True
    return False


def command(machine: HostId, size: Size, *, kvm: bool) -> list[str]:
    """Runs the machine in the foreground; ends when it is powered off. Its console goes to standard output."""
    disk = Disk(machine=machine)
    return [
        *("ip", "netns", "exec", machine.lab.namespace),
        PROGRAM,
        *("-name", str(machine), "-nodefaults", "-no-user-config", "-display", "none"),
        *("-uuid", str(uuid.uuid5(uuid.NAMESPACE_OID, machine.token))),
        *("-machine", f"q35,accel={'kvm' if kvm else 'tcg'}", "-cpu", "host" if kvm else "max"),
        *("-smp", str(size.cpus), "-m", str(size.memory), "-serial", "stdio"),
        *("-kernel", str(disk.kernel), "-initrd", str(disk.initrd)),
        *("-append", "root=/dev/vda ro console=ttyS0"),
        # A disk that dies with its machine's record need not survive a loss of this machine's power.
        *("-drive", f"file={disk.file},format=raw,if=none,id=root,cache=unsafe,discard=unmap"),
        *("-device", "virtio-blk-pci,drive=root", "-device", "virtio-rng-pci"),
        *("-netdev", f"tap,id=lan,ifname={machine.port},script=no,downscript=no"),
        *("-device", f"virtio-net-pci,netdev=lan,mac={machine.mac}"),
    ]
