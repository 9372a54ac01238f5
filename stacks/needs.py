"""What a stack needs from the bundle: only that is built, pushed and checked.

Owns adding up what the chosen components declare. Does not own what those items are: components name them, recipes in
`bundle/` make them. `python -m stacks.needs STACK` prints the names as JSON.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import yaml

from bundle.lock import Lock
from components.cluster import images as cluster
from stacks import cloud, ingress, network, replicated, snapshots, storage
from stacks.config import Configuration, ConfigurationError, beside, decode, load

PREFIX = "appliance:"

MANIFESTS: Final[tuple[Callable[[Configuration], Iterable[str]], ...]] = (
    storage.manifests,
    ingress.upstream_manifests,
)
"""One function for each layer that reads upstream manifests: the names of those that it reads."""


def needs(configuration: Configuration) -> tuple[str, ...]:
    """The names of all bundle items of a stack, sorted. Raises ConfigurationError for a faulty network manifest."""
    layers = (network, cloud, storage, ingress, replicated, snapshots)
    chosen = (name for layer in layers for name in layer.images(configuration))
    return tuple(sorted({*of_cluster(configuration), *chosen, *manifests(configuration)}))


def manifests(configuration: Configuration) -> tuple[str, ...]:
    """The upstream manifests that the program reads for the stack, sorted: with a bundle and without one."""
    return tuple(sorted({name for layer in MANIFESTS for name in layer(configuration)}))


def of_cluster(configuration: Configuration) -> tuple[str, ...]:
    """The items of Kubernetes itself."""
    version = configuration.kubernetes.version
    return (*cluster.host_artifacts(version), *cluster.images(version))


def images(configuration: Configuration) -> tuple[str, ...]:
    """Those of the items that are images."""
    artifacts = {
        *cluster.host_artifacts(configuration.kubernetes.version),
        *manifests(configuration),
    }
    return tuple(name for name in needs(configuration) if name not in artifacts)


def upstreams(configuration: Configuration) -> tuple[str, ...]:
    """The host names before the images' first slash: what nodes ask the host registry for instead."""
    return tuple(sorted({name.partition("/")[0] for name in images(configuration)}))


def content(configuration: Configuration, lock: Lock) -> str:
    """One digest over everything that the stack's registries must hold."""
    return lock.content(needs(configuration))


def tracked(stack: str) -> Configuration:
    """The configuration of a stack's file in the working directory. Raises ConfigurationError."""
    file = f"Pulumi.{stack}.yaml"
    if not Path(file).is_file():
        known = ", ".join(sorted(path.name[7:-5] for path in Path().glob("Pulumi.*.yaml")))
        raise ConfigurationError(f"{file}: there is no such file; the stacks here are {known}")
    document = yaml.safe_load(Path(file).read_text()) or {}
    values = {
        # Pulumi writes a truth value back as text when it saves the file.
        key.removeprefix(PREFIX): decode(value)
        for key, value in (document.get("config") or {}).items()
        if key.startswith(PREFIX) and not (isinstance(value, dict) and set(value) == {"secure"})
    }
    return load(values, stack=stack, file=file, beside=beside)


if __name__ == "__main__":
    try:
        print(json.dumps(needs(tracked(sys.argv[1]))))
    except ConfigurationError as fault:
        sys.exit(str(fault))
