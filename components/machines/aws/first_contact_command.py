"""First contact with a machine, as the program sees it: a local command and the document on its standard input.

Owns the document's shape. Does not own what happens with it: that is `first_contact`, another process.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pulumi
from pulumi_command import local

from components.machines.aws.host_keys import first, lasting
from components.machines.connection import Connection
from components.outputs import together

MODULE: Final = "components.machines.aws.first_contact"


def first_contact(
    name: str,
    connection: Connection,
    seed: pulumi.Output[str],
    instance: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> Connection:
    """The connection with the key that the machine keeps, known when `{name}-first-contact` has given it that key.

    `seed` is the secret that both keys of the machine follow from; `instance` tells a new machine from the one before.
    """
    made = local.Command(
        f"{name}-first-contact",
        create=shlex.join(["python", "-m", MODULE, "create"]),
        # Another address of the same machine: the key of its first minutes is not believed any more.
        update=shlex.join(["python", "-m", MODULE, "update"]),
        stdin=document(name, connection, seed),
        triggers=[instance],
        add_previous_output_in_env=False,
        logging=local.Logging.STDERR,
        opts=opts,
    )
    # It prints the public half, which is no secret, and nothing else.
    public = pulumi.Output.unsecret(made.stdout).apply(str.strip)
    return replace(connection, host_key=public)


def document(name: str, connection: Connection, seed: pulumi.Output[str]) -> pulumi.Output[str]:
    """What first contact must know. It is secret because the seed is: the lasting key's private half is in it."""
    return together(
        {"connection": connection.document(), "seed": pulumi.Output.secret(seed)},
        lambda known: told(name, known["connection"], known["seed"]),
    )


def told(name: str, connection: Mapping[str, object], seed: str) -> str:
    """The document. Equal values give equal text."""
    kept = lasting(seed)
    return json.dumps(
        {
            "name": name,
            "connection": connection,
            "first": first(seed).public,
            "lasting": kept.public,
            "private": kept.private,
        },
        sort_keys=True,
    )
