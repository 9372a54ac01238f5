"""The node script on a host: `appliance-node.sh`, copied once, under a name that holds its digest.

Owns where the script lies on the host and how a command calls it. Does not own what the script does.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi_command import remote

from components.machines.connection import Connection
from components.machines.parameters import render
from components.outputs import together

# Relative to the program's directory: the path is part of the resource's inputs and must be the same in every checkout.
SOURCE = Path("components/machines/appliance-node.sh")
CURRENT = ".appliance/node.sh"
"""The version that last prepared the host: the script's `prepare` gives itself this name too."""


def script_digest(text: bytes) -> str:
    """The first twelve hexadecimal digits of the SHA-256: enough to tell versions of one file apart."""
    return hashlib.sha256(text).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class NodeScript:
    """A script that is on the host. `path` is known only once it is there, so using it is depending on it."""

    path: pulumi.Output[str]

    def command(self, verb: str) -> pulumi.Output[str]:
        """The one-line command for one of the script's verbs; works for root and for passwordless sudo."""
        return self.path.apply(lambda path: command_line(path, verb))


def current_command(verb: str) -> str:
    """The command for what only tells, and need not be told anew by each version of the script.

    It does not change with the version, so that in a preview all that follows from its output is known.
    """
    return command_line(CURRENT, verb)


def command_line(path: str, verb: str) -> str:
    """`sudo` is not there on every minimal host, and root does not need it."""
    return f'if [ "$(id -u)" = 0 ]; then bash {path} {verb}; else sudo -n bash {path} {verb}; fi'


def install(name: str, connection: Connection, opts: pulumi.ResourceOptions) -> NodeScript:
    """Copies the script to the host as `{name}-script`. A changed script is another file, never a half-written one."""
    digest = script_digest((Path(__file__).parent / SOURCE.name).read_bytes())
    copy = remote.CopyToRemote(
        f"{name}-script",
        connection=connection.arguments(),
        source=pulumi.FileAsset(str(SOURCE)),
        # Relative: the home directory of whoever logs in, where no other user can put a file in its place.
        remote_path=f".appliance/node-{digest}.sh",
        opts=opts,
    )
    return NodeScript(path=copy.remote_path)


def parameters(values: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """The standard input of a call: one KEY='value' line for each parameter."""
    return together(values, render)
