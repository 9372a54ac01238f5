"""A stack's own steps without Pulumi: what its state says was run, run again on new hosts by ssh and kubectl.

Owns turning recorded resources into steps. Does not own their order of running (steps.py). The very same command lines
and parameters are used; only the hosts' keys are new, since the hosts are.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.command import Place
from bench.recorded import KUBERNETES, Resource
from bench.steps import Step

NETWORK: Final = "network"
"""The step that stands for all objects of the network."""

SSH: Final = (
    *("ssh", "-F", "none", "-T", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR"),
    *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
)


@dataclass(frozen=True, kw_only=True)
class Replay:
    """The recorded resources, where they are run again, and what is learnt on the way."""

    place: Place
    resources: Sequence[Resource]
    keys: dict[str, str] = field(default_factory=dict)
    """Recorded host keys and those of the new hosts."""

    @property
    def kubeconfig(self) -> Path:
        """The new cluster's credentials."""
        return self.place.directory / "replay.kubeconfig"

    def steps(self) -> Mapping[str, Step]:
        """A step for each command, and one for the network's objects together."""
        objects = {each.urn for each in self.resources if is_object(each)}
        names = {each.urn: each.name for each in self.resources if runs(each)}
        names |= dict.fromkeys(objects, NETWORK)
        waits = waits_for(self.resources, names)
        made = {
            each.name: Step(run=lambda each=each: self.command(each), after=waits[each.name])  # type: ignore[misc]
            for each in self.resources
            if runs(each)
        }
        return {**made, NETWORK: Step(run=self.network, after=waits[NETWORK])}

    def command(self, resource: Resource) -> None:
        """Run or copy what a resource ran or copied."""
        inputs = json.loads(self.renewed(json.dumps(resource.inputs)))
        stdin = inputs.get("stdin", "")
        match resource.type:
            case "command:local:Command":
                printed = self.run("sh", "-c", inputs["create"], stdin=stdin)
            case "command:remote:CopyToRemote":
                path = inputs["remotePath"]
                text = (self.place.directory / inputs["source"]["path"]).read_text()
                into = f"mkdir -p {Path(path).parent} && cat >{path}"
                printed = self.ssh(inputs["connection"]["host"], into, text)
            case _:
                printed = self.ssh(inputs["connection"]["host"], inputs["create"], stdin)
        self.learn(resource, printed)

    def learn(self, resource: Resource, printed: str) -> None:
        """Keep what later steps need of what a step printed."""
        if resource.name.endswith("-host"):
            was = json.loads(resource.outputs["stdout"])["hostKey"]
            self.keys[was] = json.loads(printed)["hostKey"]
        if resource.name.endswith("-kubeconfig"):
            self.kubeconfig.touch(mode=0o600)
            self.kubeconfig.write_text(printed)

    def renewed(self, text: str) -> str:
        """A text with the new hosts' keys."""
        for was, new in self.keys.items():
            text = text.replace(was, new)
        return text

    def network(self) -> None:
        """The network's objects, all at once, until its pods run on every node."""
        self.kubectl("apply", "-f", "-", stdin=objects(self.resources))
        for each in self.resources:
            if each.type.endswith(":DaemonSet"):
                metadata = each.inputs["metadata"]
                name = f"daemonset/{metadata['name']}"
                self.kubectl("rollout", "status", "-n", metadata["namespace"], name)

    def kubectl(self, *words: str, stdin: str = "") -> str:
        """Run kubectl on the new cluster."""
        return self.run("kubectl", "--kubeconfig", str(self.kubeconfig), *words, stdin=stdin)

    def ssh(self, host: str, command: str, stdin: str = "") -> str:
        """Standard output of a command on a host."""
        return self.run(*SSH, f"root@{host}", command, stdin=stdin)

    def run(self, *words: str, stdin: str = "") -> str:
        """Standard output of a command here."""
        return self.place.run(*words, stdin=stdin, together=False).output


def objects(resources: Iterable[Resource]) -> str:
    """The Kubernetes objects among the resources as one list, for `kubectl apply`."""
    items = [each.inputs for each in resources if is_object(each)]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def is_object(resource: Resource) -> bool:
    """Whether a resource is an object in the cluster."""
    return resource.type.startswith(KUBERNETES)


def runs(resource: Resource) -> bool:
    """Whether a resource is a command or a copy."""
    return resource.type.startswith("command:")


def waits_for(
    resources: Sequence[Resource], names: Mapping[str, str]
) -> Mapping[str, frozenset[str]]:
    """For each step the steps before it, through providers and components that are none themselves."""
    known = {each.urn: each for each in resources}
    waits: dict[str, frozenset[str]] = {}
    for each in resources:
        if (name := names.get(each.urn)) is not None:
            found = set(reached(each, known, names)) - {name}
            waits[name] = waits.get(name, frozenset()) | found
    return waits


def reached(
    resource: Resource, known: Mapping[str, Resource], names: Mapping[str, str]
) -> Iterable[str]:
    """The nearest steps that a resource needs."""
    for urn in (*resource.dependencies, resource.provider):
        if urn in names:
            yield names[urn]
        elif urn in known:
            yield from reached(known[urn], known, names)


def parameters(resource: Resource) -> dict[str, Any]:
    """What a membership command was given for its own node."""
    document: dict[str, Any] = json.loads(resource.inputs["stdin"])["node"]
    return document
