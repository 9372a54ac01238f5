"""Storage on two hosts in the whole platform: two copies, claims, and the loss of a host that comes back.

The tests are steps of the life of the whole platform, in the order of the file. How storage grows is another life
(`test_12_storage_grows.py`).
"""

import json

import pytest

from tests.e2e.ceph import TEXT, Ceph, answers, copies, is_well, takes
from tests.e2e.operator import STACK, Operator
from tests.e2e.pods import IMAGE, NAMESPACE, eventually

pytestmark = pytest.mark.e2e

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


@pytest.fixture(scope="module")
def ceph(whole: Operator) -> Ceph:
    """Ceph on both hosts."""
    return Ceph(operator=whole)


def test_two_storage_nodes_keep_everything_twice_on_different_hosts(ceph: Ceph) -> None:
    assert ceph.osds() == (2, 2)
    eventually(lambda: is_well(ceph), "Ceph is well", seconds=120)
    assert copies(ceph) == {(2, 1)}
    assert ceph.spread() == {"host"}


def test_an_object_that_is_put_can_be_got(ceph: Ceph) -> None:
    ceph.objects("n1", "PUT", "")
    ceph.objects("n1", "PUT", "/object", TEXT)
    assert ceph.objects("n2", "GET", "/object") == TEXT


@pytest.mark.usefixtures("pods")
def test_a_claim_without_a_class_is_bound_and_written_to(whole: Operator) -> None:
    whole.shell(f"kubectl apply -f - >&2 <<'EOF'\n{json.dumps(CLAIM)}\nEOF")
    whole.kubectl(f"-n {NAMESPACE} wait pod/writer --for=condition=Ready --timeout=120s", 150)
    claim = whole.kubectl_json(f"-n {NAMESPACE} get pvc claim")
    assert (claim["spec"]["storageClassName"], claim["status"]["phase"]) == ("default", "Bound")
    pod = whole.kubectl_json(f"-n {NAMESPACE} get pod writer")
    directory = f"/opt/replicated/hostpath/*_{NAMESPACE}_claim"
    found = whole.ssh(pod["spec"]["nodeName"], f"cat {directory}/file")
    assert found.strip() == TEXT
    # It goes with its claim.
    whole.kubectl(f"-n {NAMESPACE} delete pod/writer pvc/claim --timeout=120s", 150)
    eventually(
        lambda: whole.ssh(pod["spec"]["nodeName"], f"ls -d {directory} || true") == "",
        "the claim's directory is gone",
    )


def test_the_object_store_answers_while_a_storage_host_has_no_power_and_heals(ceph: Ceph) -> None:
    staying, lost = ceph.mon_node(), "n2"
    # With the only mon Ceph would stop; it is with the only control plane.
    assert staying == "n1"
    ceph.operator.hosts("power-off", "--lab", STACK, "--name", lost)
    eventually(lambda: ceph.osds() == (2, 1), "Ceph knows of the loss", seconds=90)
    eventually(lambda: answers(ceph, staying), "the object store answers", seconds=60)
    # Until Kubernetes calls the node not ready, one of two connections still goes to the gateway that was there.
    eventually(
        lambda: takes(ceph, staying, "/meanwhile"), "the object store takes objects", seconds=90
    )
    ceph.operator.hosts("start", "--lab", STACK, "--name", lost)
    eventually(lambda: ceph.osds() == (2, 2), "the OSD is back", seconds=240)
    eventually(lambda: is_well(ceph), "Ceph has healed", seconds=240)
    assert ceph.objects(lost, "GET", "/meanwhile") == TEXT
