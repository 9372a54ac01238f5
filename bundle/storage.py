"""What the items of the storage are made of: Rook.

Owns their names, versions and contents. Does not own what a stack makes of them (components/storage).
"""

from collections.abc import Mapping

from bundle.programs import ROOK, ROOK_1_19, ROOK_PATH
from bundle.recipe import Recipe, manifests

RECIPES: Mapping[str, Recipe] = {
    "manifest/rook:v1.12.11": manifests(
        ROOK, ROOK_PATH, "1.12.11", "deploy/examples", ("crds.yaml", "common.yaml")
    ),
    # For Kubernetes 1.30 to 1.35 and Ceph 19.2 or 20.2, with the operator that runs the CSI drivers since 1.18.
    "manifest/rook:v1.19.4": manifests(
        ROOK_1_19,
        ROOK_PATH,
        "1.19.4",
        "deploy/examples",
        ("crds.yaml", "common.yaml", "csi-operator.yaml"),
    ),
}
