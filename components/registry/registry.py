"""The host registry: the bundle's bytes on a control plane, served read-only over TLS.

Owns pushing the bundle to a host and the service there. Does not own what is in the bundle (bundle/), nor how nodes
use it (components/cluster/prepare.py).
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_command import local, remote

from components.certificates import Leaf, issue
from components.machines.machine import Machine
from components.machines.node_script import parameters

PORT = 5000
CONTENT = "APPLIANCE_CONTENT"
"""The digest over what is pushed, for Pulumi alone: another one runs the push again. A trigger would replace it."""


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """Where the registry runs and what it serves.

    `content` is the digest over everything it must hold: a new one moves the missing blobs, an old one moves nothing.
    `seed` (hex) is what the server's key is derived from. `api_name` is the cluster's, which the host must be in.
    """

    machine: Machine
    content: str
    api_name: str
    ca_certificate: pulumi.Output[str]
    ca_key: pulumi.Output[str]
    seed: pulumi.Output[str]
    lock: str = ""
    """The path of a lock of the user's own, if the bundle is held against that."""


class Registry(pulumi.ComponentResource):
    """A registry on a host: `{node}-bundle` (the push), then `{node}-registry` (the service)."""

    endpoint: pulumi.Output[str]
    """HOST:PORT, known when the service answers."""

    def __init__(
        self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:registry:Registry", name, None, opts)
        machine = args.machine
        push = local.Command(
            f"{machine.name}-bundle",
            # The script's path is not in the command, but where it is, the host answers.
            create=pulumi.Output.all(machine.connection.document(), machine.script.path).apply(
                lambda known: push_command(known[0], args.lock)
            ),
            environment={CONTENT: args.content},
            add_previous_output_in_env=False,
            logging=local.Logging.STDERR,
            opts=pulumi.ResourceOptions(parent=self),
        )
        leaf = pulumi.Output.all(
            args.ca_certificate, args.ca_key, args.seed, machine.address
        ).apply(lambda known: server_certificate(*map(str, known)))
        service = remote.Command(
            f"{machine.name}-registry",
            connection=machine.connection.arguments(),
            create=machine.script.command("registry"),
            stdin=parameters(
                {
                    "NODE_NAME": machine.name,
                    "NODE_ADDRESS": machine.address,
                    "API_NAME": args.api_name,
                    "REGISTRY_CERTIFICATE": leaf.apply(lambda pair: pair.certificate_pem),
                    "REGISTRY_KEY": leaf.apply(lambda pair: pair.key_pem),
                    "CA_CERTIFICATE": args.ca_certificate,
                }
            ),
            add_previous_output_in_env=False,
            logging=remote.Logging.STDERR,
            # The service's program comes with the push; without it there is nothing to start.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[push]),
        )
        self.endpoint = pulumi.Output.all(machine.address, service.id).apply(
            lambda known: f"{known[0]}:{PORT}"
        )
        self.register_outputs({"endpoint": self.endpoint})


def push_command(connection: Mapping[str, Any], lock: str) -> str:
    """The push's command line. The bundle's directory is this machine's business, so it is an environment variable."""
    words = ["python", "-m", "bundle.push", *host_words(connection)]
    words += ["--lock", lock] if lock else []
    return shlex.join(words) + ' --bundle "$APPLIANCE_BUNDLE"'


def host_words(connection: Mapping[str, Any]) -> list[str]:
    """A host and the way there as options of a push."""
    words = ["--host", connection["address"], *way(connection)]
    if bastion := connection["bastion"]:
        words += ["--bastion", bastion["address"], *way(bastion, "bastion-")]
    return words


def way(connection: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Port, user and host key of an SSH server as options."""
    return [
        *(f"--{prefix}port", str(int(connection["port"]))),
        *(f"--{prefix}user", connection["user"]),
        *(f"--{prefix}host-key", connection["hostKey"]),
    ]


def server_certificate(ca_certificate: str, ca_key: str, seed: str, address: str) -> Leaf:
    """The registry's certificate for one address; equal inputs give equal bytes, so a second `up` changes nothing."""
    return issue(
        authority_certificate_pem=ca_certificate,
        authority_key_pem=ca_key,
        seed=bytes.fromhex(seed),
        common_name="appliance-registry",
        dns_names=(),
        ip_addresses=(address, "127.0.0.1"),
        server=True,
    )
