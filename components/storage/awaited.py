"""When a resource of Rook is what it should be: Pulumi waits for that, and not for its being accepted.

Owns the annotations. Does not own what each kind says in its status.
"""

import json
from typing import Final

import pulumi

# Not the generation that a status speaks of: Rook writes defaults into what it is given, and so raises the generation
# above the one that it then says it has seen.
_READY: Final = "jsonpath={.status.phase}=Ready"

LONG: Final = pulumi.CustomTimeouts(create="20m", update="20m", delete="10m")
"""A mon, a manager and the disks come one after the other; a slow host takes minutes for each."""


# Rook writes the whole resource back when it adds its finalizer, and so owns what we said too: without this the API
# server refuses every later change of a list, such as that of the nodes.
CHANGEABLE: Final = {"pulumi.com/patchForce": "true"}
"""The annotation of every resource of Rook, awaited or not."""


def awaited(*more: str) -> dict[str, str]:
    """The annotations: Rook has made the resource, and `more` (JSON paths) holds."""
    conditions = [_READY, *(f"jsonpath={each}" for each in more)]
    return {**CHANGEABLE, "pulumi.com/waitFor": json.dumps(conditions)}
