"""Whose things in an account are whose: tags and names of everything that a stack makes there.

Owns the tags' keys and how long names are cut. Does not own looking for them (operate/cloud).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi

CLUSTER: Final = "appliance-cluster"
"""The cluster's name."""
AUTHORITY: Final = "appliance-authority"
"""The fingerprint of the stack's CA: tells two stacks of one name apart."""
NODE: Final = "appliance-node"
"""The node's name, on what is a node's own."""

CONTROLLED: Final = "kubernetes.io/cluster/"
"""And the cluster's name: by this key the cloud's controllers in the cluster know what is theirs."""

_DIGITS: Final = 6


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A stack in an account. `authority` is the fingerprint of its CA; `tags` are the configuration's own.

    `controllers` says whether controllers in the cluster make things in the account too.
    """

    cluster: str
    authority: pulumi.Input[str]
    tags: Mapping[str, str] = field(default_factory=dict)
    controllers: bool = False

    def tagged(self, what: str, *, node: str | None = None) -> Mapping[str, pulumi.Input[str]]:
        """The tags of one thing, called `what` in the account's console after the cluster's name."""
        return {
            **self.tags,
            "Name": f"{self.cluster}-{what}",
            CLUSTER: self.cluster,
            AUTHORITY: self.authority,
            **({NODE: node} if node else {}),
        }

    def shared(
        self, what: str, *, node: str | None = None, role: str = ""
    ) -> Mapping[str, pulumi.Input[str]]:
        """The tags of what those controllers look for: a machine, the nodes' group, a subnet with its `role`."""
        if not self.controllers:
            return self.tagged(what, node=node)
        return {
            **self.tagged(what, node=node),
            f"{CONTROLLED}{self.cluster}": "owned",
            **({f"kubernetes.io/role/{role}": "1"} if role else {}),
        }

    def named(self, what: str, limit: int) -> str:
        """A name of at most `limit` characters; one that is cut carries a digest, so that no two become one."""
        whole = f"{self.cluster}-{what}"
        if len(whole) <= limit:
            return whole
        digest = hashlib.sha256(whole.encode()).hexdigest()[:_DIGITS]
        kept = self.cluster[: limit - len(what) - _DIGITS - 2].rstrip("-")
        return f"{kept}-{digest}-{what}"
