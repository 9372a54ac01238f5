"""Data that would lie on fewer nodes than before, because storage nodes left: refused unless it was asked for.

Owns the refusal. What was before is not in the configuration, and asking the cluster would make a preview need one: the
stack's own state has the settings that Ceph last got, and Pulumi shows them to a hook, in previews too. Does not own
the table of copies (`replication.py`), nor the settings (`ceph_settings.py`).
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.storage.ceph_settings import copies
from components.storage.replication import Replication

KEY = "storage.rook.replication"


class FewerCopiesError(Exception):
    """Fewer nodes than before would hold each piece of data; the message says how to ask for that."""


def guarded(name: str, replication: Replication) -> pulumi.ResourceOptions:
    """The options of the resource with the settings; `name` is the hook's. Who fixed the number asked for it."""
    if replication.fixed:
        return pulumi.ResourceOptions()
    hook = pulumi.ResourceHook(name, refuse, pulumi.ResourceHookOptions(on_dry_run=True))
    return pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(before_update=[hook]))


def refuse(change: pulumi.ResourceHookArgs) -> None:
    """Raises FewerCopiesError if the settings' new number of copies is below the old one."""
    before, after = (_copies(inputs) for inputs in (change.old_inputs, change.new_inputs))
    if after < before:
        raise FewerCopiesError(
            f"{KEY}: each piece of data lies on {before} storage nodes, and those that stay would hold it "
            f"{'once' if after == 1 else f'{after} times'}; keep {before} storage nodes, or, if fewer copies are "
            f"meant, say {KEY}: {after}"
        )


def _copies(inputs: Mapping[str, Any] | None) -> int:
    return copies((inputs or {}).get("data", {}).get("config", ""))
