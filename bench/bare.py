"""A bare Pulumi project beside the appliance: as many resources of like size, without components that compute them.

Owns the project's files and the harmless stand-ins for commands and objects that must not be made twice. Does not own
the program that runs there (bare_program.py).
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bench.command import Place
from bench.recorded import COMMANDS, KUBERNETES, Resource

PROGRAM: Final = Path(__file__).parent / "bare_program.py"
STACK: Final = "bare"


def project(beside: Place, resources: Sequence[Resource]) -> Place:
    """A project with these resources and a new stack, in the environment of another one but with a state of its own."""
    directory = beside.directory.with_name(f"{beside.directory.name}-bare")
    shutil.rmtree(directory, ignore_errors=True)
    (directory / "state").mkdir(parents=True)
    (directory / "Pulumi.yaml").write_text("name: bare\nruntime: python\n")
    shutil.copyfile(PROGRAM, directory / "__main__.py")
    documents = [located(each, beside.directory).document() for each in resources]
    (directory / "resources.json").write_text(json.dumps(documents))
    own = {
        "PULUMI_BACKEND_URL": f"file://{directory / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "bare",
        "PULUMI_STACK": STACK,
        "PULUMI_OPTION_CONFIG_FILE": str(directory / "Pulumi.bare.yaml"),
    }
    dropped = {"PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_OPTION_CONFIG_FILE"}
    kept = {key: value for key, value in beside.environment.items() if key not in dropped}
    place = Place(directory=directory, environment={**kept, **own})
    place.pulumi("stack", "init", STACK)
    return place


def located(resource: Resource, directory: Path) -> Resource:
    """The same with the file that it copies named by its whole path."""
    source = resource.inputs.get("source")
    if not isinstance(source, Mapping):
        return resource
    path = str(directory / str(source.get("path", "")))
    return replace(resource, inputs={**resource.inputs, "source": {"path": path}})


def harmless(resource: Resource) -> Resource:
    """The same size on the same cluster, without effect: a command does nothing, an object has a name of its own."""
    if resource.type in COMMANDS:
        return replace(resource, inputs=idle(resource))
    if resource.type.startswith(KUBERNETES):
        return replace(resource, inputs=renamed(resource.inputs))
    return resource


def idle(resource: Resource) -> Mapping[str, Any]:
    """Inputs of a command that reads as much and prints as much, and does nothing."""
    inputs = dict(resource.inputs)
    if "create" in inputs:
        printed = len(resource.outputs.get("stdout") or "")
        reads = "cat >/dev/null" if "stdin" in inputs else "true"
        inputs["create"] = f"{reads}; head -c {printed} /dev/zero | tr '\\0' x # {inputs['create']}"
    if "delete" in inputs:
        inputs["delete"] = f"true # {inputs['delete']}"
    return inputs


def renamed(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object beside Weave's own; a DaemonSet of it runs on no node."""
    other: dict[str, Any] = json.loads(json.dumps(inputs).replace("weave", "bare0"))
    pods = other.get("spec", {}).get("template", {}).get("spec")
    if pods is not None:
        pods["nodeSelector"] = {"bare": "none"}
    return other
