"""Snapshots of a stack's application."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from bundle.lock import COMMITTED, Lock, read
from components.application.description import Backup
from components.application.release import Release
from stacks import release, snapshots
from stacks.config import Configuration, load
from stacks.license import license_
from stacks.needs import needs
from tests.conftest import Engine
from tests.stacks.test_appliance import CONFIGURATION, build, texts

__all__ = ["texts"]

GUESTBOOK = Path("examples/guestbook")
LOCK = read(COMMITTED)
CEPH: dict[str, Any] = {"repository": {"ceph": {}}}
S3: dict[str, Any] = {"endpoint": "https://s3.example.com", "bucket": "guests", "prefix": "one"}
KEYS = "a2V5 c2VjcmV0"
SET = "application/StatefulSet/replicated-guestbook/guestbook"


def configuration(group: Any, **groups: Any) -> Configuration:
    """A stack with the example of an application."""
    nodes = [
        {**each, "roles": [*each["roles"], "storage"]} for each in CONFIGURATION["hosts"]["nodes"]
    ]
    values: dict[str, Any] = {
        **CONFIGURATION,
        "hosts": {"provider": "local", "nodes": nodes},
        "license": {
            "file": str(GUESTBOOK / "license.yaml"),
            "publicKey": str(GUESTBOOK / "vendor.pem"),
        },
        "release": {
            "file": str(GUESTBOOK / "release.yaml"),
            "lock": str(GUESTBOOK / "lock.json"),
            "app": "guestbook",
            "config": {"hostname": "guestbook.test"},
        },
        "ingress": {"provider": "contour"},
        "storage": {"default": "hostpath", "rook": {"loopFile": "8Gi"}},
        "replicated": {"install": True},
        "snapshots": group,
        **groups,
    }
    return load(values, stack="test", file="Pulumi.test.yaml")


async def built(engine: Engine, texts: Mapping[str, str], wanted: Configuration) -> None:
    """The whole stack; each host says which device its OSD has."""
    for number, node in enumerate(wanted.hosts.nodes):
        engine.outputs[f"{node.name}-osd"] = {"stdout": json.dumps([f"/dev/loop{32 + number}"])}
    engine.outputs["application-snapshots-object-keys"] = {"stdout": KEYS}
    await build(engine, texts, wanted)


def variables(engine: Engine) -> Any:
    return engine["application-snapshots-secret"].inputs["stringData"]


def container(engine: Engine) -> Any:
    spec = engine[SET].inputs["spec"]["template"]["spec"]
    return next(each for each in spec["containers"] if each["name"] == "replicated-snapshot")


@pulumi.runtime.test
async def test_pods_of_the_claims_that_the_release_names_get_the_container_and_no_others_do(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    await built(engine, texts, configuration(CEPH))
    claims = {each["name"]: each.get("value") for each in container(engine)["env"]}
    assert claims["SNAPSHOT_CLAIMS"] == "entries-$(POD_NAME)=/snapshot/entries"
    others = [
        name
        for name, each in engine.recorded.items()
        if "SNAPSHOT_CLAIMS" in str(each.inputs) and name != SET
    ]
    # The program knows the variable by name, and nobody else.
    assert others == ["application-snapshots-program"]


@pulumi.runtime.test
async def test_the_image_is_the_bundles_by_its_name_in_the_daemons_registry(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    found = configuration(CEPH)
    await built(engine, texts, found)
    expected = (
        f"10.100.100.101:9874/docker.io/restic/restic:0.18.1@{LOCK.items[snapshots.IMAGE].digest}"
    )
    assert container(engine)["image"] == expected
    (of_job,) = engine["application-snapshots-repository"].inputs["spec"]["template"]["spec"][
        "containers"
    ]
    assert of_job["image"] == expected
    assert snapshots.IMAGE in needs(found)
    assert snapshots.IMAGE not in needs(configuration({}))


@pulumi.runtime.test
async def test_cephs_own_object_store_is_asked_with_the_keys_that_rook_made(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    await built(engine, texts, configuration(CEPH))
    found = variables(engine)
    assert (
        found["RESTIC_REPOSITORY"] == "s3:http://rook-ceph-rgw-replicated.rook-ceph.svc/snapshots"
    )
    assert (found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"]) == ("key", "secret")


@pulumi.runtime.test
async def test_who_the_snapshots_belong_to_and_their_password_follow_from_the_root_secret(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    group = {"repository": {"directory": "/mnt/snapshots"}, "retention": {"last": 3}}
    await built(engine, texts, configuration(group))
    found = variables(engine)
    assert found["SNAPSHOT_APPLIANCE"].startswith("appliance-test-")
    assert len(found["RESTIC_PASSWORD"]) == 64
    assert found["RESTIC_PASSWORD"][:8] not in found["SNAPSHOT_APPLIANCE"]
    assert found["SNAPSHOT_KEEP"] == "--keep-last=3"
    assert found["RESTIC_REPOSITORY"] == "/repository"


@pulumi.runtime.test
async def test_without_a_repository_there_is_nothing_of_snapshots(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    await built(engine, texts, configuration({}))
    assert not [name for name in engine.recorded if "snapshots" in name]
    assert "replicated-snapshot" not in str(engine[SET].inputs)


def backup(**given: Any) -> tuple[str, ...]:
    return snapshots.named(Backup.model_validate(given))


@pytest.mark.parametrize("enabled", ["", "false", "0", "False"])
def test_a_backup_that_is_not_enabled_names_nothing(enabled: str) -> None:
    names = {"pvc_names": ["data"]}
    assert backup(enabled=enabled, kubernetes=names) == ()
    assert backup(enabled="true", kubernetes=names) == ("data",)


def test_strategies_are_taken_together() -> None:
    strategies = [
        {"name": "daily", "kubernetes": {"pvc_names": ["a"]}},
        {"name": "weekly", "kubernetes": {"pvc_names": ["b"]}},
    ]
    assert backup(enabled="1", strategies=strategies) == ("a", "b")


def test_a_name_of_the_release_that_no_object_makes_is_noted(tmp_path: Path) -> None:
    text = (GUESTBOOK / "release.yaml").read_text()
    file = tmp_path / "release.yaml"
    file.write_text(text.replace("pvc_names: [entries]", "pvc_names: [entries, nowhere]"))
    found = configuration(CEPH)
    group = found.release.model_copy(update={"file": file})
    wanted = found.model_copy(update={"release": group})
    (note,) = snapshots.notes(wanted, made(wanted))
    assert note.startswith("backup: there are no snapshots of nowhere")


def made(wanted: Configuration) -> Release:
    """The release of a stack."""
    licensed = license_(wanted)
    assert licensed is not None
    reading = release.reading(wanted, licensed)
    assert reading is not None
    assert reading.release is not None
    return reading.release


def test_what_an_address_is_made_of() -> None:
    repository = configuration({"repository": {"s3": S3}}).snapshots.repository
    assert repository is not None
    assert snapshots.address(repository, None) == "s3:https://s3.example.com/guests/one"


def faults(group: Any, *, keys: bool | None = True, lock: Lock = LOCK) -> list[str]:
    return list(snapshots.faults(configuration(group), lock, keys=keys))


def test_a_store_of_ones_own_needs_its_keys() -> None:
    group = {"repository": {"s3": S3}}
    (fault,) = faults(group, keys=False)
    assert "pulumi config set --secret appliance:snapshotKeys" in fault
    assert faults(group) == []
    assert faults(group, keys=None) == []
    assert faults(CEPH, keys=False) == []


def test_files_that_cannot_be_read_are_named_with_their_keys(tmp_path: Path) -> None:
    hooks = {"before": str(tmp_path / "no.sh"), "after": str(tmp_path)}
    s3 = {**S3, "caFile": str(tmp_path / "no.pem")}
    found = faults({"repository": {"s3": s3}, "hooks": hooks})
    assert [each.split(":")[0] for each in found] == [
        "snapshots.hooks.before",
        "snapshots.hooks.after",
        "snapshots.repository.s3.caFile",
    ]


def test_a_lock_without_the_image_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(CEPH, lock=read(tmp_path / "lock.json"))
    assert "lacks docker.io/restic/restic:0.18.1" in fault
    assert faults({}, lock=read(tmp_path / "lock.json")) == []


@pytest.mark.parametrize(
    ("claims", "wrong"),
    [
        (["entries"], ()),
        (["entries-guestbook-0"], ()),
        (["entries", "nowhere"], ("snapshots.claims[1]: no object of the release makes a claim",)),
    ],
)
def test_claims_that_the_release_does_not_have_are_refused(
    claims: list[str], wrong: tuple[str, ...]
) -> None:
    found = configuration({**CEPH, "claims": claims})
    said = tuple(snapshots.release_faults(found, made(found)))
    assert tuple(each[: len(begin)] for each, begin in zip(said, wrong, strict=True)) == wrong
