"""The bare program: resources from a file as literals, registered one after the other, and nothing else.

Runs as the `__main__.py` of a Pulumi project (bare.py writes it), never as part of this package.
"""

import json
import re
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_command import local, remote

COMMANDS: dict[str, Any] = {
    "command:local:Command": local.Command,
    "command:remote:Command": remote.Command,
    "command:remote:CopyToRemote": remote.CopyToRemote,
    "pulumi:providers:kubernetes": kubernetes.Provider,
}


def constructor(token: str) -> Any:  # noqa: ANN401 - a class of one of two packages
    """The class of a type token such as kubernetes:apps/v1:DaemonSet."""
    if token in COMMANDS:
        return COMMANDS[token]
    _, module, kind = token.split(":")
    group, version = module.split("/")
    return getattr(getattr(getattr(kubernetes, group.partition(".")[0]), version), kind)


def arguments(inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs under Python's names."""
    given = {re.sub("([A-Z])", r"_\1", key).lower(): value for key, value in inputs.items()}
    if "source" in given:
        given["source"] = pulumi.FileAsset(given["source"]["path"])
    for key in ("kind", "api_version", "version"):
        given.pop(key, None)
    return given


def main() -> None:
    """Register every resource of resources.json."""
    made: dict[str, Any] = {}
    for each in json.loads(Path("resources.json").read_text()):
        options = pulumi.ResourceOptions(
            parent=made.get(each["parent"]),
            depends_on=[made[urn] for urn in each["dependencies"]],
            provider=made.get(each["provider"]),
        )
        if each["custom"]:
            make = constructor(each["type"])
            made[each["urn"]] = make(each["name"], opts=options, **arguments(each["inputs"]))
        else:
            made[each["urn"]] = pulumi.ComponentResource(each["type"], each["name"], None, options)


main()
