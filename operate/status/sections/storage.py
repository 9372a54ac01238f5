"""Volumes that are directories of nodes: whether their provisioner runs, and how many there are.

Owns what the objects say of it. Does not own Ceph (ceph.py).
"""

from collections.abc import Iterator
from typing import Final

from components.storage import host_path
from operate.status.facts import Facts
from operate.status.section import Line, Section, bad, ok
from operate.status.strength import deployment

COMPONENT: Final = "appliance:storage:HostPath"
SUBJECT: Final = "hostpath"
PROVISIONED_BY: Final = "pv.kubernetes.io/provisioned-by"
"""The annotation by which a volume says who made it."""


def judge(facts: Facts) -> Iterator[Line]:
    """One line where the stack has host paths."""
    if COMPONENT not in facts.state.components:
        return
    found = deployment(facts, host_path.NAMESPACE, host_path.NAME)
    count = len(list(_volumes(facts)))
    volumes = f"{count} volume{'' if count == 1 else 's'} on nodes"
    if found.full:
        yield ok(SUBJECT, f"the provisioner runs; {volumes}")
    else:
        yield bad(SUBJECT, f"no new volumes: {found.text}; {volumes}", *found.why)


def _volumes(facts: Facts) -> Iterator[str]:
    for volume in facts.of("PersistentVolume"):
        made_by = (volume["metadata"].get("annotations") or {}).get(PROVISIONED_BY)
        if made_by == host_path.PROVISIONER:
            yield volume["metadata"]["name"]


SECTION: Final = Section(
    title="storage",
    judge=judge,
    kinds=("deployments", "replicasets", "pods", "nodes", "persistentvolumes"),
    needs_api=True,
)
