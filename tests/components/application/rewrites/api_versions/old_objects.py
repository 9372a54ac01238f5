"""One object of each kind that is converted, as releases wrote them, and what it is today."""

from tests.components.application.rewrites.api_versions.old import (
    access,
    definitions,
    extension_points,
    network,
    node_and_storage,
    scaling,
    workloads,
)

PAIRS = [
    pair
    for family in (
        *(workloads, network, access, scaling),
        *(definitions, extension_points, node_and_storage),
    )
    for pair in family.pairs()
]
