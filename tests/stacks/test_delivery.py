"""A release's images in a stack without internet."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from bundle import lock
from bundle.recipes import RECIPES
from components.registry.registry import CONTENT
from stacks.delivery import needs
from stacks.license import license_
from stacks.limits import refuse
from stacks.release import reading
from tests.components.application.made import NAMESPACE
from tests.conftest import Engine
from tests.stacks.test_appliance import build, texts
from tests.stacks.test_application import (
    GUESTBOOK,
    IMAGES,
    LOCK,
    configuration,
    directory,
    refusals,
    write_lock,
)
from tests.stacks.test_rewrites import release

__all__ = ["directory", "release", "texts"]

PUSH = "application-images-push"


@pulumi.runtime.test
async def test_images_are_in_the_daemons_registry_before_any_pod_asks_for_them(
    engine: Engine, texts: Mapping[str, str], directory: Path, release: dict[str, Any]
) -> None:
    await build(engine, texts, configuration(directory, "-", release=release))
    assert PUSH in engine[f"application/Deployment/{NAMESPACE}/web"].depends_on
    assert "replicated-registry-service" in engine[PUSH].depends_on


@pulumi.runtime.test
async def test_a_frozen_application_keeps_what_its_objects_wait_for(
    engine: Engine, texts: Mapping[str, str], directory: Path, release: dict[str, Any]
) -> None:
    await build(engine, texts, configuration(directory, "-", release=release))
    # The engine leaves alone what is below the component (stacks/license.py).
    assert engine[PUSH].parent == "application-images"
    assert engine["application-images"].parent == "application"


@pulumi.runtime.test
async def test_the_registrys_password_is_no_part_of_the_command(
    engine: Engine, texts: Mapping[str, str], directory: Path, release: dict[str, Any]
) -> None:
    await build(engine, texts, configuration(directory, "-", release=release))
    given = json.loads(engine[PUSH].inputs["stdin"])
    assert engine[PUSH].is_secret("stdin")
    assert given["password"] not in engine[PUSH].inputs["create"]
    assert given["authority"] == texts["ca_certificate"]


@pulumi.runtime.test
async def test_another_image_in_the_lock_is_a_reason_to_push(
    engine: Engine, texts: Mapping[str, str], directory: Path, release: dict[str, Any]
) -> None:
    await build(engine, texts, configuration(directory, "-", release=release))
    before = engine[PUSH].inputs["environment"][CONTENT]
    write_lock(directory / "lock.json", reversed(IMAGES))
    assert lock.read(directory / "lock.json").content(IMAGES) != before


@pulumi.runtime.test
async def test_where_there_is_internet_nothing_is_delivered(
    engine: Engine, texts: Mapping[str, str], directory: Path, release: dict[str, Any]
) -> None:
    wanted = configuration(directory, "-", release=release, airgap={})
    await build(engine, texts, wanted)
    assert PUSH not in engine.recorded


def test_every_image_that_the_lock_lacks_is_refused_at_preview(
    directory: Path, release: dict[str, Any]
) -> None:
    write_lock(directory / "lock.json", ())
    said = refusals(configuration(directory, "-", release=release))
    assert "lacks nginx, which Deployment" in said
    assert "release.yaml, document 2" in said


def test_a_release_without_a_lock_is_refused_where_there_is_no_internet(
    directory: Path, release: dict[str, Any]
) -> None:
    (directory / "lock.json").unlink()
    assert "there is no such file" in refusals(configuration(directory, "-", release=release))


def test_the_example_has_a_lock_of_all_its_images_as_this_bundle_makes_them(
    directory: Path,
) -> None:
    files = {key: str(GUESTBOOK / f"{name}") for key, name in (("file", "license.yaml"),)}
    license_group = {**files, "publicKey": str(GUESTBOOK / "vendor.pem")}
    group = {
        "file": str(GUESTBOOK / "release.yaml"),
        "lock": str(GUESTBOOK / "lock.json"),
        "app": "guestbook",
        "config": {"hostname": "guestbook.test"},
    }
    wanted = configuration(directory, "-", license=license_group, release=group)
    refuse(wanted, LOCK, None, frozenset())
    found = license_(wanted)
    assert found is not None
    applied = reading(wanted, found)
    assert applied is not None
    assert applied.release is not None
    locked = lock.read(GUESTBOOK / "lock.json")
    assert {each.name for each in needs(wanted, applied.release)} == set(locked.items)
    for name in set(locked.items) & set(RECIPES):
        assert locked.items[name].digest == LOCK.items[name].digest, "make release-bundle"
