from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.machines.machine import Profile
from components.storage.ceph_cluster import CephCluster
from components.storage.ceph_settings import Build, Surroundings, copies
from components.storage.fewer_copies import FewerCopiesError, refuse
from components.storage.replication import replication
from tests.components.storage.test_ceph_cluster import LAB, arguments
from tests.conftest import Engine


def change(before: int | None, after: int, surroundings: Surroundings = LAB) -> Any:
    old, new = (
        None if nodes is None else {"data": {"config": surroundings.settings(replication(nodes))}}
        for nodes in (before, after)
    )
    return pulumi.ResourceHookArgs(
        urn="", id="", name="ceph-overrides", type="", old_inputs=old, new_inputs=new
    )


@pytest.mark.parametrize(("before", "after", "held"), [(2, 1, "once"), (3, 2, "2 times")])
def test_storage_nodes_that_leave_do_not_take_copies_along_unasked(
    before: int, after: int, held: str
) -> None:
    with pytest.raises(FewerCopiesError) as refusal:
        refuse(change(before, after))
    text = str(refusal.value)
    assert f"lies on {before} storage nodes" in text
    assert held in text
    assert f"say storage.rook.replication: {after}" in text


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 2), (3, 3), (5, 4), (None, 1)])
def test_as_many_copies_as_before_or_more_are_no_question(before: int | None, after: int) -> None:
    refuse(change(before, after))


def test_settings_that_say_nothing_of_copies_are_no_reason_to_refuse() -> None:
    told = change(2, 1)
    told.old_inputs = {"data": {"config": "[global]\n"}}
    refuse(told)


@pytest.mark.parametrize("build", Build)
@pytest.mark.parametrize("profile", Profile)
def test_the_settings_of_every_surrounding_tell_their_copies(
    profile: Profile, build: Build
) -> None:
    settings = Surroundings(profile=profile, build=build).settings(replication(3))
    assert copies(settings) == 3


@pulumi.runtime.test
async def test_what_changes_first_is_guarded_unless_the_number_is_fixed(engine: Engine) -> None:
    for name, fixed in (("free", None), ("fixed", 1)):
        args = replace(arguments("n1", "n2"), replication=replication(2, fixed))
        for resource in CephCluster(name, args).ready:
            await resource.urn.future()
    hooks = {name: engine[f"{name}-overrides"].request.hooks for name in ("free", "fixed")}
    assert list(hooks["free"].before_update) == ["free-fewer-copies"]
    assert not list(hooks["fixed"].before_update)
    # Whatever else changes of Ceph waits for it.
    assert "free-overrides" in engine["free-cluster"].depends_on


@pulumi.runtime.test
async def test_the_refusal_comes_in_a_preview_too(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered = []
    monkeypatch.setattr(
        type(engine), "RegisterResourceHook", lambda _, request: registered.append(request)
    )
    for resource in CephCluster("ceph", arguments("n1", "n2")).ready:
        await resource.urn.future()
    (request,) = registered
    assert request.on_dry_run
    assert not request.ignore_errors
