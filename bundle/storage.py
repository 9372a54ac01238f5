"""What the items of the storage are made of: Rook.

Owns their names, versions and contents. Does not own what a stack makes of them (components/storage).
"""

from collections.abc import Mapping

from bundle.programs import ROOK, ROOK_PATH
from bundle.recipe import Recipe, manifests

RECIPES: Mapping[str, Recipe] = {
    "manifest/rook:v1.12.11": manifests(
        ROOK, ROOK_PATH, "1.12.11", "deploy/examples", ("crds.yaml", "common.yaml")
    ),
}
