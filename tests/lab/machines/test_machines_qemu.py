"""The command that is a machine, and the choice between processor and software."""

from pathlib import Path

import pytest

from lab.hosts.names import HostId, Lab
from lab.machines import qemu
from lab.machines.power import processes
from lab.machines.qemu import Size

MACHINE = HostId(lab=Lab(home=Path("/state/machines"), name="vm"), name="n1")


@pytest.mark.parametrize(
    ("flags", "there", "accelerated"),
    [({"svm"}, True, True), ({"vmx"}, True, True), ({"svm"}, False, False), ({"sse"}, True, False)],
)
def test_machines_run_on_the_processor_only_where_it_helps_and_kvm_can_be_opened(
    tmp_path: Path, flags: set[str], *, there: bool, accelerated: bool
) -> None:
    device = tmp_path / "kvm"
    if there:
        device.touch()
    assert qemu.accelerated(lambda: frozenset(flags), device) is accelerated


def test_this_machines_flags_are_read() -> None:
    assert {"fpu", "sse"} <= qemu.cpu_flags()


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


def test_a_machine_has_its_size_its_disk_and_one_cable_of_its_lab() -> None:
    command = qemu.command(MACHINE, Size(cpus=2, memory=3072), kvm=True)
    assert command[:4] == ["ip", "netns", "exec", MACHINE.lab.namespace]
    assert (option(command, "-smp"), option(command, "-m")) == ("2", "3072")
    assert option(command, "-machine").endswith("accel=kvm")
    assert option(command, "-netdev") == f"tap,id=lan,ifname={MACHINE.port},script=no,downscript=no"
    assert f"file={MACHINE.directory}/disk.img," in option(command, "-drive")
    assert option(qemu.command(MACHINE, Size(), kvm=False), "-machine").endswith("accel=tcg")


def test_two_machines_have_two_product_uuids() -> None:
    other = HostId(lab=MACHINE.lab, name="n2")
    uuids = {option(qemu.command(m, Size(), kvm=False), "-uuid") for m in (MACHINE, other)}
    assert len(uuids) == 2


def test_nothing_runs_from_the_disk_of_a_machine_that_is_off() -> None:
    assert processes(MACHINE) == []
