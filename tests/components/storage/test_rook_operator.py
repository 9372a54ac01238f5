import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.storage.releases import Release
from components.storage.rook_operator import RookOperator, RookOperatorArgs, ceph_namespace
from tests.components.storage.given import BUNDLED, MODERN, TEXTS, conditions, pinned
from tests.conftest import Engine

ARGS = RookOperatorArgs(
    release=BUNDLED, texts=TEXTS, images=pinned(BUNDLED), loop_devices=True, policies=True
)
NEW = replace(ARGS, release=MODERN, images=pinned(MODERN), loop_devices=False)
BOTH = pytest.mark.parametrize("args", [ARGS, NEW], ids=lambda args: args.release.version)


async def made(engine: Engine, args: RookOperatorArgs = ARGS) -> Engine:
    operator = RookOperator("rook", args)
    await operator.ready.id.future()
    return engine


def settings(engine: Engine) -> Any:
    return engine["rook-settings"].inputs["data"]


@BOTH
@pulumi.runtime.test
async def test_definitions_rights_and_settings_are_there_before_the_operator(
    engine: Engine, args: RookOperatorArgs
) -> None:
    graph = await made(engine, args)
    manifest = {name for name in graph.recorded if name.startswith("rook-manifest/")}
    assert {"rook-manifest/ClusterRole/rook-ceph-system", "rook-settings"} <= graph[
        "rook-deployment"
    ].depends_on
    assert manifest <= graph["rook-deployment"].depends_on
    assert "rook-manifest/CustomResourceDefinition/cephclusters.ceph.rook.io" in manifest


@BOTH
@pulumi.runtime.test
async def test_objects_wait_for_both_namespaces_and_their_walls(
    engine: Engine, args: RookOperatorArgs
) -> None:
    graph = await made(engine, args)
    walls = {
        *("rook-system-namespace", "rook-system-default-deny"),
        *("rook-ceph-namespace", "rook-ceph-default-deny", "rook-ceph-operator"),
    }
    account = graph["rook-manifest/ServiceAccount/rook-ceph/rook-ceph-osd"]
    assert walls <= account.depends_on
    assert "rook-system-namespace" in graph["rook-settings"].depends_on


@BOTH
@pulumi.runtime.test
async def test_the_operator_runs_by_digest_and_without_rights_on_its_host(
    engine: Engine, args: RookOperatorArgs
) -> None:
    graph = await made(engine, args)
    spec = graph["rook-deployment"].inputs["spec"]
    (container,) = spec["template"]["spec"]["containers"]
    assert container["image"] == f"{args.release.operator}@sha256:00"
    assert container["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert spec["strategy"]["type"] == "Recreate"
    assert graph["rook-deployment"].inputs["metadata"]["namespace"] == "rook-ceph-system"


@pulumi.runtime.test
async def test_an_up_ends_when_the_new_operator_is_ready_and_the_old_one_is_gone(
    engine: Engine,
) -> None:
    deployment = (await made(engine))["rook-deployment"]
    assert deployment.inputs["spec"]["replicas"] == 1
    # What is made after it would else still be read by the old one.
    assert json.loads(conditions(deployment)) == [
        "jsonpath={.status.updatedReplicas}=1",
        "jsonpath={.status.replicas}=1",
        "jsonpath={.status.availableReplicas}=1",
    ]


@pulumi.runtime.test
async def test_without_csi_nothing_of_it_is_asked_for(engine: Engine) -> None:
    data = settings(await made(engine))
    assert data["ROOK_CSI_ENABLE_RBD"] == data["ROOK_CSI_ENABLE_CEPHFS"] == "false"
    assert not [key for key in data if key.endswith("_IMAGE")]
    level = engine["rook-system-namespace"].inputs["metadata"]["labels"]
    assert level["pod-security.kubernetes.io/enforce"] == "baseline"


@pulumi.runtime.test
async def test_with_csi_its_operator_and_plugins_run_by_digest(engine: Engine) -> None:
    graph = await made(engine, NEW)
    data = settings(graph)
    assert data["ROOK_CSI_ENABLE_RBD"] == data["ROOK_USE_CSI_OPERATOR"] == "true"
    images = [value for key, value in data.items() if key.endswith("_IMAGE")]
    assert len(images) == 6
    assert all(image.endswith("@sha256:00") for image in images)
    assert "rook-manifest/Deployment/rook-ceph-system/ceph-csi-controller-manager" in graph.recorded
    level = graph["rook-system-namespace"].inputs["metadata"]["labels"]
    assert level["pod-security.kubernetes.io/enforce"] == "privileged"


@pytest.mark.parametrize("allowed", [True, False])
@pulumi.runtime.test
async def test_loop_devices_are_allowed_only_where_they_are_used(
    engine: Engine, *, allowed: bool
) -> None:
    data = settings(await made(engine, replace(ARGS, loop_devices=allowed)))
    assert data["ROOK_CEPH_ALLOW_LOOP_DEVICES"] == str(allowed).lower()


def admitted(release: Release, dashboard: int | None = None) -> dict[str, Any]:
    args = replace(ARGS, release=release, dashboard_port=dashboard)
    return {admits.name: admits for admits in ceph_namespace(args).admits}


def test_the_operator_reaches_ceph_and_everybody_the_object_store() -> None:
    found = admitted(BUNDLED)
    assert set(found) == {"operator", "object-store"}
    assert found["operator"].from_namespaces == ("rook-ceph-system",)
    assert found["object-store"].pods == {"app": "rook-ceph-rgw"}


def test_who_mounts_volumes_reaches_the_daemons_from_its_host() -> None:
    found = admitted(MODERN)
    assert found["mons"].ports == (3300, 6789)
    assert found["osds"].pods == {"app": "rook-ceph-osd"}
    assert found["osds"].from_namespaces == ()


def test_only_a_dashboard_that_runs_is_open() -> None:
    assert "dashboard" not in admitted(BUNDLED)
    assert admitted(BUNDLED, 7000)["dashboard"].ports == (7000,)


@pulumi.runtime.test
async def test_the_operator_asks_for_what_it_needs_as_a_pod(engine: Engine) -> None:
    pod = (await made(engine))["rook-deployment"].inputs["spec"]["template"]["spec"]
    assert set(pod["resources"]["requests"]) == {"cpu", "memory"}
    # For a container that asks, Rook makes pools one after the other.
    (container,) = pod["containers"]
    assert "resources" not in container


@pulumi.runtime.test
async def test_cephs_commands_are_compiled_once(engine: Engine) -> None:
    pod = (await made(engine))["rook-deployment"].inputs["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    place = {one["name"]: one.get("value") for one in container["env"]}["PYTHONPYCACHEPREFIX"]
    (volume,) = (m["name"] for m in container["volumeMounts"] if m["mountPath"] == place)
    assert {"name": volume, "emptyDir": {}} in pod["volumes"]
