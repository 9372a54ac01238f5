"""The storage of a stack, from its configuration to the graph."""

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
import pytest

from bundle.lock import COMMITTED, Lock, read, write
from components.storage import host_path
from components.storage.releases import RELEASES
from stacks.config import Configuration, ConfigurationError, load
from stacks.limits import refuse
from stacks.needs import images, manifests
from stacks.storage import faults, summary
from tests.conftest import Engine
from tests.stacks.test_appliance import CONFIGURATION, build, texts

__all__ = ["texts"]

LOOP: Mapping[str, Any] = {"loopFile": "12Gi"}


def configuration(
    storage: Mapping[str, Any],
    *names: str,
    bundled: bool = True,
    protection: bool = False,
    daemon: bool = False,
    leaving: Sequence[str] = (),
) -> Configuration:
    """A stack with a control plane `n1` and storage nodes of these names, some of them on their way out."""
    nodes: list[dict[str, Any]] = [{"name": "n1", "roles": ["control-plane", "worker"]}]
    nodes += [
        {"name": name, "roles": ["worker", "storage"], "decommission": name in leaving}
        for name in names
    ]
    values: dict[str, Any] = {
        **CONFIGURATION,
        "hosts": {"provider": "local", "nodes": nodes},
        "storage": storage,
        "protection": protection,
    }
    if daemon:
        values["replicated"] = {"install": True}
    if not bundled:
        del values["airgap"]
    return load(values, stack="test", file="Pulumi.test.yaml")


@pytest.fixture
def lock() -> Lock:
    return read(COMMITTED)


async def built(engine: Engine, texts: Mapping[str, str], wanted: Configuration) -> Engine:
    for number, node in enumerate(wanted.hosts.nodes):
        engine.outputs[f"{node.name}-osd"] = {"stdout": json.dumps([f"/dev/loop{32 + number}"])}
    return await build(engine, texts, wanted)


def of_storage(graph: Engine) -> set[str]:
    return {
        name for name in graph.recorded if name.startswith(("rook", "ceph", "hostpath", "disks"))
    } | {name for name in graph.recorded if name.endswith("-osd")}


@pulumi.runtime.test
async def test_a_stack_without_the_group_has_no_storage(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    wanted = configuration({})
    assert of_storage(await build(engine, texts, wanted)) == set()
    assert not [name for name in images(wanted) if "rook" in name or "local-path" in name]
    assert manifests(wanted) == ()
    assert summary(wanted) == ""


@pulumi.runtime.test
async def test_host_paths_wait_for_the_network_and_the_workers(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration({"default": "hostpath"}, "n2"))
    daemon = graph["hostpath-deployment"]
    assert daemon.depends_on >= {"weave-daemon-set", "n2-member"}
    assert "::control-plane-provider::" in daemon.request.provider
    assert graph["hostpath-class"].inputs["metadata"]["name"] == "default"
    assert not [name for name in graph.recorded if name.startswith(("rook", "ceph"))]


@pytest.mark.parametrize(
    ("default", "after", "not_after"),
    [
        ("hostpath", {"hostpath-class"}, {"ceph-cluster", "ceph-end-discard"}),
        # And is gone before the data is given up.
        ("rook", {"ceph-block-class", "ceph-end-discard"}, {"hostpath-class"}),
        # Somebody else's class: whatever it needs, this is all that can be waited for.
        (None, {"hostpath-class", "ceph-end-discard"}, set()),
    ],
)
@pulumi.runtime.test
async def test_the_daemon_waits_for_the_provider_of_its_claims_and_no_other(
    engine: Engine,
    texts: Mapping[str, str],
    default: str | None,
    after: set[str],
    not_after: set[str],
) -> None:
    wanted = configuration(
        {"default": default, "hostpath": {}, "rook": LOOP}, "s1", bundled=False, daemon=True
    )
    graph = await built(engine, texts, wanted)
    found = graph["replicated-deployment"].depends_on
    assert found >= after
    assert not found & not_after


@pulumi.runtime.test
async def test_ceph_is_made_on_the_storage_nodes_alone(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await built(engine, texts, configuration({"rook": LOOP}, "s1", "s2"))
    nodes = graph["ceph-cluster"].inputs["spec"]["storage"]["nodes"]
    assert nodes == [
        {"name": "s1", "devices": [{"name": "/dev/loop33"}]},
        {"name": "s2", "devices": [{"name": "/dev/loop34"}]},
    ]
    assert {"s1-osd", "s2-osd"} <= set(graph.recorded)
    assert "n1-osd" not in graph.recorded
    assert "node-role.kubernetes.io/rook=true" in graph["s1-member"].inputs["stdin"]
    assert "node-role.kubernetes.io/rook=true" not in graph["n1-member"].inputs["stdin"]


@pulumi.runtime.test
async def test_destroy_gives_the_data_up_first_then_ceph_the_operator_its_rights_the_namespaces(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await built(engine, texts, configuration({"rook": LOOP}, "s1"))
    # Each is deleted before the next, since it depends on it.
    order = [
        "ceph-end-discard",
        "ceph-objects-user",
        "ceph-objects-store",
        "ceph-formed",
        "ceph-cluster",
        "ceph-discarded",
        "rook-deployment",
        "rook-manifest/ClusterRole/rook-ceph-system",
        "rook-ceph-namespace",
    ]
    for earlier, later in itertools.pairwise(order):
        assert later in graph[earlier].depends_on, (earlier, later)
    assert "ceph-block-pool" in graph["ceph-end-discard"].depends_on
    # The disks are cleaned of what Ceph left only after Ceph.
    assert "s1-osd" in graph["ceph-cluster"].depends_on


@pulumi.runtime.test
async def test_one_more_storage_node_raises_the_copies_of_everything(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    for nodes in (("s1",), ("s1", "s2"), ("s1", "s2", "s3")):
        graph = await built(engine, texts, configuration({"rook": LOOP}, *nodes))
        size = len(nodes)
        assert graph["ceph-block-pool"].inputs["spec"]["replicated"]["size"] == size
        assert graph["ceph-managers"].inputs["spec"]["replicated"]["size"] == size
        objects = graph["ceph-objects-store"].inputs["spec"]
        assert objects["dataPool"]["replicated"]["size"] == size
        awaited = json.loads(graph["ceph-formed"].inputs["stdin"])["parameters"]
        assert awaited["CEPH_OSDS"] == str(size)
        # What Rook may do with an only copy changes when all pools have theirs: this is made after them.
        told = json.loads(graph["ceph-end-discard"].inputs["stdin"])["parameters"]
        assert told == {"CEPH_COPIES": str(size)}
        assert (
            "continueUpgradeAfterChecksEvenIfNotHealthy" not in graph["ceph-cluster"].inputs["spec"]
        )


@pulumi.runtime.test
async def test_a_host_that_refuses_its_disk_leaves_the_number_of_copies_as_it_was(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    # Else the settings would speak of copies that nobody has, and leaving the node out again would be refused.
    graph = await built(engine, texts, configuration({"rook": LOOP}, "s1", "s2"))
    assert graph["ceph-overrides"].depends_on >= {"s1-osd", "s2-osd"}


@pulumi.runtime.test
async def test_a_node_on_its_way_out_keeps_its_disk_and_no_data(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    storage = {"rook": LOOP}
    leaving = configuration(storage, "s1", "s2", leaving=("s2",))
    graph = await built(engine, texts, leaving)
    (staying,) = graph["ceph-cluster"].inputs["spec"]["storage"]["nodes"]
    assert staying["name"] == "s1"
    assert "s2-osd" in graph.recorded


@pulumi.runtime.test
async def test_data_is_protected_unless_the_stack_says_otherwise(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    data = ("ceph-cluster", "ceph-block-pool", "ceph-objects-store", "ceph-end-discard")
    for protection in (True, False):
        wanted = configuration({"rook": LOOP}, "s1", protection=protection)
        graph = await built(engine, texts, wanted)
        assert [graph[name].request.protect for name in data] == [protection] * len(data)


@pulumi.runtime.test
async def test_online_the_modern_rook_mounts_volumes_from_its_makers_images(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    storage = {"default": "rook", "rook": {**LOOP, "sharedFilesystem": True}}
    graph = await built(engine, texts, configuration(storage, "s1", bundled=False))
    assert graph["ceph-cluster"].inputs["spec"]["cephVersion"]["image"] == (
        "quay.io/ceph/ceph:v19.2.3"
    )
    assert graph["ceph-block-class"].inputs["metadata"]["name"] == "default"
    assert graph["ceph-files-class"].inputs["metadata"]["name"] == "shared"
    assert "osd_class_dir" not in graph["ceph-overrides"].inputs["data"]["config"]


def test_a_stack_needs_exactly_what_its_providers_run() -> None:
    both = configuration({"default": "hostpath", "rook": LOOP}, "s1")
    assert set(images(both)) >= {*host_path.images(), *RELEASES["1.12.11"].images}
    assert manifests(both) == ("manifest/rook:v1.12.11",)
    assert manifests(configuration({"default": "hostpath"})) == ()


def test_a_storage_that_the_lock_lacks_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "lock.json"
    write(empty, "go1.26.8", {})
    with pytest.raises(ConfigurationError) as fault:
        refuse(configuration({"rook": LOOP}, "s1"), read(empty))
    lines = str(fault.value).splitlines()
    assert [line for line in lines if "storage: the lock" in line and "rook/ceph" in line]


def test_a_dashboard_that_the_bundle_lacks_is_refused(lock: Lock) -> None:
    wanted = {"rook": {**LOOP, "dashboard": True}}
    found = [line for line in faults(configuration(wanted, "s1"), lock) if "dashboard" in line]
    assert found == [
        (
            "storage.rook.dashboard: the bundle's Ceph is built of Debian's packages without the dashboard; remove the "
            "key, or install without a bundle"
        )
    ]
    assert list(faults(configuration(wanted, "s1", bundled=False), lock)) == []


@pytest.mark.parametrize(
    ("storage", "nodes", "told"),
    [
        ({"default": "hostpath"}, (), "claims get volumes by hostpath"),
        ({"rook": LOOP}, ("s1",), "Ceph keeps its data once"),
        (
            {"default": "hostpath", "rook": LOOP},
            ("s1", "s2"),
            "claims get volumes by hostpath, and Ceph keeps its data 2 times",
        ),
    ],
)
def test_the_operator_is_told_what_there_is(
    storage: Mapping[str, Any], nodes: tuple[str, ...], told: str
) -> None:
    assert summary(configuration(storage, *nodes)) == told
