"""A vendor's objects as a whole stack applies them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from stacks import license as licenses
from stacks import release as releases
from stacks.config import Configuration
from tests.components.application.made import NAMESPACE, RELEASES
from tests.conftest import Engine
from tests.stacks.test_appliance import build, texts
from tests.stacks.test_application import configuration, directory, refusals

__all__ = ["directory", "texts"]

RELEASE = """\
# kind: replicated
replicated_api_version: "2.9.2"
version: "1"
name: Guestbook
---
# kind: scheduler-kubernetes
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx}]
---
# kind: scheduler-kubernetes
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  storageClassName: gp2
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
"""
WEB = f"application/Deployment/{NAMESPACE}/web"
CLAIM = f"application/PersistentVolumeClaim/{NAMESPACE}/data"


@pytest.fixture
def release(directory: Path) -> dict[str, Any]:
    file = directory / "release.yaml"
    file.write_text(RELEASE)
    return {"file": str(file), "app": "guestbook"}


@pulumi.runtime.test
async def test_without_internet_every_image_comes_from_the_daemons_registry(
    engine: Engine, texts: Mapping[str, str], directory: Path, release: dict[str, Any]
) -> None:
    await build(engine, texts, configuration(directory, "-", release=release))
    image = engine[WEB].inputs["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image.endswith(":9874/docker.io/library/nginx:latest")


@pulumi.runtime.test
async def test_claims_have_the_class_that_is_called_default(
    engine: Engine, texts: Mapping[str, str], directory: Path, release: dict[str, Any]
) -> None:
    await build(engine, texts, configuration(directory, "-", release=release))
    assert engine[CLAIM].inputs["spec"]["storageClassName"] == "default"


@pulumi.runtime.test
async def test_versions_that_no_cluster_serves_are_converted_before_they_are_judged(
    engine: Engine, texts: Mapping[str, str], directory: Path, release: dict[str, Any]
) -> None:
    await build(engine, texts, configuration(directory, "-", release=release))
    assert engine[WEB].type == "kubernetes:apps/v1:Deployment"
    assert engine[WEB].inputs["spec"]["selector"] == {"matchLabels": {"app": "web"}}


@pulumi.runtime.test
async def test_workloads_that_do_not_say_start_with_one_pod(
    engine: Engine, texts: Mapping[str, str], directory: Path, release: dict[str, Any]
) -> None:
    await build(engine, texts, configuration(directory, "-", release=release))
    assert engine[WEB].inputs["spec"]["replicas"] == 1


@pulumi.runtime.test
async def test_no_other_layer_is_rewritten(
    engine: Engine, texts: Mapping[str, str], directory: Path, release: dict[str, Any]
) -> None:
    await build(engine, texts, configuration(directory, "-", release=release))
    others = [each for name, each in engine.recorded.items() if "application" not in name]
    assert not any(":9874/" in str(each.inputs.get("spec")) for each in others)


def test_what_has_no_right_answer_is_refused_with_its_line(
    directory: Path, release: dict[str, Any]
) -> None:
    policy = (
        "---\n# kind: scheduler-kubernetes\n"
        "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: p}\n"
    )
    Path(release["file"]).write_text(RELEASE + policy)
    said = refusals(configuration(directory, "-", release=release))
    assert "release.yaml, document 4" in said
    assert "PodSecurityPolicy" in said


def test_an_application_without_internet_needs_the_daemons_registry(
    directory: Path, release: dict[str, Any]
) -> None:
    found = configuration(directory, "-", release=release, replicated={})
    assert "replicated.install: must be true" in refusals(found)


FLEX = (RELEASES / "shared.yaml").read_text()
SHARED = {"default": "rook", "rook": {"loopFile": "12Gi", "sharedFilesystem": True}}


def with_old_files(directory: Path, **groups: Any) -> Configuration:
    """A stack with internet, whose release shares files by the old driver; `groups` are the stack's own."""
    file = directory / "release.yaml"
    file.write_text(FLEX)
    nodes = [
        {"name": "n1", "roles": ["control-plane", "worker"]},
        {"name": "n2", "roles": ["worker", "storage"]},
    ]
    given = {
        "hosts": {"provider": "local", "nodes": nodes},
        "airgap": {},
        "release": {"file": str(file), "app": "guestbook"},
    }
    return configuration(directory, "-", **{**given, **groups})


def test_old_flex_volumes_become_claims_of_the_shared_class(directory: Path) -> None:
    found = with_old_files(directory, storage=SHARED)
    license_ = licenses.license_(found)
    assert license_ is not None
    read = releases.reading(found, license_)
    assert read is not None
    assert read.release is not None
    assert read.settings.storage_class is not None
    assert read.settings.storage_class.shared == "shared"
    (claim,) = [one for one in read.release.objects if one.kind == "PersistentVolumeClaim"]
    assert claim.body["spec"]["storageClassName"] == "shared"
    assert list(releases.faults(found, frozenset())) == []


def test_old_flex_volumes_that_nothing_mounts_are_refused_with_their_line(directory: Path) -> None:
    (refusal,) = releases.faults(with_old_files(directory), frozenset())
    assert "document 2, line 10: Deploy" in refusal
    assert "the volume uploads is of Ceph's shared filesystem" in refusal
