"""Volumes of EC2: who makes them, who mounts them, and what each of them may."""

from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.storage.ebs_end import EbsEnd, EbsEndArgs
from tests.components.cloud.given import DRIVER, IMAGES, PROXY, RELEASE, driver
from tests.conftest import Engine


def pod(graph: Engine, name: str) -> dict[str, Any]:
    found: dict[str, Any] = graph[name].inputs["spec"]["template"]["spec"]
    return found


def container(graph: Engine, name: str, called: str) -> dict[str, Any]:
    return next(each for each in pod(graph, name)["containers"] if each["name"] == called)


def rights(graph: Engine, name: str) -> set[tuple[str, str]]:
    rules = graph[name].inputs["rules"]
    return {(what, verb) for rule in rules for what in rule["resources"] for verb in rule["verbs"]}


@pulumi.runtime.test
async def test_rights_walls_and_introduced_nodes_are_there_before_the_pods(engine: Engine) -> None:
    introduced = kubernetes.core.v1.ConfigMap("introduced", metadata={"name": "introduced"})
    graph = await driver(engine, replace(DRIVER, after=(introduced,)))
    for name, more in (("controller", {"role", "role-binding"}), ("node", set())):
        own = {"account", "cluster-role", "cluster-role-binding", *more}
        assert graph[f"ebs-{name}"].depends_on >= {
            *(f"ebs-{name}-{each}" for each in own),
            *("ebs-driver", "introduced"),
        }
        assert graph[f"ebs-{name}-account"].depends_on >= {
            *("ebs-walls-namespace", "ebs-walls-default-deny")
        }
    assert graph["ebs-class"].depends_on >= {"ebs-controller", "ebs-node"}


@pulumi.runtime.test
async def test_volumes_are_encrypted_made_where_their_pod_is_and_can_grow(engine: Engine) -> None:
    made = (await driver(engine))["ebs-class"].inputs
    assert made["provisioner"] == "ebs.csi.aws.com"
    assert made["parameters"] == {
        "type": "gp3",
        "encrypted": "true",
        "csi.storage.k8s.io/fstype": "ext4",
    }
    assert made["volumeBindingMode"] == "WaitForFirstConsumer"
    assert (made["allowVolumeExpansion"], made["reclaimPolicy"]) == (True, "Delete")
    assert made["metadata"]["name"] == "ebs"


@pulumi.runtime.test
async def test_a_key_of_ones_own_is_named_to_ec2(engine: Engine) -> None:
    arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd"
    made = (await driver(engine, replace(DRIVER, kms_key=arn)))["ebs-class"].inputs
    assert made["parameters"]["kmsKeyId"] == arn


@pulumi.runtime.test
async def test_what_makes_volumes_is_where_the_credentials_are(engine: Engine) -> None:
    found = pod(await driver(engine), "ebs-controller")
    plane = "node-role.kubernetes.io/control-plane"
    assert found["nodeSelector"] == {plane: ""}
    assert [each["key"] for each in found["tolerations"]] == [plane]
    assert (found["hostNetwork"], found["dnsPolicy"]) == (True, "Default")


@pulumi.runtime.test
async def test_two_on_one_host_would_want_one_port_so_the_old_one_goes_first(
    engine: Engine,
) -> None:
    graph = await driver(engine)
    spec = graph["ebs-controller"].inputs["spec"]
    assert spec["replicas"] == 2
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    # The scheduler knows of the port by this alone, and puts the second one elsewhere.
    (port,) = container(graph, "ebs-controller", "ebs-plugin")["ports"]
    assert port["hostPort"] == port["containerPort"]
    probe = container(graph, "ebs-controller", "liveness-probe")
    assert f"--http-endpoint=127.0.0.1:{int(port['hostPort'])}" in probe["args"]


@pulumi.runtime.test
async def test_volumes_carry_the_tags_by_which_they_may_be_deleted_and_found(
    engine: Engine,
) -> None:
    plugin = container(await driver(engine), "ebs-controller", "ebs-plugin")
    assert plugin["args"][0] == "controller"
    assert "--k8s-tag-cluster-id=shop" in plugin["args"]
    assert "--extra-tags=cost-center=42,appliance-cluster=shop" in plugin["args"]
    assert {"name": "AWS_REGION", "value": "eu-central-1"} in plugin["env"]
    assert PROXY in plugin["env"]


@pulumi.runtime.test
async def test_one_of_two_works_and_nobody_makes_snapshots(engine: Engine) -> None:
    found = pod(await driver(engine), "ebs-controller")["containers"]
    beside = {each["name"]: each["args"] for each in found}
    assert set(beside) == {
        *("ebs-plugin", "csi-provisioner", "csi-attacher", "csi-resizer", "liveness-probe")
    }
    for name in ("csi-provisioner", "csi-attacher", "csi-resizer"):
        assert "--leader-election=true" in beside[name]
        # The gate for zones is no more: a provisioner of 6 ends when it is named.
        assert not [each for each in beside[name] if each.startswith("--feature-gates")]
    assert not [each for each in rights(engine, "ebs-controller-cluster-role") if "snap" in each[0]]


@pulumi.runtime.test
async def test_a_node_knows_its_machine_without_the_metadata_service(engine: Engine) -> None:
    graph = await driver(engine)
    plugin = container(graph, "ebs-node", "ebs-plugin")
    assert plugin["args"][0] == "node"
    assert "--metadata-sources=kubernetes" in plugin["args"]
    # The driver would count none of the machine's own disks.
    assert "--reserved-volume-attachments=2" in plugin["args"]
    variables = {each["name"]: each.get("value") for each in plugin["env"]}
    assert set(variables) == {"CSI_NODE_NAME", "DISABLE_TAINT_WATCHER"}
    of_nodes = {right for right in rights(graph, "ebs-node-cluster-role") if right[0] == "nodes"}
    assert of_nodes == {("nodes", "get")}
    assert plugin["readinessProbe"]["httpGet"]["path"] == "/healthz"
    assert "hostNetwork" not in pod(graph, "ebs-node")


@pulumi.runtime.test
async def test_the_nodes_part_runs_on_every_node_and_mounts_for_kubelet_to_see(
    engine: Engine,
) -> None:
    graph = await driver(engine)
    assert pod(graph, "ebs-node")["tolerations"] == [{"operator": "Exists"}]
    mounts = container(graph, "ebs-node", "ebs-plugin")["volumeMounts"]
    by_path = {each["mountPath"]: each for each in mounts}
    assert by_path["/var/lib/kubelet"]["mountPropagation"] == "Bidirectional"
    registrar = container(graph, "ebs-node", "node-driver-registrar")
    assert (
        "--kubelet-registration-path=/var/lib/kubelet/plugins/ebs.csi.aws.com/csi.sock"
        in registrar["args"]
    )


@pulumi.runtime.test
async def test_one_container_of_all_is_privileged_and_no_right_is_a_wildcard(
    engine: Engine,
) -> None:
    graph = await driver(engine)
    containers = [
        each for name in ("ebs-controller", "ebs-node") for each in pod(graph, name)["containers"]
    ]
    privileged = [each for each in containers if each["securityContext"].get("privileged")]
    assert [each["name"] for each in privileged] == ["ebs-plugin"]
    for each in containers:
        if each not in privileged:
            assert each["securityContext"]["allowPrivilegeEscalation"] is False
            assert each["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    given = {
        right
        for role in ("controller-cluster-role", "controller-role", "node-cluster-role")
        for right in rights(graph, f"ebs-{role}")
    }
    assert not {each for each in given if "*" in each or each[0] in ("secrets", "pods")}


@pulumi.runtime.test
async def test_images_run_by_the_references_that_were_given(engine: Engine) -> None:
    graph = await driver(engine)
    used = {
        each["image"]
        for name in ("ebs-controller", "ebs-node")
        for each in pod(graph, name)["containers"]
    }
    assert used == set(IMAGES.values())
    assert set(IMAGES) == set(RELEASE.volume_images)


@pulumi.runtime.test
async def test_the_end_asks_a_control_plane_on_the_way_out_and_does_nothing_before(
    engine: Engine,
) -> None:
    sides = pulumi.Output.from_input("[]")
    after = kubernetes.core.v1.ConfigMap("class", metadata={"name": "class"})
    made = EbsEnd("ebs-end", EbsEndArgs(control_planes=sides, after=(after,))).ready
    await made.urn.future()
    step = engine["ebs-end-returned"]
    assert step.inputs["create"] == "python -m components.storage.steps nothing"
    assert step.inputs["delete"] == "python -m components.storage.steps returned"
    assert step.depends_on >= {"class"}
