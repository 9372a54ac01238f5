"""The membership transaction as the program sees it: the command lines and the document on standard input.

Owns the document's shape. Does not own what happens with it: that is `membership`, another process.
"""

import json
import shlex
from collections.abc import Mapping

import pulumi

from components.machines.machine import Machine

MODULE = "components.cluster.membership"

Document = dict[str, object]


def joining() -> str:
    """The command that makes a node a member."""
    return shlex.join(["python", "-m", MODULE, "join"])


def leaving(verb: str = "leave") -> str:
    """The command that takes a member out ("leave"), or cleans a host of the cluster that it was ("reset")."""
    return shlex.join(["python", "-m", MODULE, verb])


def side(machine: Machine, parameters: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[Document]:
    """One host of the transaction."""
    return pulumi.Output.all(
        connection=machine.connection.document(),
        script=machine.script.path,
        parameters=pulumi.Output.all(**parameters),
    )


def text(sides: Mapping[str, pulumi.Output[Document]]) -> pulumi.Output[str]:
    """The whole document. Equal values give equal text, so an unchanged input is no change."""
    return pulumi.Output.all(**sides).apply(lambda known: json.dumps(known, sort_keys=True))
