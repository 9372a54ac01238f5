"""When a resource of Rook is what it should be: Pulumi waits for that, and not for its being accepted.

Owns the annotation. Does not own what each kind says in its status.
"""

import json
from typing import Final

import pulumi

# Not the generation that a status speaks of: Rook writes defaults into what it is given, and so raises the generation
# above the one that it then says it has seen.
_READY: Final = "jsonpath={.status.phase}=Ready"

LONG: Final = pulumi.CustomTimeouts(create="20m", update="20m", delete="10m")
"""A mon, a manager and the disks come one after the other; a slow host takes minutes for each."""


def awaited(*more: str) -> dict[str, str]:
    """The annotation: Rook has made the resource, and `more` (JSON paths) holds."""
    conditions = [_READY, *(f"jsonpath={each}" for each in more)]
    return {"pulumi.com/waitFor": json.dumps(conditions)}
