"""Lines of an event log as the engine writes them."""

import json

HOST = ("appliance:machines:LocalMachines", "command:local:Command")
WORKER = ("appliance:cluster:Worker", "command:remote:Command")
CONTROL_PLANE = ("appliance:cluster:ControlPlane", "command:remote:Command")


def urn(*types: str, name: str = "x") -> str:
    return f"urn:pulumi:dev::appliance::{'$'.join(types)}::{name}"


def event(kind: str, at: int, op: str, *types: str, name: str = "x") -> str:
    metadata = {"op": op, "urn": urn(*types, name=name)}
    return json.dumps({"sequence": 1, "timestamp": at, kind: {"metadata": metadata}})


def changed(
    began: int, ended: int, *types: str, op: str = "create", name: str = "x", failed: bool = False
) -> list[str]:
    end = "resOpFailedEvent" if failed else "resOutputsEvent"
    return [
        event("resourcePreEvent", began, op, *types, name=name),
        event(end, ended, op, *types, name=name),
    ]
