"""The end of Ceph: what is deleted first, so that everything after it goes quickly and leaves clean disks.

Owns telling Rook, before anything of Ceph is deleted, that its data goes with it; without that, Rook keeps pools,
stores and the cluster as long as something is in them. Rook stops looking after a cluster that was told so: hence on
destroy, and never before. Until then it owns what Rook may do with OSDs as long as data lies once. That is said here
and not in the CephCluster: when storage grows it must hold until the pools have their copies, and those are made after
the cluster. Does not own waiting for clean disks (`ceph_cluster.py`).
"""

from dataclasses import dataclass

import pulumi

from components.storage.steps_command import control_planes_step


@dataclass(frozen=True, kw_only=True)
class CephEndArgs:
    """`control_planes` may be asked; `copies` are those of each piece of data; `after` is everything of Ceph."""

    control_planes: pulumi.Output[str]
    copies: int
    after: tuple[pulumi.Resource, ...]
    protect: bool = False


class CephEnd(pulumi.ComponentResource):
    """`{name}-discard`: made, it sees to it that Rook looks after the cluster; deleted, it gives the data up."""

    ready: pulumi.Resource

    def __init__(
        self, name: str, args: CephEndArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:CephEnd", name, None, opts)
        self.ready = control_planes_step(
            f"{name}-discard",
            ("keep", "discard"),
            args.control_planes,
            parameters={"CEPH_COPIES": str(args.copies)},
            # What is made last is deleted first.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[*args.after], protect=args.protect
            ),
        )
        self.register_outputs({})
