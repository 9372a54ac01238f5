from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from components.application.rewrites.finding import Verdict
from components.application.rewrites.snapshot_container import CONTAINER, SnapshotContainer
from components.application.rewrites.snapshots import SnapshotSettings, snapshots
from components.manifest.templates import pod_of
from tests.components.application.rewrites.objects import changes, in_every_kind, made, name, of

SETTINGS = SnapshotSettings(
    claims=frozenset({"data", "www", "logs-web-0"}),
    container=SnapshotContainer(
        image="snap:1",
        secret="snapshots",  # noqa: S106 - an object's name
    ),
)
WITH_PROGRAM = replace(
    SETTINGS,
    container=replace(
        SETTINGS.container, program="snapshots", repository="kept-here", version="v2"
    ),
)
NATIVE = replace(SETTINGS, native=True)
SPEC: dict[str, Any] = {
    "containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}],
    "volumes": [
        {"name": "v", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "w", "persistentVolumeClaim": {"claimName": "other"}},
    ],
}
ENDING = ("Job", "CronJob")


def spec_of(body: dict[str, Any]) -> dict[str, Any]:
    found = pod_of(body)
    assert found is not None
    return found[1]


def stateful(*templates: str, spec: dict[str, Any] | None = None) -> dict[str, Any]:
    return made(
        "apps/v1",
        "StatefulSet",
        metadata={"name": "web"},
        spec={
            "template": {"spec": spec or {"containers": [{"name": "a"}]}},
            "volumeClaimTemplates": [{"metadata": {"name": each}} for each in templates],
        },
    )


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each.get("value", "") for each in container["env"]}


@pytest.mark.parametrize("body", in_every_kind(SPEC), ids=name)
def test_pods_that_mount_a_named_claim_get_the_container_behind_their_own(
    body: dict[str, Any],
) -> None:
    before = deepcopy(body)
    found = snapshots(body, SETTINGS)
    names = [each["name"] for each in spec_of(found.body)["containers"]]
    assert names == ["a", "b"] if body["kind"] in ENDING else ["a", "b", CONTAINER]
    assert body == before
    assert snapshots(found.body, SETTINGS).body == found.body


def test_the_container_sees_the_named_claim_alone_and_cannot_write_to_it() -> None:
    body = made("v1", "Pod", spec=SPEC)
    container = spec_of(snapshots(body, SETTINGS).body)["containers"][-1]
    assert container["volumeMounts"] == [
        {"name": "v", "mountPath": "/snapshot/v", "readOnly": True}
    ]
    assert variables(container)["SNAPSHOT_CLAIMS"] == "data=/snapshot/v"
    assert container["envFrom"] == [{"secretRef": {"name": "snapshots"}}]
    assert container["image"] == "snap:1"


@pytest.mark.parametrize("kind", ENDING)
def test_pods_that_end_get_one_that_does_not_keep_them_or_none(kind: str) -> None:
    (body,) = (each for each in in_every_kind(SPEC) if each["kind"] == kind)
    assert "never" in next(iter(of(snapshots(body, NATIVE), Verdict.CHANGED).values()))
    spec_of(body)["initContainers"] = [{"name": "first"}]
    first, native = spec_of(snapshots(body, NATIVE).body)["initContainers"]
    assert first == {"name": "first"}
    assert (native["name"], native["restartPolicy"]) == (CONTAINER, "Always")
    assert snapshots(body, SETTINGS).body == body
    assert of(snapshots(body, SETTINGS), Verdict.LEFT)


def test_a_pod_that_never_starts_again_counts_as_one_that_ends() -> None:
    body = made("v1", "Pod", spec={**SPEC, "restartPolicy": "Never"})
    assert snapshots(body, SETTINGS).body == body


def test_pods_without_a_named_claim_get_none() -> None:
    spec = {"containers": [{"name": "a"}], "volumes": SPEC["volumes"][1:]}
    for body in in_every_kind(spec):
        assert not snapshots(body, SETTINGS).findings


def test_the_name_of_a_claim_template_means_all_its_claims() -> None:
    container = spec_of(snapshots(stateful("www", "rest"), SETTINGS).body)["containers"][-1]
    assert variables(container)["SNAPSHOT_CLAIMS"] == "www-$(POD_NAME)=/snapshot/www"
    assert "SNAPSHOT_ONLY" not in variables(container)
    assert [each["name"] for each in container["env"]].index("POD_NAME") == 0


def test_the_name_of_one_claim_of_a_set_means_that_alone() -> None:
    container = spec_of(snapshots(stateful("logs"), SETTINGS).body)["containers"][-1]
    assert variables(container)["SNAPSHOT_ONLY"] == "logs-web-0"


def test_a_bare_device_is_left_alone() -> None:
    spec = deepcopy(SPEC)
    spec["containers"][0]["volumeDevices"] = [{"name": "v", "devicePath": "/dev/x"}]
    body = made("v1", "Pod", spec=spec)
    found = snapshots(body, SETTINGS)
    assert not changes(found)
    assert "bare device" in next(iter(of(found, Verdict.LEFT).values()))


def test_a_program_comes_with_its_volumes_and_nothing_of_the_image_is_written_to() -> None:
    body = made("v1", "Pod", spec=SPEC)
    found = snapshots(body, WITH_PROGRAM)
    spec = spec_of(found.body)
    container = spec["containers"][-1]
    assert container["command"] == ["/bin/sh", "/program/snapshot.sh"]
    assert container["args"] == ["serve"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert [each["mountPath"] for each in container["volumeMounts"]] == [
        *("/snapshot/v", "/root", "/program", "/repository"),
    ]
    assert spec["volumes"][:2] == SPEC["volumes"]
    assert {each["name"] for each in container["volumeMounts"]} <= {
        each["name"] for each in spec["volumes"]
    }
    assert spec["volumes"][-1]["persistentVolumeClaim"] == {"claimName": "kept-here"}
    assert snapshots(found.body, WITH_PROGRAM).body == found.body


def test_another_version_makes_another_pod() -> None:
    body = made("v1", "Pod", spec=SPEC)
    (one, other) = (
        snapshots(
            body, replace(WITH_PROGRAM, container=replace(WITH_PROGRAM.container, version=each))
        )
        for each in ("1", "2")
    )
    assert one.body != other.body
