"""What lies in Ceph: the pool of volumes, the shared filesystem, the object store; and its end."""

import json
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.storage.block_pool import BlockPool, BlockPoolArgs
from components.storage.ceph_end import CephEnd, CephEndArgs
from components.storage.object_store import ENDPOINT, SECRET, ObjectStore, ObjectStoreArgs
from components.storage.replication import replication
from components.storage.shared_filesystem import SharedFilesystem, SharedFilesystemArgs
from components.storage.storage_class import ClassName
from tests.components.storage.given import conditions
from tests.conftest import Engine

SECRETS = "csi.storage.k8s.io"


def cluster() -> pulumi.Resource:
    return kubernetes.core.v1.ConfigMap("cluster", metadata={"name": "cluster"})


async def done(resources: tuple[pulumi.Resource, ...]) -> None:
    for resource in resources:
        await resource.urn.future()


@pulumi.runtime.test
async def test_the_pool_waits_for_the_cluster_and_claims_for_the_pool(engine: Engine) -> None:
    args = BlockPoolArgs(
        replication=replication(2),
        class_name=ClassName(name="default", default=True),
        after=(cluster(),),
    )
    await done(BlockPool("block", args).ready)
    pool, made = engine["block-pool"], engine["block-class"]
    assert pool.depends_on >= {"cluster"}
    assert pool.inputs["metadata"]["name"] == "replicapool"
    assert "Ready" in conditions(pool)
    assert made.depends_on >= {"block-pool"}
    assert made.inputs["provisioner"] == "rook-ceph-system.rbd.csi.ceph.com"
    assert made.inputs["parameters"]["clusterID"] == "rook-ceph"
    assert made.inputs["parameters"][f"{SECRETS}/node-stage-secret-name"] == "rook-csi-rbd-node"
    assert made.inputs["metadata"]["annotations"] == {
        "storageclass.kubernetes.io/is-default-class": "true"
    }


@pulumi.runtime.test
async def test_rook_need_not_write_back_what_it_is_given(engine: Engine) -> None:
    # It would to add its finalizer, and so raise the generation that Pulumi then waits for.
    copies = replication(1)
    await done(ObjectStore("o", ObjectStoreArgs(replication=copies, nodes=1, after=())).ready)
    await done(BlockPool("b", BlockPoolArgs(replication=copies, class_name=None, after=())).ready)
    files = SharedFilesystemArgs(replication=copies, nodes=1, class_name=None, after=())
    await done(SharedFilesystem("f", files).ready)
    borne = {
        name: engine[name].inputs["metadata"]["finalizers"]
        for name in ("o-store", "o-user", "b-pool", "f-filesystem")
    }
    assert borne == {
        "o-store": ["cephobjectstore.ceph.rook.io"],
        "o-user": ["cephobjectstoreuser.ceph.rook.io"],
        "b-pool": ["cephblockpool.ceph.rook.io"],
        "f-filesystem": ["cephfilesystem.ceph.rook.io"],
    }


@pulumi.runtime.test
async def test_without_anyone_who_mounts_there_is_no_class(engine: Engine) -> None:
    args = BlockPoolArgs(replication=replication(1), class_name=None, after=())
    await done(BlockPool("block", args).ready)
    files = SharedFilesystemArgs(replication=replication(1), nodes=1, class_name=None, after=())
    await done(SharedFilesystem("files", files).ready)
    assert not [name for name in engine.recorded if name.endswith("-class")]


@pytest.mark.parametrize(("nodes", "instances"), [(1, 1), (2, 2), (3, 2)])
@pulumi.runtime.test
async def test_the_store_answers_while_a_host_is_away_if_there_is_another(
    engine: Engine, nodes: int, instances: int
) -> None:
    args = ObjectStoreArgs(replication=replication(nodes), nodes=nodes, after=(cluster(),))
    await done(ObjectStore("objects", args).ready)
    spec = engine["objects-store"].inputs["spec"]
    assert spec["gateway"]["instances"] == instances
    assert spec["dataPool"]["replicated"]["size"] == nodes
    assert spec["metadataPool"]["replicated"]["size"] == nodes


@pulumi.runtime.test
async def test_the_user_waits_for_the_store(engine: Engine) -> None:
    args = ObjectStoreArgs(replication=replication(1), nodes=1, after=(cluster(),), protect=True)
    await done(ObjectStore("objects", args).ready)
    store, user = engine["objects-store"], engine["objects-user"]
    assert store.depends_on >= {"cluster"}
    assert store.request.protect
    assert user.depends_on >= {"objects-store"}
    assert user.inputs["spec"] == {"store": "replicated", "displayName": "replicated"}
    assert ENDPOINT == "http://rook-ceph-rgw-replicated.rook-ceph.svc"
    assert SECRET == "rook-ceph-object-user-replicated-replicated"  # noqa: S105 - a name


@pytest.mark.parametrize(("nodes", "standby"), [(1, False), (2, True)])
@pulumi.runtime.test
async def test_a_second_node_has_a_metadata_server_that_follows(
    engine: Engine, nodes: int, *, standby: bool
) -> None:
    args = SharedFilesystemArgs(
        replication=replication(nodes),
        nodes=nodes,
        class_name=ClassName(name="shared"),
        after=(cluster(),),
    )
    await done(SharedFilesystem("files", args).ready)
    filesystem: Any = engine["files-filesystem"]
    assert filesystem.inputs["metadata"]["name"] == "rook-shared-fs"
    assert filesystem.inputs["spec"]["metadataServer"]["activeStandby"] is standby
    parameters = engine["files-class"].inputs["parameters"]
    assert parameters["pool"] == "rook-shared-fs-replicated"
    assert engine["files-class"].depends_on >= {"files-filesystem"}


@pulumi.runtime.test
async def test_metadata_servers_are_given_no_probe_that_rook_has_none_of_for_them(
    engine: Engine,
) -> None:
    # Its operator reads the one of its own that it would change, and ends.
    args = SharedFilesystemArgs(replication=replication(3), nodes=3, class_name=None, after=())
    await done(SharedFilesystem("f", args).ready)
    servers = engine["f-filesystem"].inputs["spec"]["metadataServer"]
    assert "startupProbe" not in servers


@pulumi.runtime.test
async def test_the_end_is_made_last_and_so_deleted_first(engine: Engine) -> None:
    last = cluster()
    args = CephEndArgs(control_planes=pulumi.Output.from_input("[]"), copies=1, after=(last,))
    await done((CephEnd("end", replace(args, protect=True)).ready,))
    discard = engine["end-discard"]
    assert discard.depends_on >= {"cluster"}
    assert discard.inputs["create"].endswith("components.storage.steps keep")
    assert discard.inputs["delete"].endswith("components.storage.steps discard")
    assert json.loads(discard.inputs["stdin"])["parameters"] == {"CEPH_COPIES": "1"}
    assert discard.request.protect


@pulumi.runtime.test
async def test_a_gateway_that_answers_is_asked_within_seconds(engine: Engine) -> None:
    # Rook asks the gateways before it calls the store ready, and begins anew while none is.
    args = ObjectStoreArgs(replication=replication(2), nodes=2, after=())
    await done(ObjectStore("objects", args).ready)
    checks = engine["objects-store"].inputs["spec"]["healthCheck"]
    startup, readiness = (checks[f"{kind}Probe"]["probe"] for kind in ("startup", "readiness"))
    assert startup["initialDelaySeconds"] + startup["periodSeconds"] <= 5
    assert readiness["successThreshold"] == 1
    assert readiness["initialDelaySeconds"] + readiness["periodSeconds"] <= 6
