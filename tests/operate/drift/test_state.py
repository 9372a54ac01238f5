import json
from typing import Any

from components.machines.parameters import render
from operate.drift.state import read
from tests.operate.drift.given import secret
from tests.operate.status.seen import STATE

PREPARE = render({"NODE_NAME": "n1", "KUBERNETES_VERSION": "1.35.4", "CA_CERTIFICATE": "a\nb's"})
REGISTRY = render({"REGISTRY_KEY": "a key"})
INIT = """\
---
kind: KubeletConfiguration
cgroupDriver: systemd
# pod network: weave
---
kind: KubeProxyConfiguration
mode: ipvs
"""


def resource(name: str, kind: str = "command:remote:Command", **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:core::appliance::{kind}::{name}", "type": kind, **more}


def member(**parameters: str) -> str:
    return json.dumps({"node": {"parameters": parameters}})


def host(name: str) -> list[dict[str, Any]]:
    return [
        resource(f"{name}-script", inputs={"remotePath": ".appliance/node-0123456789ab.sh"}),
        resource(f"{name}-prepare", inputs={"stdin": secret(PREPARE)}),
    ]


def thing(kind: str, identifier: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return resource(identifier, f"kubernetes:v1:{kind}", id=identifier, inputs=inputs, **more)


def exported(*resources: dict[str, Any]) -> str:
    return json.dumps({"deployment": {"resources": resources}})


def test_a_host_is_told_what_its_steps_were_told() -> None:
    joined = member(MEMBER_LABELS="zone=a b=", MEMBER_TAINTS="x=y:NoSchedule", KUBEADM_INIT=INIT)
    found = read(
        exported(
            *host("n1"),
            resource("n1-registry", inputs={"stdin": REGISTRY}),
            resource("n1-member", inputs={"stdin": secret(joined)}),
            resource("n1-osd", inputs={"stdin": member(OSD_FILE_MIB="4096", CA_CERTIFICATE="z")}),
        ),
        STATE,
    )
    told = found.hosts["n1"]
    assert told.parameters == PREPARE + REGISTRY + render({"OSD_FILE_MIB": "4096"})
    assert (told.version, told.script) == ("1.35.4", ".appliance/node-0123456789ab.sh")
    assert (told.labels, told.taints) == (("zone=a", "b="), ("x=y:NoSchedule",))
    assert found.kubeadm["KubeletConfiguration"]["cgroupDriver"] == "systemd"
    assert found.kubeadm["KubeProxyConfiguration"]["mode"] == "ipvs"


def test_a_host_that_was_never_prepared_is_told_nothing() -> None:
    found = read(exported(*host("n1"), host("n2")[0]), STATE)
    assert set(found.hosts) == {"n1"}


def test_an_object_is_its_inputs_without_what_is_pulumi_s() -> None:
    inputs = {
        "__defaults": [],
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "a",
            "annotations": {"pulumi.com/patchFieldManager": "x", "example.com/a": "1"},
        },
        "stringData": secret({"password": "hunter2"}),
        "status": {},
    }
    (found,) = read(exported(thing("Secret", "system/a", inputs)), STATE).objects
    assert found.secret
    assert found.body == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "a",
            "namespace": "system",
            "annotations": {"example.com/a": "1"},
        },
        "stringData": {"password": "hunter2"},
    }
    assert "hunter2" not in repr(found)
    assert str(found) == "Secret system/a"


def test_what_the_stack_only_reads_or_is_about_to_delete_is_none_of_its_objects() -> None:
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}
    found = read(
        exported(
            thing("Namespace", "a", inputs),
            thing("Namespace", "b", inputs, external=True),
            thing("Namespace", "c", inputs, delete=True),
            resource("provider", "pulumi:providers:kubernetes", inputs={"kubeconfig": secret("k")}),
            resource("no-object", "kubernetes:helm.sh/v3:Release", inputs={"chart": "x"}, id="z"),
        ),
        STATE,
    ).objects
    assert [str(one) for one in found] == ["Namespace a"]
    assert not found[0].secret
