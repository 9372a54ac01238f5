"""The snapshot program in a Job of the operator's commands."""

from typing import Any

from components.application.rewrites.snapshot_container import SnapshotContainer
from operate.snapshots.task import Task, job
from tests.operate.snapshots.cluster import Memory

OWN = SnapshotContainer(image="snap:1", secret="s", program="p").spec(("initialise",))  # noqa: S106
TEMPLATE = {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [OWN]}}}}


def task(**changes: Any) -> Task:
    return Task(
        namespace=Memory(objects=[]),
        suffix="x",
        arguments=("restore", "1", "/snapshot/v"),
        **changes,
    )


def test_a_task_is_the_stacks_own_job_with_other_words() -> None:
    found = job(TEMPLATE, task())
    (container,) = found["spec"]["template"]["spec"]["containers"]
    assert container == {**OWN, "args": ["restore", "1", "/snapshot/v"]}
    assert found["metadata"]["name"] == "replicated-snapshot-x"
    assert found["spec"]["backoffLimit"] == 0


def test_only_a_task_with_a_claim_writes_to_it_and_may_make_files_of_anybody() -> None:
    found = job(TEMPLATE, task(claim="data", mounted="/snapshot/v"))
    spec = found["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert spec["volumes"][-1]["persistentVolumeClaim"] == {"claimName": "data"}
    assert container["volumeMounts"][-1] == {"name": "claim", "mountPath": "/snapshot/v"}
    assert "CHOWN" in container["securityContext"]["capabilities"]["add"]
    assert "CHOWN" not in OWN["securityContext"]["capabilities"]["add"]
