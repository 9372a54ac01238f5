"""Storage that grows from one host to three, with a device that has a name, and the two ends of a whole stack.

The tests are steps of two lives, in the order of the file.
"""

import copy
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.ceph import FIVE_MINUTES, TEXT, WHOLE, Ceph, copies, is_well, platform, takes
from tests.e2e.full import full
from tests.e2e.operator import CONFIGURATION, PATIENCE, STACK, WORKER, Operator
from tests.e2e.pods import eventually

pytestmark = [
    pytest.mark.e2e,
    full,
]

# The kernel is everybody's: a number that neither OSDs nor other programs take.
DEVICE = "/dev/loop47"
DISK = "/var/tmp/disk.img"  # noqa: S108 - on a host of the lab


def three(*storage_nodes: str, **rook: Any) -> dict[str, Any]:
    """The stack's configuration with a third host."""
    configuration = copy.deepcopy(CONFIGURATION)
    configuration["hosts"]["nodes"].append({**WORKER, "name": "n3"})
    for node in configuration["hosts"]["nodes"]:
        if node["name"] in storage_nodes:
            node["roles"] = [*node["roles"], "storage"]
    return {**configuration, "storage": {**WHOLE, "rook": {**WHOLE["rook"], **rook}}}


@pytest.fixture(scope="module")
def ceph(operator: Operator) -> Ceph:
    """Ceph on one host of three."""
    operator.begin_anew()
    operator.configure(three("n1"))
    operator.run("up")
    return Ceph(operator=operator)


def test_one_storage_node_keeps_everything_once(ceph: Ceph) -> None:
    assert ceph.osds() == (1, 1)
    eventually(lambda: is_well(ceph), "Ceph is well", seconds=120)
    assert copies(ceph) == {(1, 1)}
    ceph.objects("n1", "PUT", "")
    ceph.objects("n1", "PUT", "/object", TEXT)


def test_a_host_refuses_a_device_that_is_not_empty_and_ceph_stays_as_it_was(ceph: Ceph) -> None:
    ceph.operator.ssh(
        "n3",
        f"set -e; truncate -s 8G {DISK}\n"
        f"[ -e {DEVICE} ] || mknod -m 0660 {DEVICE} b 7 {DEVICE[9:]}\n"
        f"losetup {DEVICE} {DISK}\n"
        # The kernel is every host's: Ceph would find the others' OSDs in their devices.
        f"for other in /dev/loop[0-9]*; do [ $other = {DEVICE} ] || rm -f $other; done\n"
        f"mkswap {DEVICE}",
    )
    ceph.operator.configure(three("n1", "n3", devices={"n3": [DEVICE]}))
    refusal = ceph.operator.fails("up")
    assert f"the storage device {DEVICE} is not empty: it carries swap" in refusal, refusal[-3000:]
    assert "swap" in ceph.operator.ssh("n3", f"wipefs --noheadings {DEVICE}")
    # Nothing speaks of a second copy, so it is no question to leave the node out again.
    ceph.operator.configure(three("n1"))
    ceph.operator.run("preview")
    assert ceph.osds() == (1, 1)
    ceph.operator.ssh("n3", f"wipefs --all {DEVICE}")


def test_three_storage_nodes_raise_copies_and_mons_one_of_them_with_a_named_device(
    ceph: Ceph,
) -> None:
    ceph.operator.configure(three("n1", "n2", "n3", devices={"n3": [DEVICE]}))
    with ThreadPoolExecutor() as pool:
        growing = pool.submit(ceph.operator.run, "up")
        eventually(lambda: knows(ceph, 3), "Ceph knows of three OSDs", seconds=600)
        # Rook begins again, and finds OSDs whose data lies once: of none of them may it stop by Ceph's word. Where the
        # copies are there before it asks, it does not come to that.
        ceph.operator.kubectl("-n rook-ceph-system delete pods -l app=rook-ceph-operator")
        growing.result()
    assert ceph.osds() == (3, 3)
    assert "ceph_bluestore" in ceph.operator.ssh("n3", f"wipefs --noheadings {DEVICE}")
    eventually(lambda: copies(ceph) == {(3, 2)}, "every pool has three copies", seconds=180)
    assert ceph.spread() == {"host"}
    eventually(lambda: len(ceph.quorum()) == 3, "three mons are a quorum", seconds=240)
    eventually(lambda: is_well(ceph), "Ceph is well with three copies", seconds=300)
    # From now on by Ceph's word only.
    assert ceph.cluster()["spec"]["continueUpgradeAfterChecksEvenIfNotHealthy"] is False
    eventually(lambda: ceph.cluster()["status"]["phase"] == "Ready", "Rook is done", seconds=240)
    assert ceph.objects("n2", "GET", "/object") == TEXT


def knows(ceph: Ceph, osds: int) -> bool:
    """Whether Ceph knows of so many OSDs, running or not; it may not answer while mons come."""
    try:
        return ceph.osds()[0] == osds
    except AssertionError:
        return False


def test_copies_do_not_go_with_a_storage_node_unless_that_is_said(ceph: Ceph) -> None:
    operator = ceph.operator
    fewer = {"devices": {"n3": [DEVICE]}}
    operator.configure(three("n1", "n3", **fewer))
    refusal = operator.fails("up")
    assert "each piece of data lies on 3 storage nodes" in refusal, refusal[-2000:]
    assert ceph.osds() == (3, 3)
    assert copies(ceph) == {(3, 2)}
    operator.configure(three("n1", "n3", replication=2, **fewer))
    assert "~" in operator.run("preview")


def test_the_shared_filesystem_is_served_as_soon_as_it_is_wanted(ceph: Ceph) -> None:
    ceph.operator.configure(
        three("n1", "n2", "n3", devices={"n3": [DEVICE]}, sharedFilesystem=True)
    )
    ceph.operator.run("up")
    assert [each["name"] for each in ceph.says("fs ls")] == ["rook-shared-fs"]
    eventually(
        lambda: "up:active" in ceph.metadata_servers(), "a metadata server is active", seconds=120
    )
    eventually(lambda: is_well(ceph), "Ceph is well", seconds=120)


def test_any_host_but_the_control_plane_may_lose_its_power(ceph: Ceph) -> None:
    ceph.operator.hosts("power-off", "--lab", STACK, "--name", "n2")
    eventually(lambda: ceph.osds() == (3, 2), "Ceph knows of the loss", seconds=120)
    # Until Kubernetes gives the host up, some of what comes is sent to the gateway that was on it.
    eventually(
        lambda: takes(ceph, "n1", "/meanwhile"), "the object store takes objects", seconds=90
    )
    ceph.operator.hosts("start", "--lab", STACK, "--name", "n2")
    eventually(lambda: ceph.osds() == (3, 3), "the OSD is back", seconds=240)
    eventually(lambda: is_well(ceph), "Ceph has healed", seconds=300)
    assert ceph.objects("n2", "GET", "/meanwhile") == TEXT


def test_a_stack_with_data_is_destroyed_within_five_minutes(ceph: Ceph) -> None:
    began = time.monotonic()
    ceph.operator.run("down")
    assert time.monotonic() - began < FIVE_MINUTES * PATIENCE
    assert ceph.operator.names() == set()


@pytest.fixture(scope="module")
def orphan(operator: Operator) -> Operator:
    """A stack with Ceph whose only control plane is gone for good."""
    operator.begin_anew()
    operator.configure(platform("n1", "n2", **WHOLE))
    operator.run("up")
    operator.hosts("power-off", "--lab", STACK, "--name", "n1")
    return operator


def test_without_a_control_plane_the_way_out_is_named(orphan: Operator) -> None:
    refusal = orphan.fails("down")
    assert "--cluster-gone" in refusal, refusal[-3000:]
    assert orphan.names()


def test_the_way_out_leads_out(orphan: Operator) -> None:
    began = time.monotonic()
    orphan.run("down", "--cluster-gone")
    assert time.monotonic() - began < FIVE_MINUTES * PATIENCE
    assert orphan.names() == set()
