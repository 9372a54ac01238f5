"""The snapshot program in a Job of the operator's commands."""

from dataclasses import dataclass
from typing import Any

import pytest

from components.application.rewrites.snapshot_container import SnapshotContainer
from operate.failure import OperateError
from operate.snapshots.namespace import Object
from operate.snapshots.task import Task, job
from tests.operate.snapshots.cluster import Memory, pod

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


@dataclass(frozen=True, kw_only=True)
class Busy(Memory):
    """One in which every Job has a pod that ended."""

    printed: str = "done\n"
    phase: str = "Succeeded"

    def create(self, body: Object) -> None:
        super().create(body)
        name = body["metadata"]["name"]
        made = pod(f"{name}-a", "", ("Job", name), self.phase)
        made["spec"] = {"nodeName": "n2"}
        self.objects.append(made)

    def kubectl(self, *words: str, stdin: str = "", limit: float = 0) -> str:
        super().kubectl(*words, stdin=stdin, limit=limit)
        return self.printed if words[0] == "logs" else ""


OF_STACK = {"kind": "Job", "metadata": {"name": "replicated-snapshot-repository"}, **TEMPLATE}


def names(namespace: Memory) -> list[str]:
    return [each["metadata"]["name"] for each in namespace.all("jobs")]


def test_what_a_task_printed_is_read_and_its_job_goes() -> None:
    namespace = Busy(objects=[OF_STACK])
    done = Task(namespace=namespace, suffix="x", arguments=("list",)).run()
    assert (done.printed, done.node) == ("done\n", "n2")
    assert names(namespace) == ["replicated-snapshot-repository"]


def test_a_task_that_fails_says_what_the_program_said_last() -> None:
    printed = "snapshots: first\nsnapshots: the repository is another's\n"
    namespace = Busy(objects=[OF_STACK], printed=printed, phase="Failed")
    with pytest.raises(OperateError, match=r"^the repository is another's$"):
        Task(namespace=namespace, suffix="x", arguments=("list",)).run()
    assert names(namespace) == ["replicated-snapshot-repository"]


def test_what_an_interrupted_command_left_is_taken_away_first() -> None:
    left = {"kind": "Job", "metadata": {"name": "replicated-snapshot-x"}, "old": True}
    namespace = Busy(objects=[OF_STACK, left])
    Task(namespace=namespace, suffix="x", arguments=("list",)).run()
    assert not any("old" in each for each in namespace.objects)


def test_where_the_stack_made_no_job_there_are_no_snapshots() -> None:
    with pytest.raises(OperateError, match="so no snapshots are configured there"):
        Task(namespace=Busy(objects=[]), suffix="x", arguments=("list",)).run()
