"""What OSDs lie on where each storage machine was made with a volume of its own.

Owns one step on each storage host, with the path that the machine says. Does not own the step itself (the node
script's `osd`), the volumes (components/machines/aws/volume.py), nor hosts whose devices are named by hand
(components/storage/disks.py).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.machines.machine import Machine
from components.storage.steps_command import osd_step


@dataclass(frozen=True, kw_only=True)
class VolumeDisksArgs:
    """The storage hosts, each with a `device`. `api_name` and `ca_certificate` tell a host whose cluster it is in."""

    machines: tuple[Machine, ...]
    api_name: str
    ca_certificate: pulumi.Output[str]


class VolumeDisks(pulumi.ComponentResource):
    """`{node}-osd` for each storage host."""

    devices: Mapping[str, pulumi.Output[list[str]]]
    """Host → the paths of its devices, known once they are there."""

    def __init__(
        self, name: str, args: VolumeDisksArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:VolumeDisks", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.devices = {
            machine.name: osd_step(machine, {}, told(args, machine), child).stdout.apply(paths)
            for machine in args.machines
        }
        self.register_outputs({})


def told(args: VolumeDisksArgs, machine: Machine) -> Mapping[str, pulumi.Input[str]]:
    """The parameters of one host's step. Raises ValueError for a machine that came without a volume."""
    if machine.device is None:
        raise ValueError(f"{machine.name} was made without a volume")
    return {
        "API_NAME": args.api_name,
        "CA_CERTIFICATE": pulumi.Output.unsecret(args.ca_certificate),
        "OSD_DEVICES": machine.device,
    }


def paths(printed: str) -> list[str]:
    """The JSON list that the step prints."""
    return [str(path) for path in json.loads(printed)]
