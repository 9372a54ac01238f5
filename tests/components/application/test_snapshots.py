"""What the snapshot containers of an application share."""

from typing import Any

import pulumi
import pytest

from components.application.application import Application
from components.application.snapshots import SnapshotArgs, variables
from tests.components.application.made import NAMESPACE, release
from tests.components.application.test_application import applied, named
from tests.conftest import Engine


def arguments(**changes: Any) -> SnapshotArgs:
    given: dict[str, Any] = {
        "namespace": NAMESPACE,
        "appliance": pulumi.Output.secret("appliance-test-1"),
        "password": pulumi.Output.secret("correct horse"),
        "schedule": "17 3 * * *",
        "keep": ("--keep-daily=7", "--keep-last=2"),
        "image": "restic:1",
        "control_planes": pulumi.Output.from_input("[]"),
        "repository": "s3:http://store/bucket",
        "keys": {"AWS_SECRET_ACCESS_KEY": pulumi.Output.secret("battery staple")},
    }
    return SnapshotArgs(**{**given, **changes})


async def with_snapshots(args: SnapshotArgs) -> Application:
    return await applied(release("templates"), snapshots=args)


@pulumi.runtime.test
async def test_password_and_keys_are_in_a_secret_and_nowhere_else(engine: Engine) -> None:
    await with_snapshots(arguments())
    made = engine["application-snapshots-secret"]
    assert made.is_secret("stringData")
    given = made.inputs["stringData"]
    assert given["RESTIC_REPOSITORY"] == "s3:http://store/bucket"
    assert given["RESTIC_PASSWORD"] == "correct horse"  # noqa: S105 - made up here
    assert given["SNAPSHOT_KEEP"] == "--keep-daily=7 --keep-last=2"
    others = [each for name, each in engine.recorded.items() if each is not made]
    assert not any("correct horse" in str(each.inputs) for each in others)
    assert not any("battery staple" in str(each.inputs) for each in others)


@pulumi.runtime.test
async def test_all_of_it_is_the_applications_own_so_that_a_frozen_one_keeps_it(
    engine: Engine,
) -> None:
    await with_snapshots(arguments())
    assert engine["application-snapshots"].parent == "application"
    for name in ("secret", "program", "repository"):
        assert engine[f"application-snapshots-{name}"].parent == "application-snapshots"


@pulumi.runtime.test
async def test_pods_wait_for_what_their_container_needs_and_not_for_the_repository(
    engine: Engine,
) -> None:
    await with_snapshots(arguments())
    before = named(engine, "Deployment", "web").depends_on
    assert {"application-snapshots-secret", "application-snapshots-program"} <= before
    assert "application-snapshots-repository" not in before
    assert "application-walls-namespace" in engine["application-snapshots-secret"].depends_on


@pulumi.runtime.test
async def test_one_job_makes_the_repository_so_that_no_two_containers_do(engine: Engine) -> None:
    await with_snapshots(arguments())
    job = engine["application-snapshots-repository"]
    assert job.type == "kubernetes:batch/v1:Job"
    assert "application-snapshots-secret" in job.depends_on
    (container,) = job.inputs["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["initialise"]
    assert container["envFrom"] == [{"secretRef": {"name": "replicated-snapshot"}}]


@pulumi.runtime.test
async def test_a_directory_is_mounted_through_a_claim_and_outlives_it(engine: Engine) -> None:
    args = arguments(repository=None, directory="/mnt/snapshots")
    await with_snapshots(args)
    volume = engine["application-snapshots-volume"].inputs["spec"]
    claim = engine["application-snapshots-claim"].inputs
    assert volume["hostPath"]["path"] == "/mnt/snapshots"
    assert volume["persistentVolumeReclaimPolicy"] == "Retain"
    assert volume["claimRef"]["name"] == claim["metadata"]["name"] == args.container.repository
    assert claim["spec"]["storageClassName"] == ""
    assert args.address == "/repository"
    # Pods wait until it is bound.
    assert "application-snapshots-claim" in named(engine, "Deployment", "web").depends_on


@pulumi.runtime.test
async def test_an_authority_of_the_stores_own_is_the_one_that_is_asked(engine: Engine) -> None:
    args = arguments(files={"authority.pem": "PEM"})
    await with_snapshots(args)
    assert engine["application-snapshots-program"].inputs["data"]["authority.pem"] == "PEM"
    assert variables(args)["RESTIC_CACERT"] == "/program/authority.pem"
    assert "RESTIC_CACERT" not in variables(arguments())


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": "0 1 * * *"},
        {"keep": ("--keep-last=1",)},
        {"repository": "s3:http://store/other"},
        {"files": {"before.sh": "true"}},
    ],
)
@pulumi.runtime.test
async def test_what_is_read_at_the_start_makes_containers_start_anew(
    engine: Engine, change: Any
) -> None:
    del engine
    assert arguments(**change).container.version != arguments().container.version
    assert arguments().container == arguments().container
