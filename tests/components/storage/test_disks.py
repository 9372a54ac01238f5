import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.machines.connection import Connection
from components.machines.machine import Machine, Profile
from components.machines.node_script import NodeScript
from components.storage.disks import Disks, DisksArgs
from tests.conftest import Engine


def machine(name: str, profile: Profile = Profile.LAB, *, protect: bool = False) -> Machine:
    return Machine(
        name=name,
        roles=frozenset({"worker", "storage"}),
        address=pulumi.Output.from_input("192.0.2.1"),
        connection=Connection(address="192.0.2.1", host_key="ssh-ed25519 AAAA"),
        script=NodeScript(path=pulumi.Output.from_input("node.sh")),
        profile=profile,
        protect=protect,
    )


async def told(engine: Engine, args: DisksArgs) -> dict[str, Any]:
    """The parameters of the first host's step."""
    engine.outputs |= {f"{each.name}-osd": {"stdout": '["/dev/x"]'} for each in args.machines}
    made = Disks("disks", args)
    for devices in made.devices.values():
        assert await devices.future() == ["/dev/x"]
    name = f"{args.machines[0].name}-osd"
    parameters: dict[str, Any] = json.loads(engine[name].inputs["stdin"])["node"]["parameters"]
    return parameters


def arguments(*machines: Machine, devices: Any = None) -> DisksArgs:
    return DisksArgs(
        machines=machines,
        devices=devices or {},
        file_mib="12288",
        api_name="api.test.internal",
        ca_certificate=pulumi.Output.secret("certificate"),
    )


@pulumi.runtime.test
async def test_a_host_without_devices_makes_a_file(engine: Engine) -> None:
    parameters = await told(engine, arguments(machine("n1")))
    assert parameters["OSD_FILE_MIB"] == "12288"
    assert "OSD_DEVICES" not in parameters


@pulumi.runtime.test
async def test_a_host_with_devices_makes_no_file(engine: Engine) -> None:
    given = {"n1": ["/dev/sdb", "/dev/sdc"]}
    parameters = await told(engine, arguments(machine("n1"), devices=given))
    assert parameters["OSD_DEVICES"] == "/dev/sdb /dev/sdc"
    assert "OSD_FILE_MIB" not in parameters


@pulumi.runtime.test
async def test_a_machine_that_came_with_a_volume_gives_that(engine: Engine) -> None:
    volume = pulumi.Output.from_input("/dev/disk/by-id/nvme-volume")
    made = replace(machine("n1", Profile.MACHINE), device=volume)
    parameters = await told(engine, arguments(made))
    assert parameters["OSD_DEVICES"] == "/dev/disk/by-id/nvme-volume"
    assert "OSD_FILE_MIB" not in parameters


@pytest.mark.parametrize(("profile", "shared"), [(Profile.LAB, "1"), (Profile.MACHINE, "0")])
@pulumi.runtime.test
async def test_a_host_knows_whose_it_is_and_whether_its_kernel_is_its_own(
    engine: Engine, profile: Profile, shared: str
) -> None:
    parameters = await told(engine, arguments(machine("n1", profile)))
    assert parameters["SHARED_KERNEL"] == shared
    assert parameters["API_NAME"] == "api.test.internal"
    assert parameters["CA_CERTIFICATE"] == "certificate"


@pulumi.runtime.test
async def test_a_step_cleans_up_and_is_protected_as_its_host_is(engine: Engine) -> None:
    await told(engine, arguments(machine("n1", protect=True), machine("n2")))
    assert engine["n1-osd"].inputs["create"].endswith("components.storage.steps osd")
    assert engine["n1-osd"].inputs["delete"].endswith("components.storage.steps osd_gone")
    assert engine["n1-osd"].request.protect
    assert not engine["n2-osd"].request.protect
    assert not engine["n1-osd"].is_secret("stdin")
