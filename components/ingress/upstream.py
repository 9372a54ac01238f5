"""What Contour's maker publishes and we apply as it is: definitions of its custom resources, and its rights.

Owns the choice of objects out of the files, and moving them into our namespace. Does not own how the files come here
(`bundle/manifests.py`), nor the pods (contour.py).
"""

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from components.manifest.body import groups_at
from components.manifest.objects import KubernetesObject, read

MANIFEST: Final = "manifest/contour:v1.33.8"
FILES: Final = ("01-crds.yaml", "02-rbac.yaml", "02-role-contour.yaml")
# Where the files put everything.
_THEIRS: Final = "projectcontour"
# Only Contour's Gateway provisioner reads these, which is no part of the appliance.
_LEFT_OUT: Final = frozenset({"contourdeployments.projectcontour.io"})


def objects(texts: Mapping[str, str], namespace: str) -> tuple[KubernetesObject, ...]:
    """The objects of the files `FILES` out of `texts` (name → text), in the namespace.

    Raises KeyError if a file is not there, ValueError with all that is wrong if one is no manifest.
    """
    found: list[KubernetesObject] = []
    for name in FILES:
        reading = read(texts[name], f"{MANIFEST}/{name}", namespace)
        if reading.faults:
            raise ValueError("\n".join(map(str, reading.faults)))
        found += [moved(one, namespace) for one in reading.objects if one.name not in _LEFT_OUT]
    return tuple(found)


def moved(one: KubernetesObject, namespace: str) -> KubernetesObject:
    """The object with our namespace instead of theirs, also where a binding names its subjects."""
    body = copy.deepcopy(one.body)
    for holder in (body["metadata"], *groups_at(body, "subjects")):
        if holder.get("namespace") == _THEIRS:
            holder["namespace"] = namespace
    return replace(one, body=body)
