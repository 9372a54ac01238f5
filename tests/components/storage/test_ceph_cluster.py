import json
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.machines.machine import Profile
from components.storage.ceph_cluster import CephCluster, CephClusterArgs, StorageNode
from components.storage.ceph_settings import Build, Surroundings
from components.storage.replication import replication
from tests.conftest import Engine

LAB = Surroundings(profile=Profile.LAB, build=Build.DEBIAN)
PRODUCTION = Surroundings(profile=Profile.MACHINE, build=Build.UPSTREAM)


def arguments(*names: str, surroundings: Surroundings = LAB) -> CephClusterArgs:
    operator = kubernetes.core.v1.ConfigMap("operator", metadata={"name": "operator"})
    return CephClusterArgs(
        image="quay.io/ceph/ceph:v18.2.7@sha256:00",
        nodes=tuple(
            StorageNode(
                name=name,
                taints=("node-role.kubernetes.io/control-plane:NoSchedule",),
                devices=pulumi.Output.from_input(["/dev/loop32"]),
            )
            for name in names
        ),
        osds=len(names),
        replication=replication(len(names)),
        surroundings=surroundings,
        dashboard=False,
        control_planes=pulumi.Output.from_input("[]"),
        after=(operator,),
    )


async def made(engine: Engine, args: CephClusterArgs) -> Engine:
    cluster = CephCluster("ceph", args)
    for resource in cluster.ready:
        await resource.urn.future()
    return engine


def spec(engine: Engine) -> Any:
    return engine["ceph-cluster"].inputs["spec"]


@pulumi.runtime.test
async def test_ceph_goes_before_the_wait_for_clean_hosts_and_that_before_the_operator(
    engine: Engine,
) -> None:
    # Destroy runs against the dependencies.
    graph = await made(engine, arguments("n1"))
    assert graph["ceph-managers"].depends_on >= {"ceph-formed"}
    assert graph["ceph-formed"].depends_on >= {"ceph-cluster"}
    assert graph["ceph-cluster"].depends_on >= {"ceph-discarded", "ceph-overrides", "operator"}
    assert graph["ceph-discarded"].depends_on >= {"operator"}
    words = graph["ceph-discarded"].inputs["delete"].split()
    assert words[-2:] == ["components.storage.steps", "discarded"]


@pulumi.runtime.test
async def test_it_is_ready_when_a_control_plane_has_seen_its_osds_run(engine: Engine) -> None:
    graph = await made(engine, arguments("n1", "n2"))
    waiting = graph["ceph-formed"]
    assert waiting.inputs["create"].split()[-2:] == ["components.storage.steps", "formed"]
    assert waiting.depends_on >= {"ceph-cluster"}
    assert json.loads(waiting.inputs["stdin"])["parameters"]["CEPH_OSDS"] == "2"
    # Rook makes no pools before.
    assert graph["ceph-managers"].depends_on >= {"ceph-formed"}


@pulumi.runtime.test
async def test_the_generation_in_its_status_is_not_believed(engine: Engine) -> None:
    # Rook may lose it, and whatever waits by Pulumi's own conditions would do so in vain.
    metadata = (await made(engine, arguments("n1")))["ceph-cluster"].inputs["metadata"]
    assert metadata["annotations"] == {"pulumi.com/skipAwait": "true"}


@pytest.mark.parametrize(
    ("other", "again"),
    [
        (arguments("n1"), False),
        (replace(arguments("n1"), image="quay.io/ceph/ceph:v19@sha256:00"), True),
        (replace(arguments("n1"), dashboard=True), True),
    ],
)
@pulumi.runtime.test
async def test_it_is_waited_for_again_when_anything_of_it_changes(
    engine: Engine, other: CephClusterArgs, *, again: bool
) -> None:
    graph = await made(engine, arguments("n1"))
    before = graph["ceph-formed"].inputs["stdin"]
    second = CephCluster("second", other)
    for resource in second.ready:
        await resource.urn.future()
    assert (engine["second-formed"].inputs["stdin"] != before) is again


@pulumi.runtime.test
async def test_a_daemon_that_runs_is_seen_within_seconds(engine: Engine) -> None:
    probes = spec(await made(engine, arguments("n1")))["healthCheck"]["startupProbe"]
    assert set(probes) == {"mon", "mgr", "osd"}
    for daemon, least in (("mon", 60), ("mgr", 60), ("osd", 7200)):
        probe = probes[daemon]["probe"]
        # Zero would be Rook's own ten seconds.
        assert 0 < probe["initialDelaySeconds"] + probe["periodSeconds"] <= 5
        # It is never given up sooner than Rook gives it up.
        assert probe["periodSeconds"] * probe["failureThreshold"] >= least


@pytest.mark.parametrize(("nodes", "mons", "size"), [(1, 1, 1), (2, 1, 2), (3, 3, 3)])
@pulumi.runtime.test
async def test_mons_and_copies_follow_the_nodes(
    engine: Engine, nodes: int, mons: int, size: int
) -> None:
    graph = await made(engine, arguments(*(f"n{number}" for number in range(nodes))))
    assert spec(graph)["mon"] == {"count": mons, "allowMultiplePerNode": True}
    assert graph["ceph-managers"].inputs["spec"]["replicated"]["size"] == size
    assert f"osd_pool_default_size = {size}" in graph["ceph-overrides"].inputs["data"]["config"]


@pulumi.runtime.test
async def test_only_the_named_devices_of_the_named_nodes_are_taken(engine: Engine) -> None:
    storage = spec(await made(engine, arguments("n1", "n2")))["storage"]
    assert storage["useAllNodes"] is storage["useAllDevices"] is False
    assert storage["nodes"] == [
        {"name": name, "devices": [{"name": "/dev/loop32"}]} for name in ("n1", "n2")
    ]


@pulumi.runtime.test
async def test_daemons_run_on_storage_nodes_whatever_their_taints(engine: Engine) -> None:
    everywhere = spec(await made(engine, arguments("n1")))["placement"]["all"]
    affinity = everywhere["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    (term,) = affinity["nodeSelectorTerms"]
    assert term["matchExpressions"] == [
        {"key": "node-role.kubernetes.io/rook", "operator": "In", "values": ["true"]}
    ]
    assert everywhere["tolerations"] == [
        {
            "key": "node-role.kubernetes.io/control-plane",
            "operator": "Exists",
            "effect": "NoSchedule",
        }
    ]


@pulumi.runtime.test
async def test_the_data_is_never_given_up_while_the_cluster_lives(engine: Engine) -> None:
    # Rook stops looking after a cluster whose clean-up is confirmed.
    assert "cleanupPolicy" not in spec(await made(engine, arguments("n1")))


@pulumi.runtime.test
async def test_the_cluster_is_protected_where_the_stack_is(engine: Engine) -> None:
    graph = await made(engine, replace(arguments("n1"), protect=True))
    assert graph["ceph-cluster"].request.protect


@pytest.mark.parametrize(("nodes", "enough"), [(1, True), (2, True), (3, False)])
def test_the_loss_of_one_of_two_hosts_is_believed_to_the_other(nodes: int, *, enough: bool) -> None:
    # Three have two left that tell of it.
    settings = PRODUCTION.settings(replication(nodes))
    assert ("mon_osd_min_down_reporters = 1\n" in settings) is enough


@pulumi.runtime.test
async def test_what_machines_with_one_kernel_need_does_not_reach_production(engine: Engine) -> None:
    lab = await made(engine, arguments("n1"))
    text = lab["ceph-overrides"].inputs["data"]["config"]
    assert "mon_data_avail_warn" in text
    assert "osd_class_dir" in text
    assert spec(lab)["monitoring"]["metricsDisabled"] is True
    own = await made(engine, arguments("n1", surroundings=PRODUCTION))
    text = own["ceph-overrides"].inputs["data"]["config"]
    assert "mon_data_avail_warn" not in text
    assert "osd_class_dir" not in text
    assert "metricsDisabled" not in spec(own)["monitoring"]
    assert spec(own)["cephVersion"]["allowUnsupported"] is False
    assert spec(own)["mgr"]["modules"] == []


def test_debians_ceph_is_told_where_its_classes_are_on_any_machine() -> None:
    surroundings = Surroundings(profile=Profile.MACHINE, build=Build.DEBIAN)
    text = surroundings.settings(replication(1))
    assert "osd_class_dir = /usr/lib/x86_64-linux-gnu/rados-classes" in text
    assert "mon_data_avail_warn" not in text


@pytest.mark.parametrize(("nodes", "silent"), [(1, True), (2, False)])
def test_ceph_warns_of_missing_copies_unless_one_was_chosen(nodes: int, *, silent: bool) -> None:
    text = PRODUCTION.settings(replication(nodes))
    assert ("mon_warn_on_pool_no_redundancy = false" in text) is silent


@pytest.mark.parametrize("enabled", [True, False])
@pulumi.runtime.test
async def test_the_dashboard_runs_by_configuration(engine: Engine, *, enabled: bool) -> None:
    found = spec(await made(engine, replace(arguments("n1"), dashboard=enabled)))["dashboard"]
    assert found["enabled"] is enabled
