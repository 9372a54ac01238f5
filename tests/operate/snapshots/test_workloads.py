"""Who uses a claim, and how they come to rest and run again."""

import pytest

from operate.failure import OperateError
from operate.snapshots import workloads
from operate.snapshots.workloads import REMEMBERED, mounting, refuse_others, scale_down, scale_up
from tests.operate.snapshots.cluster import CLAIM, Memory, deployment, pod, stateful

OF_SET = ("StatefulSet", "guestbook")


def replicas(namespace: Memory) -> int:
    found = namespace.one("StatefulSet", "guestbook")
    assert found is not None
    return int(found["spec"]["replicas"])


def test_a_statefulset_uses_the_claims_of_its_templates_whether_it_runs_or_not() -> None:
    namespace = Memory(objects=[stateful(replicas=0), deployment()])
    assert [str(each) for each in mounting(namespace, CLAIM)] == ["StatefulSet/guestbook"]
    assert mounting(namespace, "entries-guestbook-x") == ()
    assert [str(each) for each in mounting(namespace, "files")] == ["Deployment/web"]


def test_pods_of_a_deployment_are_known_through_its_replicaset() -> None:
    owned = {"ownerReferences": [{"kind": "Deployment", "name": "web"}], "name": "web-1"}
    objects = [deployment(), {"kind": "ReplicaSet", "metadata": owned}]
    namespace = Memory(objects=[*objects, pod("web-1-a", "files", ("ReplicaSet", "web-1"))])
    refuse_others(namespace, "files", mounting(namespace, "files"))


@pytest.mark.parametrize("maker", [("", ""), ("Job", "migrate"), ("DaemonSet", "all")])
def test_a_claim_in_use_by_others_is_refused_with_their_names(maker: tuple[str, str]) -> None:
    namespace = Memory(objects=[stateful(), pod("stranger", CLAIM, maker)])
    with pytest.raises(OperateError, match=f"the claim {CLAIM} is in use by stranger"):
        refuse_others(namespace, CLAIM, mounting(namespace, CLAIM))


def test_pods_that_have_ended_use_nothing() -> None:
    namespace = Memory(objects=[stateful(), pod("done", CLAIM, phase="Succeeded")])
    refuse_others(namespace, CLAIM, mounting(namespace, CLAIM))


def test_who_was_scaled_down_has_as_many_pods_as_before() -> None:
    namespace = Memory(objects=[stateful(), pod("guestbook-0", CLAIM, OF_SET)])
    scale_down(namespace, CLAIM, mounting(namespace, CLAIM))
    assert replicas(namespace) == 0
    assert namespace.all("pods") == []
    scale_up(namespace, mounting(namespace, CLAIM))
    found = namespace.one("StatefulSet", "guestbook")
    assert found is not None
    assert found["spec"]["replicas"] == 3
    assert found["metadata"]["annotations"] == {"mine": "kept"}


def test_a_repeated_restore_remembers_how_many_pods_there_were_before_the_first() -> None:
    namespace = Memory(objects=[stateful()])
    scale_down(namespace, CLAIM, mounting(namespace, CLAIM))
    scale_down(namespace, CLAIM, mounting(namespace, CLAIM))
    found = namespace.one("StatefulSet", "guestbook")
    assert found is not None
    assert found["metadata"]["annotations"][REMEMBERED] == "3"
    scale_up(namespace, mounting(namespace, CLAIM))
    assert replicas(namespace) == 3


def test_no_field_of_the_workload_stays_with_the_command() -> None:
    namespace = Memory(objects=[stateful()])
    scale_down(namespace, CLAIM, mounting(namespace, CLAIM))
    scale_up(namespace, mounting(namespace, CLAIM))
    found = namespace.one("StatefulSet", "guestbook")
    assert found is not None
    assert found["metadata"]["managedFields"] == [{"manager": "other"}]


def test_a_set_that_takes_its_claims_along_is_not_scaled_down() -> None:
    policy = {"whenScaled": "Delete", "whenDeleted": "Retain"}
    namespace = Memory(objects=[stateful(persistentVolumeClaimRetentionPolicy=policy)])
    with pytest.raises(OperateError, match="deletes all its claims when it is scaled down"):
        mounting(namespace, CLAIM)


def test_pods_that_do_not_end_are_named_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workloads, "GONE_WITHIN", 0)
    namespace = Memory(objects=[stateful(), pod("guestbook-0", CLAIM, ("StatefulSet", "other"))])
    with pytest.raises(OperateError, match="did not end within 0 s"):
        scale_down(namespace, CLAIM, mounting(namespace, CLAIM))
