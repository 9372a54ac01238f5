"""`python -m review.program STACK`: the graph of a stack of this checkout as JSON, for the secrets on standard input.

Owns building the program's resources for a recorder. Does not own where the secrets come from: they are dummies, made
by the caller, so that two versions of the program are told the same. Reads no state and no encrypted value, starts no
plugin, and asks nobody.
"""

import gc
import json
import sys
from collections.abc import Mapping
from typing import Final

import pulumi

from bundle.manifests import ManifestError
from components.application.release import options_of
from review.graph import Graph, GraphError, dump
from review.recording import record
from review.stand_ins import stand_ins
from stacks.appliance import appliance
from stacks.config import Configuration, ConfigurationError
from stacks.ingress_certificate import public_half
from stacks.needs import tracked
from stacks.outputs import export
from stacks.secrets import Secrets

STORE_KEYS: Final = '{"accessKey": "dummy", "secretKey": "dummy"}'


def graph(configuration: Configuration, texts: Mapping[str, str]) -> Graph:
    """The graph of a configuration. Raises ConfigurationError; ManifestError where upstream's files are not there."""
    return record(
        lambda: export(appliance(configuration, _secrets(configuration, texts))),
        configuration.stack,
        stand_ins(configuration),
    )


def _secrets(configuration: Configuration, texts: Mapping[str, str]) -> Secrets:
    """The dummies; what a stack may have besides is there if its configuration asks for it."""
    made = {name: pulumi.Output.secret(text) for name, text in texts.items()}
    options = _secret_options(configuration)
    certificate = configuration.ingress.certificate.file is not None
    return Secrets(
        root=made["rootSecret"],
        ca_certificate=made["caCertificate"],
        ca_key=made["caKey"],
        ssh_private_key=made["sshPrivateKey"],
        ingress_key=made["caKey"] if certificate else None,
        ingress_public=public_half(configuration) if certificate else None,
        release_secrets=pulumi.Output.secret(json.dumps(dict.fromkeys(options, "dummy"))),
        release_names=options,
        snapshot_keys=pulumi.Output.secret(STORE_KEYS) if _outside(configuration) else None,
    )


def _outside(configuration: Configuration) -> bool:
    """Whether snapshots lie in a store whose keys are the user's."""
    repository = configuration.snapshots.repository
    return repository is not None and repository.s3 is not None


def _secret_options(configuration: Configuration) -> frozenset[str]:
    """The options of the release that are passwords, and have no value that anybody may read."""
    group = configuration.release
    if group.file is None or not group.file.is_file():
        return frozenset()
    passwords = options_of("password", group.file.read_text(encoding="utf-8"), str(group.file))
    return passwords - group.values.keys()


def main(arguments: list[str]) -> int:
    """Print the graph; 1 with a sentence if there is none."""
    # As the program does for the engine, for the reason that stands there.
    gc.disable()
    (stack,) = arguments
    try:
        print(dump(graph(tracked(stack), json.load(sys.stdin))))
    except (ConfigurationError, GraphError, ManifestError) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
