"""What cannot be made again is protected.

Owns the rule for claims, Ceph's pools and cluster, and the nodes with their etcd. Does not own the protection: each
component sets it from the configuration.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from review.change import DATA, Change
from review.graph import Resource
from review.policies.finding import Case, Finding

_MADE_AGAIN = (
    # An object of definitions goes with them only when Rook or Contour is taken out, which its own layer guards.
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
    # What it holds is in claims; the set itself is made again in a minute.
    "kubernetes:apps/v1:StatefulSet",
    # Those of the appliance's own layers hold custom resources, which are protected themselves.
    "kubernetes:core/v1:Namespace",
)

_WITHOUT_LOSS: Final[Mapping[str, str]] = {
    "machines-bastion-host": "nothing lies on it",
    "ceph-managers": "the managers' own records of the devices' health, which they make anew",
}
"""Resources of such a type, by name, whose loss nobody misses, and why."""


def protection(case: Case) -> Iterator[Finding]:
    """Every resource that holds data and may be deleted like any other; one line where protection is off altogether."""
    if not case.configuration.protection:
        yield Finding(
            urn="",
            what="nodes and data may be deleted: protection is off",
            cure="set protection: true, or leave it out",
        )
        return
    for each in case.graph:
        if _holds(each) and not (each.protected or each.retained):
            yield Finding(
                urn=each.urn,
                what="holds data and is not protected",
                cure="let the component set protect from the configuration",
            )


def _holds(resource: Resource) -> bool:
    if resource.type in _MADE_AGAIN or resource.name in _WITHOUT_LOSS or not resource.custom:
        return False
    change = Change(operation="delete", urn=resource.urn, layer="")
    return resource.type in DATA or change.holds_data
