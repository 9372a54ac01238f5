import json
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.storage.host_path import (
    SHELL,
    HostPath,
    HostPathArgs,
    configuration,
    images,
)
from components.storage.storage_class import ClassName
from tests.conftest import Engine

ARGS = HostPathArgs(
    path="/opt/replicated/hostpath",
    class_name=ClassName(name="default", default=True),
    images={name: f"{name}@sha256:00" for name in images()},
    policies=True,
)


async def made(engine: Engine, args: HostPathArgs = ARGS) -> Engine:
    for resource in HostPath("hostpath", args).ready:
        await resource.urn.future()
    return engine


def pod(engine: Engine) -> Any:
    return engine["hostpath-deployment"].inputs["spec"]["template"]


@pulumi.runtime.test
async def test_rights_walls_and_network_are_there_before_the_daemon(engine: Engine) -> None:
    network = kubernetes.core.v1.ConfigMap("network", metadata={"name": "network"})
    graph = await made(engine, replace(ARGS, after=(network,)))
    rights = ("account", "role", "role-binding", "cluster-role", "cluster-role-binding")
    assert {f"hostpath-{name}" for name in (*rights, "configuration")} | {"network"} <= graph[
        "hostpath-deployment"
    ].depends_on
    assert graph["hostpath-account"].depends_on >= {
        "hostpath-walls-namespace",
        "hostpath-walls-default-deny",
    }
    assert graph["hostpath-class"].depends_on >= {"hostpath-deployment"}


@pulumi.runtime.test
async def test_a_volume_is_made_where_its_first_pod_runs(engine: Engine) -> None:
    graph = await made(engine)
    made_class = graph["hostpath-class"].inputs
    assert made_class["volumeBindingMode"] == "WaitForFirstConsumer"
    assert made_class["metadata"]["name"] == "default"
    assert made_class["metadata"]["annotations"] == {
        "storageclass.kubernetes.io/is-default-class": "true"
    }


@pulumi.runtime.test
async def test_a_class_that_is_not_the_default_says_so(engine: Engine) -> None:
    graph = await made(engine, replace(ARGS, class_name=ClassName(name="hostpath")))
    metadata = graph["hostpath-class"].inputs["metadata"]
    assert metadata["annotations"]["storageclass.kubernetes.io/is-default-class"] == "false"


def test_the_directory_and_the_shell_are_those_given() -> None:
    files = configuration(ARGS)
    (place,) = json.loads(files["config.json"])["nodePathMap"]
    assert place["paths"] == ["/opt/replicated/hostpath"]
    (container,) = json.loads(files["helperPod.yaml"])["spec"]["containers"]
    assert container["image"] == f"{SHELL}@sha256:00"


@pulumi.runtime.test
async def test_the_daemon_itself_has_no_rights_on_its_host(engine: Engine) -> None:
    (container,) = pod(await made(engine))["spec"]["containers"]
    context = container["securityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["readOnlyRootFilesystem"] is True
    assert container["image"].endswith("@sha256:00")


@pulumi.runtime.test
async def test_helper_pods_are_someone_who_exists(engine: Engine) -> None:
    graph = await made(engine)
    (container,) = pod(graph)["spec"]["containers"]
    command = container["command"]
    account = command[command.index("--service-account-name") + 1]
    assert graph["hostpath-account"].inputs["metadata"]["name"] == account


@pulumi.runtime.test
async def test_a_changed_configuration_restarts_the_daemon(engine: Engine) -> None:
    before = pod(await made(engine))["metadata"]["annotations"]
    after = pod(await made(engine, replace(ARGS, path="/srv/volumes")))["metadata"]["annotations"]
    assert before != after
