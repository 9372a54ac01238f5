"""Volumes of Ceph that a kernel mounts: RBD for one pod, CephFS for many, by the CSI drivers of Rook's modern release.

The tests are steps of one life, in the order of the file. They need what a build machine has not: machines with kernels
of their own that have the modules rbd and ceph, and a way to the makers' registries.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bundle import debian
from tests.e2e.operator import STACK, SUBNET, Operator
from tests.e2e.outside import MACHINE, connects, unreachable, without_bundle
from tests.e2e.test_6_machines_with_kernels import run
from tests.lab.machines.gate import needs_machines
from tests.vendors import internet

pytestmark = [pytest.mark.e2e, needs_machines]

IMAGE = "docker.io/library/busybox:1.36"
NAMESPACE = "mounts"
SIZE = ("--cpus", "4", "--memory", "8192", "--disk", "40")
CLASSES = {"block": ("default", "ReadWriteOnce"), "files": ("shared", "ReadWriteMany")}
WRITE = (
    "head -c 16777216 /dev/urandom >/tmp/data; for each in block files; do cp /tmp/data /$each/data; done; sync; "
    "sha256sum </tmp/data; touch /done; exec sleep 86400"
)
READ = "for each in {}; do sha256sum </$each/data; done; touch /done; exec sleep 86400"


@pytest.fixture(scope="module")
def machine(
    operator: Operator, key: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """A machine whose kernel mounts both, behind a proxy that leads to the makers' registries."""
    lacking = [*unreachable(), *(name for name in ("quay.io",) if not connects(name))]
    if lacking:
        pytest.skip(f"not reachable from this machine: {', '.join(lacking)}")
    operator.hosts("delete", "--lab", STACK, "--all")
    identity = ("--lab", STACK, "--subnet", SUBNET, "--name", "n1", "--authorized-key", key)
    made: dict[str, Any] = json.loads(operator.machines("create", *identity, *SIZE))
    try:
        for module in ("rbd", "ceph"):
            if run(made, f"modprobe {module} 2>&1 || true"):
                pytest.skip(f"the machine's kernel has no module {module}")
        run(made, f"cat >/etc/apt/sources.list <<'EOF'\n{debian.sources()}\nEOF")
        work: Path = tmp_path_factory.mktemp("proxy")
        with internet.proxy(work, MACHINE, {}):
            yield made
    finally:
        operator.machines("delete", "--lab", STACK, "--all")


def stack(machine: dict[str, Any]) -> dict[str, Any]:
    """One machine that is everything; its data lies once."""
    node = {
        "name": "n1",
        "roles": ["control-plane", "worker", "storage"],
        "address": machine["address"],
        "hostKey": machine["hostKey"],
    }
    return without_bundle(
        hosts={"provider": "ssh", "kernel": "own", "user": machine["user"], "nodes": [node]},
        storage={"default": "rook", "rook": {"loopFile": "12Gi", "sharedFilesystem": True}},
    )


def pod(name: str, command: str, *claims: str) -> dict[str, Any]:
    """A pod that mounts the claims below the root."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "terminationGracePeriodSeconds": 1,
            "containers": [
                {
                    "name": "main",
                    "image": IMAGE,
                    "command": ["sh", "-c", command],
                    "readinessProbe": {"exec": {"command": ["test", "-e", "/done"]}},
                    "volumeMounts": [{"name": one, "mountPath": f"/{one}"} for one in claims],
                }
            ],
            "volumes": [
                {"name": one, "persistentVolumeClaim": {"claimName": one}} for one in claims
            ],
        },
    }


def claim(name: str) -> dict[str, Any]:
    """A claim of one of the two classes."""
    class_name, mode = CLASSES[name]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "storageClassName": class_name,
            "accessModes": [mode],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }


def runs(operator: Operator, *objects: dict[str, Any]) -> None:
    """Makes the objects and waits for the pods among them."""
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
    operator.shell(f"kubectl apply -f - >&2 <<'EOF'\n{document}\nEOF")
    for each in objects:
        if each["kind"] == "Pod":
            name = each["metadata"]["name"]
            operator.kubectl(
                f"-n {NAMESPACE} wait pod/{name} --for=condition=Ready --timeout=300s", 330
            )


def sums(operator: Operator, name: str) -> list[str]:
    """The checksums that a pod has printed."""
    return operator.kubectl(f"-n {NAMESPACE} logs {name}").split("\n")[:-1]


def test_a_kernel_mounts_both_kinds_of_volumes(operator: Operator, machine: dict[str, Any]) -> None:
    operator.begin_anew()
    operator.configure(stack(machine))
    operator.run("init", "--ssh-agent")
    operator.run("up", limit=1800)
    operator.kubectl(f"create namespace {NAMESPACE}")
    runs(operator, *(claim(name) for name in CLASSES), pod("writer", WRITE, *CLASSES))
    kinds = run(machine, "findmnt -rno FSTYPE,SOURCE | grep -E 'csi|rbd' ; true") + run(
        machine, "findmnt -rno FSTYPE,SOURCE -t ceph; true"
    )
    assert "/dev/rbd" in kinds
    assert "ceph" in kinds


def test_what_was_written_is_read_by_the_pods_after(operator: Operator) -> None:
    (written,) = sums(operator, "writer")
    # While the writer holds the block volume, others read the files beside it.
    runs(operator, pod("beside", READ.format("files"), "files"))
    assert sums(operator, "beside") == [written]
    operator.kubectl(f"-n {NAMESPACE} delete pod writer --timeout=120s", 150)
    runs(operator, pod("reader", READ.format("block files"), *CLASSES))
    assert sums(operator, "reader") == [written, written]


def test_volumes_go_with_their_claims_and_the_stack_with_all(operator: Operator) -> None:
    operator.kubectl(f"delete namespace {NAMESPACE} --timeout=180s", 200)
    assert operator.kubectl_json("get persistentvolumes")["items"] == []
    operator.run("down")
    assert operator.names() == set()
