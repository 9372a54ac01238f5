"""Storage on two hosts: it comes up, loses a host, heals, and goes without a trace.

The tests are steps of one life, in the order of the file. How it grows is another (`test_12_storage_grows.py`).
"""

import copy
import json
import time
from typing import Any

import pytest

from tests.e2e.ceph import Ceph
from tests.e2e.operator import CONFIGURATION, PATIENCE, STACK, Operator
from tests.e2e.pods import IMAGE, NAMESPACE, Pods, eventually, push_toolbox
from tests.e2e.test_1_cluster import UNCHANGED

pytestmark = pytest.mark.e2e

TEXT = "an object that must not be lost"
CLAIM = {
    "apiVersion": "v1",
    "kind": "List",
    "items": [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "claim", "namespace": NAMESPACE},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "writer", "namespace": NAMESPACE},
            "spec": {
                "terminationGracePeriodSeconds": 1,
                "containers": [
                    {
                        "name": "writer",
                        "image": IMAGE,
                        "command": [
                            "bash",
                            "-c",
                            f"echo '{TEXT}' >/data/file; exec sleep infinity",
                        ],
                        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
                    }
                ],
                "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "claim"}}],
            },
        },
    ],
}
# Prints a line for everything that storage may leave on a host.
LEFT_BEHIND = r"""
find /opt/replicated/rook /var/lib/rook -type f 2>/dev/null
ls /etc/systemd/system/appliance-osd.service /usr/local/sbin/appliance-osd 2>/dev/null
ls {loop} 2>/dev/null
ps -eo comm= | grep -E '^(ceph-|radosgw)'
true
"""


def platform(*storage_nodes: str, **storage: Any) -> dict[str, Any]:
    """The stack's configuration with these storage nodes."""
    configuration = copy.deepcopy(CONFIGURATION)
    for node in configuration["hosts"]["nodes"]:
        if node["name"] in storage_nodes:
            node["roles"] = [*node["roles"], "storage"]
    return {**configuration, "storage": storage}


WHOLE: dict[str, Any] = {"default": "hostpath", "rook": {"loopFile": "8Gi"}}
FIVE_MINUTES = 300


@pytest.fixture(scope="module")
def ceph(operator: Operator) -> Ceph:
    """Ceph on both hosts."""
    operator.begin_anew()
    operator.configure(platform("n1", "n2", **WHOLE))
    operator.run("up")
    return Ceph(operator=operator)


def is_well(ceph: Ceph) -> bool:
    return ceph.health() == "HEALTH_OK"


def copies(ceph: Ceph) -> set[tuple[int, int]]:
    """The copies of all pools but those that Ceph makes of itself later."""
    return set(ceph.pools().values())


def test_two_storage_nodes_keep_everything_twice_on_different_hosts(ceph: Ceph) -> None:
    assert ceph.osds() == (2, 2)
    eventually(lambda: is_well(ceph), "Ceph is well", seconds=120)
    assert copies(ceph) == {(2, 1)}
    assert ceph.spread() == {"host"}


def test_an_object_that_is_put_can_be_got(ceph: Ceph) -> None:
    ceph.objects("n1", "PUT", "")
    ceph.objects("n1", "PUT", "/object", TEXT)
    assert ceph.objects("n2", "GET", "/object") == TEXT


def test_a_second_up_with_storage_changes_nothing(ceph: Ceph) -> None:
    assert UNCHANGED.search(ceph.operator.run("up"))


def test_fewer_storage_nodes_are_refused_at_preview(ceph: Ceph) -> None:
    ceph.operator.configure(platform("n1", **WHOLE))
    refusal = ceph.operator.fails("preview")
    assert "each piece of data lies on 2 storage nodes" in refusal, refusal[-2000:]
    assert "say storage.rook.replication: 1" in refusal


def test_a_claim_without_a_class_is_bound_and_written_to(ceph: Ceph) -> None:
    push_toolbox(ceph.operator)
    Pods(operator=ceph.operator).start()
    ceph.operator.shell(f"kubectl apply -f - >&2 <<'EOF'\n{json.dumps(CLAIM)}\nEOF")
    ceph.operator.kubectl(
        f"-n {NAMESPACE} wait pod/writer --for=condition=Ready --timeout=120s", 150
    )
    claim = ceph.operator.kubectl_json(f"-n {NAMESPACE} get pvc claim")
    assert (claim["spec"]["storageClassName"], claim["status"]["phase"]) == ("default", "Bound")
    pod = ceph.operator.kubectl_json(f"-n {NAMESPACE} get pod writer")
    found = ceph.operator.ssh(pod["spec"]["nodeName"], "cat /opt/replicated/hostpath/*/file")
    assert found.strip() == TEXT
    # It goes with its claim.
    ceph.operator.kubectl(f"delete namespace {NAMESPACE} --timeout=120s", 150)
    eventually(
        lambda: ceph.operator.ssh(pod["spec"]["nodeName"], "ls /opt/replicated/hostpath") == "",
        "the claim's directory is gone",
    )


def test_the_object_store_answers_while_a_storage_host_has_no_power_and_heals(ceph: Ceph) -> None:
    staying, lost = ceph.mon_node(), "n2"
    # With the only mon Ceph would stop; it is with the only control plane.
    assert staying == "n1"
    ceph.operator.hosts("power-off", "--lab", STACK, "--name", lost)
    eventually(lambda: ceph.osds() == (2, 1), "Ceph knows of the loss", seconds=90)
    eventually(lambda: answers(ceph, staying), "the object store answers", seconds=60)
    ceph.objects(staying, "PUT", "/meanwhile", TEXT)
    ceph.operator.hosts("start", "--lab", STACK, "--name", lost)
    eventually(lambda: ceph.osds() == (2, 2), "the OSD is back", seconds=240)
    eventually(lambda: is_well(ceph), "Ceph has healed", seconds=240)
    assert ceph.objects(lost, "GET", "/meanwhile") == TEXT


def answers(ceph: Ceph, node: str) -> bool:
    try:
        return ceph.objects(node, "GET", "/object") == TEXT
    except AssertionError:
        return False


def test_storage_goes_without_a_trace_on_hosts_that_stay(ceph: Ceph) -> None:
    # The kernel is every lab's, and so are its loop devices: only the number tells whose it was.
    loops = {
        node: ceph.operator.ssh(node, "basename $(cat /var/lib/appliance/osd-loop)").strip()
        for node in ("n1", "n2")
    }
    ceph.operator.configure(CONFIGURATION)
    began = time.monotonic()
    ceph.operator.run("up", limit=600)
    assert time.monotonic() - began < FIVE_MINUTES * PATIENCE
    for node, loop in loops.items():
        attached = f"/sys/block/{loop}/loop/backing_file"
        assert ceph.operator.ssh(node, LEFT_BEHIND.replace("{loop}", attached)) == ""
    namespaces = ceph.operator.kubectl("get namespaces -o name").split()
    assert not [name for name in namespaces if "rook" in name or "local-path" in name]
    assert "ceph.rook.io" not in ceph.operator.kubectl("api-resources -o name")


def test_what_is_left_can_be_destroyed(ceph: Ceph) -> None:
    ceph.operator.run("down")
    assert ceph.operator.names() == set()
