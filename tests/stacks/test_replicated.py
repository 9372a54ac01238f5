import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest

from bundle.lock import COMMITTED, read, write
from stacks.appliance import appliance
from stacks.config import Configuration, ConfigurationError
from stacks.limits import refuse
from stacks.needs import needs
from stacks.outputs import export, message
from stacks.replicated import Daemon, console_address
from tests.conftest import Engine
from tests.stacks.test_appliance import build, configuration, online, secrets, texts

__all__ = ["texts"]

INSTALL = {"install": True}


def with_daemon(**keys: Any) -> Configuration:
    return configuration(replicated={**INSTALL, **keys})


def told(engine: Engine, node: str) -> Mapping[str, str]:
    words = shlex.split(engine[f"{node}-prepare"].inputs["stdin"])
    return dict(word.split("=", 1) for word in words)


@pulumi.runtime.test
async def test_a_stack_that_does_not_ask_for_it_has_nothing_of_the_daemon(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    assert not [name for name in graph.recorded if name.startswith(("replicated", "default"))]
    assert told(graph, "n2")["DAEMON_REGISTRY"] == ""
    assert not [name for name in needs(configuration()) if "replicated" in name]


@pulumi.runtime.test
async def test_the_daemon_comes_after_network_workers_and_walls(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, with_daemon())
    before = graph["replicated-deployment"].depends_on
    assert before >= {"weave-daemon-set", "n2-member", "default-namespace", "default-default-deny"}


@pulumi.runtime.test
async def test_containerd_on_every_node_knows_the_registry(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, with_daemon(registryAddress="10.96.0.77"))
    for node in ("n1", "n2"):
        assert told(graph, node)["DAEMON_REGISTRY"] == "10.96.0.77:9874"
    assert graph["replicated-registry-service"].inputs["spec"]["clusterIP"] == "10.96.0.77"


@pulumi.runtime.test
async def test_one_more_worker_changes_nothing_of_the_daemon(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    await build(engine, texts, with_daemon())
    before = {name: recorded.raw for name, recorded in engine.recorded.items()}
    await build(engine, texts, configuration("n3", replicated=INSTALL))
    after = {name: recorded.raw for name, recorded in engine.recorded.items()}
    assert {name for name in before if before[name] != after[name]} == set()


@pulumi.runtime.test
async def test_the_namespace_default_is_governed_and_not_made(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, with_daemon())
    namespace = graph["default-namespace"]
    assert namespace.type.endswith(":NamespacePatch")
    assert namespace.inputs["metadata"]["name"] == "default"
    assert "default-replicated-registry" in graph.recorded


@pulumi.runtime.test
async def test_images_run_by_the_digest_that_the_lock_names(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, with_daemon())
    pod = graph["replicated-deployment"].inputs["spec"]["template"]["spec"]
    lock = read(COMMITTED)
    wanted = with_daemon().replicated
    assert [each["image"] for each in pod["containers"]] == [
        lock.image(wanted.image),
        lock.image(wanted.ui_image),
    ]
    assert {wanted.image, wanted.ui_image} <= set(needs(with_daemon()))


@pulumi.runtime.test
async def test_without_a_bundle_the_daemon_is_online_and_nothing_stands_in_for_its_registry(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, online(replicated=INSTALL))
    pod = graph["replicated-deployment"].inputs["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == with_daemon().replicated.image
    claim = graph["replicated-data-claim"].inputs["spec"]["resources"]["requests"]
    assert claim["storage"] == "10Gi"
    found = json.loads(graph["replicated-overview"].inputs["data"]["appliance.json"])
    assert found["fallback"] == []


@pulumi.runtime.test
async def test_a_proxy_reaches_the_daemon_and_the_cluster_is_reached_without_it(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    wanted = configuration(replicated=INSTALL, proxy={"https": "http://proxy.test:3128"})
    graph = await build(engine, texts, wanted)
    pod = graph["replicated-deployment"].inputs["spec"]["template"]["spec"]
    env = {each["name"]: each.get("value") for each in pod["containers"][0]["env"]}
    assert env["HTTPS_PROXY"] == "http://proxy.test:3128"
    assert "HTTP_PROXY" not in env
    assert {"10.96.0.0/12", "10.77.0.11", ".svc"} <= set(env["NO_PROXY"].split(","))


@pulumi.runtime.test
async def test_the_console_s_password_is_one_s_own_or_derived_and_both_are_secret(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    engine.outputs["n1-host"] = {"stdout": json.dumps({"address": "10.77.0.11", "hostKey": "k"})}
    engine.outputs["n2-host"] = {"stdout": json.dumps({"address": "10.77.0.12", "hostKey": "k"})}
    derived = appliance(with_daemon(), secrets(texts)).replicated
    own = pulumi.Output.secret("open sesame")
    made = appliance(with_daemon(), replace(secrets(texts), replicated_password=own))
    assert isinstance(derived, Daemon)
    assert made.replicated is not None
    assert len(await derived.console_password.future() or "") == 24
    assert await made.replicated.console_password.future() == "open sesame"
    for found in (derived, made.replicated):
        assert await found.console_password.is_secret()
        assert await found.push_password.is_secret()
    assert "https://10.77.0.11:30880" in str(await message(made).future())
    export(made)


def test_a_console_inside_the_cluster_is_called_by_its_service() -> None:
    inside = with_daemon(ui={"serviceType": "ClusterIP"})
    assert console_address(inside, ["10.77.0.11"]) == "https://replicated-ui.default.svc:8800"


def test_images_that_the_lock_lacks_are_named_with_their_keys(tmp_path: Path) -> None:
    wanted = with_daemon(uiImage="docker.io/replicated/replicated-ui:other")
    write(tmp_path / "lock.json", "go1.26.8", read(COMMITTED).items)
    with pytest.raises(ConfigurationError) as fault:
        refuse(wanted, read(tmp_path / "lock.json"))
    (line,) = str(fault.value).splitlines()
    assert line.startswith("Pulumi.test.yaml: replicated.uiImage: the lock ")
    assert "lacks docker.io/replicated/replicated-ui:other; add a recipe" in line
