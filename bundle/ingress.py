"""What the items of the ingress are made of: Contour.

Owns their names, versions and contents. Does not own what a stack makes of them (components/ingress).
"""

from collections.abc import Mapping

from bundle.programs import CONTOUR, CONTOUR_PATH
from bundle.recipe import Recipe, manifests

RECIPES: Mapping[str, Recipe] = {
    "manifest/contour:v1.33.8": manifests(
        CONTOUR,
        CONTOUR_PATH,
        "1.33.8",
        "examples/contour",
        (
            *("00-common.yaml", "01-crds.yaml", "02-job-certgen.yaml"),
            *("02-rbac.yaml", "02-role-contour.yaml"),
        ),
    ),
}
