"""What the stack says: its state as Pulumi exports it with secrets, read into what hosts and objects should be.

Owns which resources and inputs this is read from; their names are for life. Does not own asking Pulumi for it. What is
secret stays in memory: it goes to the host or the API server that has it already, and into no row.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from components.machines.parameters import render
from operate.drift.facts import Declared, Prescribed, Told
from operate.status.facts import State

MARK: Final = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi tells special values from plain ones (sdk/go/common/resource, SigKey)."""

SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the value of that key for secrets
PULUMI_S_OWN: Final = re.compile(r"pulumi\.com/")
"""Annotations that steer Pulumi's provider."""


def read(exported: str, state: State) -> Prescribed:
    """What the resources of an export (`pulumi stack export --show-secrets`) say of hosts and objects."""
    resources = json.loads(exported)["deployment"]["resources"]
    made = {one["urn"].rpartition("::")[2]: one for one in resources if not one.get("delete")}
    members = {node.name: _document(made, f"{node.name}-member") for node in state.nodes}
    return Prescribed(
        hosts={
            node.name: told
            for node in state.nodes
            if (told := _told(node.name, made, members[node.name])) is not None
        },
        objects=tuple(_objects(resources)),
        kubeadm=_kubeadm(members),
    )


def _told(name: str, made: Mapping[str, Any], member: Mapping[str, Any]) -> Told | None:
    """None for a host that the state has no finished step of."""
    prepared = _stdin(made, f"{name}-prepare")
    if not prepared or f"{name}-script" not in made:
        return None
    storage = _document(made, f"{name}-osd")
    registry = _stdin(made, f"{name}-registry")
    joined: Mapping[str, str] = member.get("node", {}).get("parameters", {})
    return Told(
        script=str(revealed(made[f"{name}-script"]["inputs"]["remotePath"])),
        parameters=prepared + registry + render(_file_of_osd(storage)),
        version=_values(prepared)["KUBERNETES_VERSION"],
        labels=tuple(joined.get("MEMBER_LABELS", "").split()),
        taints=tuple(joined.get("MEMBER_TAINTS", "").split()),
    )


def _file_of_osd(storage: Mapping[str, Any]) -> Mapping[str, str]:
    """A host whose OSD lies on a file was told how large that is."""
    parameters: Mapping[str, str] = storage.get("node", {}).get("parameters", {})
    return {key: value for key, value in parameters.items() if key == "OSD_FILE_MIB"}


def _stdin(made: Mapping[str, Any], name: str) -> str:
    """What a command was given; empty for one that there is not."""
    found = made.get(name, {}).get("inputs", {}).get("stdin", "")
    return str(revealed(found))


def _document(made: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The same of a command that was given a JSON object."""
    return dict(json.loads(_stdin(made, name) or "{}"))


def _values(lines: str) -> dict[str, str]:
    """The values of KEY='value' lines."""
    return dict(word.partition("=")[::2] for word in shlex.split(lines))


def _kubeadm(members: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The documents for `kubeadm init`, which every control plane was told; empty where none was."""
    for member in members.values():
        text = member.get("node", {}).get("parameters", {}).get("KUBEADM_INIT")
        if text:
            return {one["kind"]: one for one in yaml.safe_load_all(text)}
    return {}


def _objects(resources: list[dict[str, Any]]) -> Iterator[Declared]:
    """Each object that the stack has; not what it only reads, nor what waits for its deletion."""
    for one in resources:
        inputs = one.get("inputs") or {}
        if not one["type"].startswith("kubernetes:") or "kind" not in inputs:
            continue
        if one.get("external") or one.get("delete"):
            continue
        yield Declared(body=_body(inputs, one["id"]), secret=_holds_secret(inputs))


def _body(inputs: Mapping[str, Any], identifier: str) -> dict[str, Any]:
    """The inputs without what is Pulumi's own; an identifier is NAMESPACE/NAME, or NAME outside of namespaces."""
    plain: dict[str, Any] = revealed(inputs)
    namespace, _, name = identifier.rpartition("/")
    metadata = {**(plain.get("metadata") or {}), "name": name}
    if namespace:
        metadata["namespace"] = namespace
    if "annotations" in metadata:
        metadata["annotations"] = {
            key: value
            for key, value in metadata["annotations"].items()
            if not PULUMI_S_OWN.match(key)
        }
    kept = {
        key: value for key, value in plain.items() if not key.startswith("__") and key != "status"
    }
    return {**kept, "metadata": metadata}


def revealed(value: Any) -> Any:  # noqa: ANN401 - a value of any input
    """A value with what is secret in it in clear."""
    if isinstance(value, Mapping):
        if value.get(MARK) == SECRET:
            return revealed(json.loads(value["plaintext"]))
        return {key: revealed(inner) for key, inner in value.items()}
    return [revealed(inner) for inner in value] if isinstance(value, list) else value


def _holds_secret(value: Any) -> bool:  # noqa: ANN401 - a value of any input
    if isinstance(value, Mapping):
        return value.get(MARK) == SECRET or any(map(_holds_secret, value.values()))
    return isinstance(value, list) and any(map(_holds_secret, value))
