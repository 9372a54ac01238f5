"""What OSDs lie on: a machine's own volume, empty devices, or a file of each host that is attached as one.

Owns one step on each storage host. Does not own the step itself (the node script's `osd`), nor the OSDs.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.machines.machine import Machine
from components.storage.steps_command import osd_step


@dataclass(frozen=True, kw_only=True)
class DisksArgs:
    """The storage hosts, and what each of them gives.

    A machine that was made with a device gives that. Of the others `devices` are paths by host; hosts without any make
    a file of `file_mib` MiB. `api_name` and `ca_certificate` tell a
    host whose cluster it is in.
    """

    machines: tuple[Machine, ...]
    devices: Mapping[str, Sequence[str]]
    file_mib: str
    api_name: str
    ca_certificate: pulumi.Output[str]


class Disks(pulumi.ComponentResource):
    """`{node}-osd` for each storage host."""

    devices: Mapping[str, pulumi.Output[list[str]]]
    """Host → the paths of its devices, known once they are there."""

    def __init__(
        self, name: str, args: DisksArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:Disks", name, None, opts)
        identity: Mapping[str, pulumi.Input[str]] = {
            "API_NAME": args.api_name,
            "CA_CERTIFICATE": pulumi.Output.unsecret(args.ca_certificate),
        }
        child = pulumi.ResourceOptions(parent=self)
        self.devices = {
            machine.name: osd_step(
                machine, {**identity, **disks(args, machine)}, child
            ).stdout.apply(paths)
            for machine in args.machines
        }
        self.register_outputs({})


def disks(args: DisksArgs, machine: Machine) -> Mapping[str, pulumi.Input[str]]:
    """The parameters of one host's step."""
    if machine.device is not None:
        return {"OSD_DEVICES": machine.device}
    devices = args.devices.get(machine.name, ())
    return {"OSD_DEVICES": " ".join(devices)} if devices else {"OSD_FILE_MIB": args.file_mib}


def paths(printed: str) -> list[str]:
    """The JSON list that the step prints."""
    return [str(path) for path in json.loads(printed)]
