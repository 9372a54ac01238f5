"""Putting right what a killed command left."""

import json
import os
import socket
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from operate import leftovers
from operate.engine import Engine
from operate.environment import RUN
from operate.failure import OperateError
from operate.lock import Owner
from operate.stack import Stack
from tests.operate.conftest import FakePulumi, engine_lock

NOBODY = 2**22 - 1
"""A process number above what the kernel gives out by default."""

STACK_URN = "urn:pulumi:dev::appliance::"


def at(seconds: float) -> str:
    """A time in the past, as Pulumi writes it: with nanoseconds."""
    moment = datetime.now(UTC) - timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f123Z")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state" / "pulumi"


def test_the_engines_lock_of_a_dead_process_is_removed(
    root: Path, stack: Stack, engine: Engine, pulumi: FakePulumi
) -> None:
    engine_lock(root, pid=NOBODY, host=socket.gethostname(), since=at(5))
    leftovers.release(stack, engine)
    assert pulumi.calls == ["cancel --yes --non-interactive"]


def test_the_engines_lock_of_a_living_process_is_respected(
    root: Path, stack: Stack, engine: Engine, pulumi: FakePulumi
) -> None:
    engine_lock(root, pid=os.getpid(), host=socket.gethostname(), since=at(0))
    with pytest.raises(OperateError, match=f"changed by pid {os.getpid()}"):
        leftovers.release(stack, engine)
    assert pulumi.calls == []


def test_a_process_that_is_younger_than_the_lock_only_has_its_owners_number(
    root: Path, stack: Stack, engine: Engine, pulumi: FakePulumi
) -> None:
    engine_lock(root, pid=os.getpid(), host=socket.gethostname(), since=at(10**6))
    leftovers.release(stack, engine)
    assert pulumi.calls == ["cancel --yes --non-interactive"]


def test_a_lock_of_another_host_is_left_to_a_person(
    root: Path, stack: Stack, engine: Engine, pulumi: FakePulumi
) -> None:
    engine_lock(root, pid=NOBODY, host="elsewhere", since=at(5))
    with pytest.raises(OperateError, match="on host elsewhere"):
        leftovers.release(stack, engine)
    assert pulumi.calls == []


def test_no_lock_costs_no_call(stack: Stack, engine: Engine, pulumi: FakePulumi) -> None:
    leftovers.release(stack, engine)
    assert pulumi.calls == []


def test_what_the_dead_command_started_is_ended() -> None:
    environment = {**os.environ, RUN: "r1"}
    with subprocess.Popen(["sleep", "60"], env=environment, start_new_session=True) as orphan:
        leftovers.end_processes(
            Owner(pid=NOBODY, since="s", command="c", run="r1", sessions=(orphan.pid,))
        )
        assert orphan.wait(5) != 0


def exported(pending: Sequence[tuple[str, str]]) -> str:
    """An exported state with interrupted operations: (what, type of the resource)."""
    deployment: dict[str, Any] = {
        "resources": [{"urn": f"{STACK_URN}pulumi:pulumi:Stack::appliance-dev"}],
        "pending_operations": [
            {"type": what, "resource": {"urn": f"{STACK_URN}{kind}::x"}} for what, kind in pending
        ],
    }
    return json.dumps({"version": 3, "deployment": deployment})


def answer(pulumi: FakePulumi, state: str) -> Path:
    """Let pulumi export this state; returns the file that an import is written to."""
    written = pulumi.directory / "imported"
    (pulumi.directory / "state").write_text(state)
    pulumi.says(
        f'case "$2" in export) cat {pulumi.directory}/state ;; import) cat > {written} ;; esac'
    )
    return written


@pytest.mark.parametrize(
    "kind",
    [
        "appliance:cluster:ControlPlane$command:remote:Command",
        "command:local:Command",
        "appliance:network:Weave$kubernetes:apps/v1:DaemonSet",
    ],
)
def test_an_interrupted_creation_that_can_be_repeated_is_forgotten(
    kind: str, engine: Engine, pulumi: FakePulumi
) -> None:
    written = answer(pulumi, exported([("creating", kind)]))
    leftovers.forget_pending(engine)
    state = json.loads(written.read_text())["deployment"]
    assert state["pending_operations"] == []
    assert len(state["resources"]) == 1


def test_an_interrupted_creation_of_a_cloud_machine_is_left_to_a_person(
    engine: Engine, pulumi: FakePulumi
) -> None:
    kind = "appliance:machines:AwsMachines$aws:ec2/instance:Instance"
    written = answer(pulumi, exported([("creating", kind)]))
    with pytest.raises(OperateError, match="may exist unknown to Pulumi"):
        leftovers.forget_pending(engine)
    assert not written.exists()


def test_an_interrupted_deletion_is_repeated_whatever_it_deletes(
    engine: Engine, pulumi: FakePulumi
) -> None:
    written = answer(pulumi, exported([("deleting", "aws:ec2/instance:Instance")]))
    leftovers.forget_pending(engine)
    assert written.exists()


def test_a_state_without_interrupted_operations_is_not_written(
    engine: Engine, pulumi: FakePulumi
) -> None:
    written = answer(pulumi, exported([]))
    leftovers.forget_pending(engine)
    assert not written.exists()
