"""The application's images on their way into the registry in the daemon's pod.

Owns the command that moves what is missing, through one host of the cluster. Does not own which images these are
(image_needs.py), the bundle (bundle/application.py), nor the moving (bundle/deliver.py).
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_command import local

from components.machines.machine import Machine
from components.outputs import together
from components.registry.registry import CONTENT, host_words


@dataclass(frozen=True, kw_only=True)
class DeliveryArgs:
    """What is delivered where.

    `lock` is the path of the application's lock and `content` the digest over everything in it: a new one moves the
    missing blobs, an old one moves nothing. `registry` is HOST:PORT as `machine` reaches it, with a certificate from
    `authority` (PEM). All of it waits for `after`, the registry among it.
    """

    machine: Machine
    registry: str
    lock: str
    content: str
    authority: pulumi.Output[str]
    password: pulumi.Output[str]
    after: tuple[pulumi.Resource, ...] = ()


class Delivery(pulumi.ComponentResource):
    """`{name}-push`. What is deleted is only this: images stay where nodes may still ask for them."""

    ready: tuple[pulumi.Resource, ...]

    def __init__(
        self, name: str, args: DeliveryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:application:Delivery", name, None, opts)
        push = local.Command(
            f"{name}-push",
            create=args.machine.host.apply(
                lambda host: command(host.connection, args.registry, args.lock)
            ),
            stdin=together(
                {"authority": pulumi.Output.unsecret(args.authority), "password": args.password},
                lambda known: json.dumps(dict(known), sort_keys=True),
            ),
            environment={CONTENT: args.content},
            add_previous_output_in_env=False,
            logging=local.Logging.STDERR,
            # The registry is in a pod that these run.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
        )
        self.ready = (push,)
        self.register_outputs({})


def command(connection: Mapping[str, Any], registry: str, lock: str) -> str:
    """The command line; the bundle's directory is this machine's business, so it is an environment variable."""
    words = ["python", "-m", "bundle.deliver", *host_words(connection)]
    words += ["--registry", registry, "--lock", lock]
    return shlex.join(words) + ' --bundle "$APPLIANCE_APPLICATION_BUNDLE"'
