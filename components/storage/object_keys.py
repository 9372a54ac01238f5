"""The keys of the object store's user, which Rook makes: asked for, so that others can be told.

Owns asking a control plane for them, once: the state knows them from then on, and a preview needs no cluster. Does not
own the Secret that they are in: Rook does.
"""

import base64
from collections.abc import Mapping
from typing import Final, TypeVar

import pulumi

from components.storage.object_store import SECRET
from components.storage.steps_command import control_planes_step

Asker = TypeVar("Asker")
KEYS: Final = ("AccessKey", "SecretKey")
"""What the Secret calls them, in the order in which the control plane prints them."""


def object_keys(
    name: str,
    wanted: Mapping[Asker, str],
    control_planes: pulumi.Output[str],
    ready: tuple[pulumi.Resource, ...],
    opts: pulumi.ResourceOptions,
) -> dict[Asker, pulumi.Output[str]]:
    """What is `wanted` of the keys, secret, each under whoever wants it; nobody is asked where nothing is.

    They are asked for by `name` after `ready`, which are made when the user is.
    """
    if not wanted:
        return {}
    asked = control_planes_step(
        name,
        ("object_keys", "nothing"),
        control_planes,
        parameters={"OBJECT_SECRET": SECRET},
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                # Rook makes the Secret with the user.
                depends_on=list(ready),
                additional_secret_outputs=["stdout"],
            ),
        ),
    )
    found: pulumi.Output[Mapping[str, str]] = pulumi.Output.secret(asked.stdout.apply(_decoded))
    return {asker: found[key] for asker, key in wanted.items()}


def _decoded(printed: str) -> Mapping[str, str]:
    words = (base64.b64decode(word).decode() for word in printed.split())
    return dict(zip(KEYS, words, strict=True))
