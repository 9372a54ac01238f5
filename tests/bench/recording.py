"""A small recorded stack: a host, its script, a membership, a provider and two objects of a network."""

import json
from typing import Any

from bench.recorded import Resource, of_state

STACK = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:s::p::{kind}::{name}"


def secret(value: object) -> dict[str, str]:
    return {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "plaintext": json.dumps(value),
    }


HOST = urn("command:local:Command", "n1-host")
SCRIPT = urn("command:remote:CopyToRemote", "n1-script")
MEMBER = urn("command:local:Command", "n1-member")
ACCESS = urn("command:remote:Command", "control-plane-kubeconfig")
PROVIDER = urn("pulumi:providers:kubernetes", "provider")
ROLE = urn("kubernetes:rbac.authorization.k8s.io/v1:Role", "weave-role")
PODS = urn("kubernetes:apps/v1:DaemonSet", "weave-daemon-set")


def document(urn: str, **more: Any) -> dict[str, Any]:
    return {"urn": urn, "type": urn.split("::")[2], "custom": True, "parent": STACK, **more}


RESOURCES = (
    document(STACK),
    document(urn("pulumi:providers:command", "default_1_2_1")),
    document(HOST, inputs={"create": "make"}, outputs={"stdout": json.dumps({"hostKey": "old"})}),
    document(
        SCRIPT,
        dependencies=[HOST],
        inputs={
            "connection": secret({"host": "10.0.0.1"}),
            "remotePath": ".appliance/x.sh",
            "source": {"path": "a/script.sh"},
        },
    ),
    document(MEMBER, dependencies=[SCRIPT], inputs={"create": "join", "stdin": "key old"}),
    document(
        ACCESS,
        dependencies=[MEMBER],
        inputs={"create": "print", "connection": secret({"host": "10.0.0.1"})},
        outputs={"stdout": secret("credentials")},
    ),
    document(PROVIDER, dependencies=[ACCESS], inputs={"kubeconfig": secret("credentials")}),
    document(
        ROLE, provider=f"{PROVIDER}::id", inputs={"metadata": {"name": "weave-net"}, "kind": "Role"}
    ),
    document(
        PODS,
        provider=f"{PROVIDER}::id",
        dependencies=[ROLE],
        inputs={
            "metadata": {"name": "weave-net", "namespace": "kube-system"},
            "spec": {"template": {"spec": {"containers": []}}},
        },
    ),
)


def recorded() -> tuple[Resource, ...]:
    return of_state(json.dumps({"deployment": {"resources": RESOURCES}}))
