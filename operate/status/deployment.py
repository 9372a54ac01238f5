"""Reading the stack's state, as Pulumi exports it, and how its nodes are reached.

Owns which resources and outputs this is read from; their names are for life. Does not own asking Pulumi for it. How
a host is reached is a secret in the state; what is no secret of it is in the configuration, and for local hosts here.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from components.machines.session import Endpoint
from components.registry.registry import CONTENT, PORT
from operate.hosts.survey import endpoint
from operate.status.facts import Application, Daemon, Ingress, Node, State
from stacks.config.hosts import Hosts

STACK: Final = "pulumi:pulumi:Stack"
_NAMESPACE: Final = "application-walls-namespace"
_DELIVERY: Final = "application-images-push"
OWN: Final = "appliance:"
"""What the types of the appliance's component resources begin with."""


class NotDeployedError(Exception):
    """The state has nothing, or not enough to know what there should be; the message says which."""


def not_deployed(stack: str) -> str:
    """What is said of a stack that has nothing."""
    return f"stack {stack} is not deployed; make up STACK={stack} brings it up"


def read(exported: str, stack: str, hosts: Hosts) -> State:
    """The state of an export; `hosts` is the configuration's. Raises NotDeployedError."""
    latest = json.loads(exported).get("deployment") or {}
    resources = latest.get("resources") or ()
    if not resources:
        raise NotDeployedError(not_deployed(stack))
    outputs = next(one for one in resources if one["type"] == STACK).get("outputs") or {}
    if "network" not in outputs:
        raise NotDeployedError(
            f"stack {stack} is not deployed to the end: {len(resources)} resources are there and the last make up did "
            f"not finish; run make up STACK={stack}"
        )
    made = {one["urn"].rpartition("::")[2]: one for one in resources}
    return State(
        nodes=tuple(
            _node(node, made, hosts, outputs.get("registries") or ()) for node in outputs["nodes"]
        ),
        endpoint=outputs["endpoint"],
        kubernetes=outputs["versions"]["kubernetes"],
        network=outputs["network"]["provider"],
        encrypted=outputs["network"]["encrypted"],
        ingress=_ingress(outputs.get("ingress")),
        daemon=_daemon(outputs.get("replicated")),
        application=_application(outputs.get("application") or {}, made),
        components=frozenset(one["type"] for one in resources if one["type"].startswith(OWN)),
        resources=len(resources),
        interrupted=len(latest.get("pending_operations") or ()),
    )


def _node(
    output: Mapping[str, Any], made: Mapping[str, Any], hosts: Hosts, registries: Collection[str]
) -> Node:
    name = output["name"]
    host = made.get(f"{name}-host")
    printed = host["outputs"].get("stdout") if host else None
    return Node(
        name=name,
        address=output["address"],
        roles=tuple(output["roles"]),
        registry=f"{output['address']}:{PORT}" in registries,
        balanced="ssh" in output,
        ssh=_ssh(output, printed, hosts),
    )


def _ssh(output: Mapping[str, Any], printed: str | None, hosts: Hosts) -> Endpoint | None:
    """The way to a host: the outputs have it of one in EC2, its own resource of one in the lab (`printed`)."""
    if said := output.get("ssh"):
        return Endpoint.read(said)
    return _local(printed) if printed else _existing(hosts, output["name"])


def _ingress(output: Mapping[str, Any] | None) -> Ingress | None:
    if output is None:
        return None
    return Ingress(
        provider=output["provider"],
        namespace=output["namespace"],
        addresses=tuple(output["addresses"]),
        certificate=output["certificate"],
    )


def _daemon(output: Mapping[str, Any] | None) -> Daemon | None:
    if output is None:
        return None
    return Daemon(console=output["console"], registry=output["registry"])


def _application(output: Mapping[str, Any], made: Mapping[str, Any]) -> Application | None:
    """A program that leaves the application as it was exports nothing of it, but the state still has it."""
    namespace = made.get(_NAMESPACE)
    if namespace is None:
        return None
    push = made.get(_DELIVERY, {})
    return Application(
        namespace=namespace["outputs"]["metadata"]["name"],
        name=output.get("name", ""),
        version=output.get("version", ""),
        sequence=int(output.get("sequence", 0)),
        delivered=push.get("inputs", {}).get("environment", {}).get(CONTENT, ""),
    )


def _local(printed: str) -> Endpoint:
    """A host of the lab, as the command printed it that made it."""
    said = json.loads(printed)
    return Endpoint(
        address=said["address"], host_key=said["hostKey"], port=said["port"], user=said["user"]
    )


def _existing(hosts: Hosts, name: str) -> Endpoint | None:
    """A host that was there, as the configuration has it; none if its line is gone."""
    node = next((one for one in hosts.nodes if one.name == name), None)
    return endpoint(hosts, node) if node is not None and node.host_key is not None else None
