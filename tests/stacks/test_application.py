"""The application as the last layer of a whole stack."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from bundle import lock
from bundle.lock import COMMITTED, Item, read
from stacks import license as licenses
from stacks.config import Configuration, ConfigurationError, load
from stacks.limits import refuse
from stacks.overview import layers
from tests.components.application.made import LICENSE, NAMESPACE, RELEASES
from tests.components.application.test_license import public, text
from tests.conftest import Engine
from tests.stacks.test_appliance import CONFIGURATION, build, texts

__all__ = ["texts"]

IMAGES = ("docker.io/library/busybox:1.35.0", "docker.io/library/nginx:latest")
GUESTBOOK = Path("examples/guestbook")
WEB = f"application/Deployment/{NAMESPACE}/web"
LOCK = read(COMMITTED)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "license.yaml").write_text(text())
    (tmp_path / "vendor.pem").write_bytes(public())
    write_lock(tmp_path / "lock.json", IMAGES)
    return tmp_path


def write_lock(file: Path, names: Iterable[str]) -> None:
    """An application's lock with these images."""
    items = {
        name: Item(name=name, kind="image", digest=f"sha256:{number:064x}", size=1, origin=name)
        for number, name in enumerate(names)
    }
    lock.write(file, "go1", items)


def configuration(directory: Path, name: str, **groups: Any) -> Configuration:
    given: dict[str, Any] = {
        "license": {
            "file": str(directory / "license.yaml"),
            "publicKey": str(directory / "vendor.pem"),
        },
        "release": release(name),
        "ingress": {"provider": "contour"},
        "storage": {"default": "hostpath"},
        "replicated": {"install": True},
    }
    values = {**CONFIGURATION, **given, **groups}
    if values["release"]:
        values["release"] = {"lock": str(directory / "lock.json"), **values["release"]}
    return load(values, stack="test", file="Pulumi.test.yaml")


def refusals(found: Configuration) -> str:
    with pytest.raises(ConfigurationError) as raised:
        refuse(found, LOCK, None, frozenset())
    return str(raised.value)


@pulumi.runtime.test
async def test_a_release_under_a_license_is_applied_behind_walls(
    engine: Engine, texts: Mapping[str, str], directory: Path
) -> None:
    await build(engine, texts, configuration(directory, "templates"))
    assert engine[WEB].parent == "application"
    assert "application-walls-default-deny" in engine[WEB].depends_on
    admitted = engine["application-walls-ingress"].inputs["spec"]["ingress"][0]["from"]
    assert "heptio-contour" in str(admitted)
    assert engine["application-pull"].inputs["metadata"]["namespace"] == NAMESPACE


@pulumi.runtime.test
async def test_without_a_license_there_is_no_application(
    engine: Engine, texts: Mapping[str, str], directory: Path
) -> None:
    await build(engine, texts, configuration(directory, "templates", license={}))
    assert not any(name.startswith("application") for name in engine.recorded)


@pulumi.runtime.test
async def test_the_end_of_a_license_freezes_the_application_and_nothing_else(
    engine: Engine,
    texts: Mapping[str, str],
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (directory / "license.yaml").write_text(text({**LICENSE, "expires": "2020-01-01"}))
    monkeypatch.setenv(licenses.FROZEN, "1")
    await build(engine, texts, configuration(directory, "templates"))
    assert not any(name.startswith("application") for name in engine.recorded)
    assert "contour-contour" in engine.recorded or any(
        "contour" in each for each in engine.recorded
    )


def test_a_release_that_cannot_be_read_does_not_keep_a_frozen_stack_from_being_changed(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = configuration(directory, "nothing-of-this-name")
    assert "release.file: " in refusals(found)
    (directory / "license.yaml").write_text(text({**LICENSE, "expires": "2020-01-01"}))
    assert "the license ended on 2020-01-01" in refusals(found)
    refuse(found, LOCK)  # A command, which freezes by itself.
    monkeypatch.setenv(licenses.FROZEN, "1")
    refuse(found, LOCK, None, frozenset())


def test_faults_of_the_release_are_refused_at_preview_with_its_lines(directory: Path) -> None:
    found = configuration(
        directory, "options", release={**release("options"), "config": {"kind": "external"}}
    )
    assert "release.file: " in refusals(found)
    assert "options.yaml, document 1, line 16: the option host (Host) is required" in refusals(
        found
    )


def test_the_object_store_is_asked_for_only_where_there_is_one(directory: Path) -> None:
    assert "ObjectStoreSecretKey needs Rook" in refusals(configuration(directory, "late"))


@pulumi.runtime.test
async def test_the_keys_of_the_object_store_are_asked_for_where_the_end_of_a_license_keeps_them(
    engine: Engine, texts: Mapping[str, str], directory: Path
) -> None:
    nodes = [
        {"name": "n1", "roles": ["control-plane", "worker"]},
        {"name": "n2", "roles": ["worker", "storage"]},
    ]
    engine.outputs["n2-osd"] = {"stdout": '["/dev/loop32"]'}
    engine.outputs["application-object-keys"] = {"stdout": "a2V5 c2VjcmV0"}
    found = configuration(
        directory,
        "late",
        hosts={"provider": "local", "nodes": nodes},
        storage={"default": "hostpath", "rook": {"loopFile": "12Gi"}},
    )
    await build(engine, texts, found)
    assert engine["application-object-keys"].parent == "application"
    # Whatever is read, is read in each preview, and the cluster must answer.
    assert engine.read == {}
    store = engine[f"application/Secret/{NAMESPACE}/s3"]
    assert store.inputs["data"] == {"key": "c2VjcmV0"}
    assert store.is_secret("data")


def test_the_address_of_an_ingress_needs_something_that_serves_it(
    directory: Path, tmp_path: Path
) -> None:
    text_ = (RELEASES / "late.yaml").read_text().replace("ObjectStoreSecretKey", "AppID")
    (tmp_path / "release.yaml").write_text(text_)
    given = {"file": str(tmp_path / "release.yaml"), "app": "guestbook"}
    found = configuration(directory, "late", release=given, ingress={})
    assert "ingress.provider: missing; the release asks" in refusals(found)


def test_the_consoles_page_names_the_application_and_whose_it_is(directory: Path) -> None:
    found = layers(configuration(directory, "templates"))[-1]
    assert found.summary == "guestbook, release 1 of channel stable, licensed to Example Inc."
    assert found.workloads[0].namespace == NAMESPACE
    assert layers(configuration(directory, "templates", license={}))[-1].name == "Replicated"


@pulumi.runtime.test
async def test_an_option_of_type_file_is_read_from_its_path(
    engine: Engine, texts: Mapping[str, str], directory: Path
) -> None:
    (directory / "tls.pem").write_text("PEM")
    given = {"tls": True, "certificate": str(directory / "tls.pem")}
    await build(
        engine,
        texts,
        configuration(directory, "options", release={**release("options"), "config": given}),
    )
    data = engine[f"application/ConfigMap/{NAMESPACE}/options"].inputs["data"]
    assert (data["certificate"], data["file"]) == ("PEM", "tls.pem")


@pulumi.runtime.test
async def test_the_example_is_applied_as_it_stands(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    groups = {
        "license": {
            "file": str(GUESTBOOK / "license.yaml"),
            "publicKey": str(GUESTBOOK / "vendor.pem"),
        },
        "release": {
            "file": str(GUESTBOOK / "release.yaml"),
            "app": "guestbook",
            "lock": str(GUESTBOOK / "lock.json"),
            "config": {"hostname": "guestbook.test"},
        },
        "ingress": {"provider": "contour"},
        "storage": {"default": "hostpath"},
        "replicated": {"install": True},
    }
    wanted = load({**CONFIGURATION, **groups}, stack="test", file="Pulumi.test.yaml")
    assert not licenses.expired(wanted, dt.datetime.now(dt.UTC).date())
    await build(engine, texts, wanted)
    page = engine[f"application/ConfigMap/{NAMESPACE}/page"].inputs["data"]["index.html"]
    assert "Licensed to Example Inc. for 1000 entries." in page
    tls = engine[f"application/Secret/{NAMESPACE}/guestbook-tls"]
    assert tls.is_secret("data")


def release(name: str) -> dict[str, Any]:
    return {"file": str(RELEASES / f"{name}.yaml"), "app": "guestbook"}
