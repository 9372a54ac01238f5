"""What the images of Replicated are made of here: stand-ins, since its own are closed.

Owns their names, versions and contents. Does not own the program in them (modules/replicated), nor what a stack makes
of them (components/replicated).
"""

from collections.abc import Mapping

from bundle.image import Command
from bundle.programs import REPLICATED, REPLICATED_VERSION
from bundle.recipe import Image, Program, Recipe, labels

ORIGIN = (
    "a stand-in for Replicated's closed image of this name: built from the appliance's own Go source; a registry of "
    "distribution 3.1.2, health of the other ports, and a page of the appliance; it installs no application"
)


def _stand_in(name: str, command: str) -> Image:
    """Both images hold the same program, in a layer that nodes pull once."""
    return Image(
        files={"usr/local/bin/replicated": Program(module=REPLICATED, binary="replicated")},
        command=Command(
            entrypoint=("/usr/local/bin/replicated", command),
            labels={
                **labels(REPLICATED_VERSION, ORIGIN),
                "dev.appliance.stand-in-for": f"replicated/{name}:{REPLICATED_VERSION}",
            },
        ),
        origin=ORIGIN,
    )


RECIPES: Mapping[str, Recipe] = {
    f"docker.io/replicated/{name}:{REPLICATED_VERSION}": _stand_in(name, command)
    for name, command in (("replicated", "daemon"), ("replicated-ui", "ui"))
}
