"""The extra volume of a storage node.

Owns the volume, its attachment and the path of the device on the host. Does not own what writes to it: that is Ceph.
"""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws.ebs.volume import Volume
from pulumi_aws.ec2.instance import Instance
from pulumi_aws.ec2.volume_attachment import VolumeAttachment

from components.machines.aws.owner import Owner

SLOT: Final = "/dev/sdf"
"""The name that EC2 wants; hosts with NVMe do not use it."""


@dataclass(frozen=True, kw_only=True)
class VolumeArgs:
    """A volume of `gib` GiB in a zone, for the machine of a node. `kms_key` is an ARN; None: the account's own."""

    owner: Owner
    node: str
    zone: str
    gib: int
    kms_key: str | None
    protect: bool


def volume(args: VolumeArgs, machine: Instance, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """The device's path, of `{node}-volume` and `{node}-volume-attachment`; known once it is attached."""
    made = Volume(
        f"{args.node}-volume",
        availability_zone=args.zone,
        size=args.gib,
        type="gp3",
        encrypted=True,
        kms_key_id=args.kms_key,
        tags=args.owner.tagged(f"{args.node}-volume", node=args.node),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=args.protect)),
    )
    attached = VolumeAttachment(
        f"{args.node}-volume-attachment",
        device_name=SLOT,
        volume_id=made.id,
        instance_id=machine.id,
        # A disk under a living OSD is not pulled out.
        stop_instance_before_detaching=True,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True)),
    )
    return attached.volume_id.apply(device)


def device(volume_id: str) -> str:
    """The path of a volume on hosts with NVMe: by its identifier, whatever the order in which disks were found."""
    return f"/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_{volume_id.replace('-', '')}"
