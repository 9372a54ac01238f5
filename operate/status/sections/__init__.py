"""The sections of the screen, from the ground up. A new layer adds a file here and its line below."""

from typing import Final

from operate.status.section import Section
from operate.status.sections import (
    application,
    ceph,
    certificates,
    control_plane,
    hosts,
    ingress,
    network,
    nodes,
    registry,
    replicated,
    snapshots,
    state,
    storage,
    workloads,
)

SECTIONS: Final[tuple[Section, ...]] = (
    state.SECTION,
    hosts.SECTION,
    registry.SECTION,
    control_plane.SECTION,
    nodes.SECTION,
    network.SECTION,
    storage.SECTION,
    ceph.SECTION,
    ingress.SECTION,
    replicated.SECTION,
    application.SECTION,
    snapshots.SECTION,
    workloads.SECTION,
    certificates.SECTION,
)
