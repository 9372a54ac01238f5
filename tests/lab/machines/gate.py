"""Which tests boot virtual machines: where that takes seconds, or where it was asked for."""

import os

import pytest

from lab.machines import qemu

ASKED = "APPLIANCE_TEST_VM"

needs_machines = pytest.mark.skipif(
    not (qemu.accelerated() or os.environ.get(ASKED) == "1"),
    reason=f"needs virtual machines: KVM does not work here, and {ASKED}=1 (software emulation) is not set",
)
