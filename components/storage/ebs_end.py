"""The end of what controllers in the cluster made in the account: it goes while they are there to take it away.

Owns waiting for that before anything of the cluster is destroyed, and refusing by name what somebody still uses. Does
not own deleting it: what is left was made by hand, and a volume may hold data. Load balancers are waited for here too,
because this is the last moment at which both the driver and AWS's controller live, and every node.
"""

from dataclasses import dataclass

import pulumi

from components.storage.steps_command import control_planes_step


@dataclass(frozen=True, kw_only=True)
class EbsEndArgs:
    """`control_planes` may be asked; `after` is everything that must live until then."""

    control_planes: pulumi.Output[str]
    after: tuple[pulumi.Resource, ...]


class EbsEnd(pulumi.ComponentResource):
    """`{name}-returned`: made, it does nothing; deleted, it waits until the account has everything back."""

    ready: pulumi.Resource

    def __init__(
        self, name: str, args: EbsEndArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:EbsEnd", name, None, opts)
        self.ready = control_planes_step(
            f"{name}-returned",
            ("nothing", "returned"),
            args.control_planes,
            # What is made last is deleted first.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*args.after]),
        )
        self.register_outputs({})
