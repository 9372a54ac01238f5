"""The claim that a snapshot is brought back to."""

import json
from typing import Any

import pytest

from operate.engine import Engine
from operate.failure import OperateError
from operate.snapshots import claims
from operate.snapshots.claims import TYPE
from operate.snapshots.workloads import mounting
from operate.stack import Stack
from tests.operate.conftest import FakePulumi
from tests.operate.snapshots.cluster import CLAIM, Memory, stateful


def says(pulumi: FakePulumi, stack: Stack, *resources: Any) -> None:
    file = stack.directory / "export.json"
    file.write_text(json.dumps({"deployment": {"resources": resources}}))
    pulumi.says(f"cat {file}")


def test_a_claim_of_a_set_is_made_as_its_controller_makes_it(engine: Engine) -> None:
    namespace = Memory(objects=[stateful()])
    found = claims.body(namespace, CLAIM, mounting(namespace, CLAIM), engine)
    assert found["metadata"]["labels"] == {"app": "guestbook"}
    assert found["spec"] == {"accessModes": ["ReadWriteOnce"]}
    assert claims.make(namespace, CLAIM, found)
    assert namespace.one("pvc", CLAIM) == found


def test_a_claim_of_the_release_is_made_as_the_stack_made_it(
    pulumi: FakePulumi, stack: Stack, engine: Engine
) -> None:
    annotations = {"pulumi.com/patchFieldManager": "x", "mine": "kept"}
    metadata = {"name": "files", "namespace": "replicated-guestbook", "annotations": annotations}
    spec = {"storageClassName": "default"}
    says(pulumi, stack, {"type": TYPE, "inputs": {"metadata": metadata, "spec": spec}})
    found = claims.body(Memory(objects=[]), "files", (), engine)
    assert found["metadata"]["annotations"] == {"mine": "kept"}
    assert found["spec"] == spec


def test_a_claim_that_nobody_describes_is_refused(
    pulumi: FakePulumi, stack: Stack, engine: Engine
) -> None:
    says(pulumi, stack)
    with pytest.raises(
        OperateError, match="neither a StatefulSet nor the release says what it was"
    ):
        claims.body(Memory(objects=[]), "files", (), engine)


def test_a_claim_that_is_there_stays() -> None:
    there = {"kind": "PersistentVolumeClaim", "metadata": {"name": "files"}}
    namespace = Memory(objects=[there])
    assert not claims.make(namespace, "files", {"kind": "PersistentVolumeClaim", "new": True})
    assert namespace.objects == [there]


def test_a_claim_on_its_way_out_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "GONE_WITHIN", 0)
    going = {"name": "files", "deletionTimestamp": "2026-11-22T00:00:00Z"}
    namespace = Memory(objects=[{"kind": "PersistentVolumeClaim", "metadata": going}])
    with pytest.raises(OperateError, match="was deleted and does not go within 0 s"):
        claims.make(namespace, "files", {})
