import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from bundle.lock import COMMITTED, Lock, read, write
from components.network import flannel, weave
from stacks.appliance import appliance
from stacks.config import Configuration, ConfigurationError, load
from stacks.limits import refuse
from stacks.needs import images, needs, upstreams
from stacks.network import summary
from stacks.outputs import export
from tests.conftest import Engine
from tests.stacks.test_appliance import CONFIGURATION, build, secrets, texts

__all__ = ["texts"]

FLANNEL = {"provider": "flannel", "encryption": False, "policies": False}
NO_IMAGE = "'no image' is no image such as quay.io/organisation/name:1.0"
IMAGE = "docker.io/library/toolbox:1"
OBJECTS = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: net, namespace: kube-system}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: net, namespace: kube-system}
spec:
  selector: {matchLabels: {app: net}}
  template:
    metadata: {labels: {app: net}}
    spec:
      serviceAccountName: net
      containers: [{name: net, image: %s}]
"""


def configuration(network: Mapping[str, Any], *, bundled: bool = True) -> Configuration:
    values = {**CONFIGURATION, "network": network}
    if not bundled:
        del values["airgap"]
    return load(values, stack="test", file="Pulumi.test.yaml")


def own(directory: Path, text: str, *, bundled: bool = True) -> Configuration:
    """A stack with a manifest of its own."""
    (directory / "net.yaml").write_text(text)
    network = {
        "provider": "manifest",
        "manifest": str(directory / "net.yaml"),
        "encryption": True,
        "policies": False,
    }
    return configuration(network, bundled=bundled)


def refused(wanted: Configuration, lock: Lock) -> list[str]:
    with pytest.raises(ConfigurationError) as fault:
        refuse(wanted, lock)
    start = "Pulumi.test.yaml: "
    return [line.removeprefix(start) for line in str(fault.value).splitlines()]


@pytest.fixture
def lock() -> Lock:
    return read(COMMITTED)


def test_only_the_images_of_the_chosen_network_are_needed(tmp_path: Path) -> None:
    of_weave, of_flannel = set(weave.images()), set(flannel.images())
    assert set(needs(configuration({}))) >= of_weave
    assert not set(needs(configuration({}))) & of_flannel
    assert set(needs(configuration(FLANNEL))) >= of_flannel
    assert not set(needs(configuration(FLANNEL))) & of_weave
    assert IMAGE in images(own(tmp_path, OBJECTS % "toolbox:1"))


def test_nodes_ask_the_registry_for_the_host_names_of_the_networks_images() -> None:
    assert upstreams(configuration(FLANNEL)) == ("ghcr.io", "registry.k8s.io")


def test_what_flannel_needs_is_locked(lock: Lock) -> None:
    refuse(configuration(FLANNEL), lock)


def test_a_network_that_the_lock_lacks_is_named_beside_everything_else(tmp_path: Path) -> None:
    empty = tmp_path / "lock.json"
    write(empty, "go1.26.8", {})
    lines = refused(configuration(FLANNEL), read(empty))
    assert [line.partition(":")[0] for line in lines] == ["kubernetes.version", "network.provider"]
    assert all(name in lines[1] for name in flannel.images())


def test_a_sound_manifest_is_accepted(tmp_path: Path, lock: Lock) -> None:
    refuse(own(tmp_path, OBJECTS % "toolbox:1"), lock)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, lock: Lock) -> None:
    wanted = own(tmp_path, "")
    (tmp_path / "net.yaml").unlink()
    assert refused(wanted, lock) == [
        f"network.manifest: {tmp_path}/net.yaml cannot be read: No such file or directory"
    ]


def test_a_file_of_another_encoding_is_refused(tmp_path: Path, lock: Lock) -> None:
    wanted = own(tmp_path, "")
    (tmp_path / "net.yaml").write_bytes(b"a: \xff\n")
    assert refused(wanted, lock) == [
        f"network.manifest: {tmp_path}/net.yaml cannot be read: it is no UTF-8"
    ]


def test_every_fault_of_a_manifest_is_reported_at_preview(tmp_path: Path, lock: Lock) -> None:
    text = (OBJECTS % "'no image'").replace("kind: ServiceAccount", "kind: ServiceAcount")
    file = tmp_path / "net.yaml"
    assert refused(own(tmp_path, text), lock) == [
        f"network.manifest: {file}, document 1, line 3: v1 has no kind ServiceAcount; did you mean ServiceAccount?",
        f"network.manifest: {file}, document 2, line 6: DaemonSet/kube-system/net: {NO_IMAGE}",
    ]


def test_a_faulty_manifest_stops_whoever_asks_what_the_stack_needs(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Pulumi\.test\.yaml: network\.manifest: .*net"):
        needs(own(tmp_path, "x"))


def test_a_manifest_without_daemons_is_no_network(tmp_path: Path, lock: Lock) -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"
    (line,) = refused(own(tmp_path, text), lock)
    assert line.startswith(f"network.manifest: {tmp_path}/net.yaml has no DaemonSet; a network")


def test_images_that_the_lock_lacks_are_listed_by_their_full_names(
    tmp_path: Path, lock: Lock
) -> None:
    text = OBJECTS % "a/b:1, command: [x]}, {name: other, image: quay.io/c"
    place = f"{tmp_path}/net.yaml, document 2, line 6"
    (line,) = refused(own(tmp_path, text), lock)
    images = f"docker.io/a/b:1 ({place}), quay.io/c:latest ({place})"
    assert line.startswith(f"network.manifest: the lock {lock.path} lacks {images}; add a recipe")


def test_a_digest_must_be_the_one_that_the_lock_has(tmp_path: Path, lock: Lock) -> None:
    digest = lock.item(IMAGE).digest
    refuse(own(tmp_path, OBJECTS % f"toolbox:1@{digest}"), lock)
    other = "sha256:" + "0" * 64
    (line,) = refused(own(tmp_path, OBJECTS % f"toolbox:1@{other}"), lock)
    assert f"asks for toolbox:1@{other}, and {lock.path} has {digest}; leave the digest out" in line


@pulumi.runtime.test
async def test_workers_join_when_flannel_runs(engine: Engine, texts: Mapping[str, str]) -> None:
    graph = await build(engine, texts, configuration(FLANNEL))
    assert "flannel-daemon-set" in graph["n2-member"].depends_on
    assert "weave" not in graph.recorded
    assert "::control-plane-provider::" in graph["flannel-daemon-set"].request.provider
    net = json.loads(graph["flannel-configuration"].inputs["data"]["net-conf.json"])
    assert net["Network"] in graph["n1-member"].inputs["stdin"]


@pulumi.runtime.test
async def test_workers_join_when_the_daemons_of_a_manifest_run(
    engine: Engine, texts: Mapping[str, str], tmp_path: Path, lock: Lock
) -> None:
    graph = await build(engine, texts, own(tmp_path, OBJECTS % "toolbox:1"))
    daemon = graph["network/DaemonSet/kube-system/net"]
    assert "network/DaemonSet/kube-system/net" in graph["n2-member"].depends_on
    assert "network/ServiceAccount/kube-system/net" in daemon.depends_on
    (container,) = daemon.inputs["spec"]["template"]["spec"]["containers"]
    assert container["image"] == f"{IMAGE}@{lock.item(IMAGE).digest}"


@pulumi.runtime.test
async def test_without_a_bundle_a_manifest_s_images_are_pulled_as_they_are_written(
    engine: Engine, texts: Mapping[str, str], tmp_path: Path
) -> None:
    reference = "quay.io/c/net@sha256:" + "0" * 64
    graph = await build(engine, texts, own(tmp_path, OBJECTS % reference, bundled=False))
    daemon = graph["network/DaemonSet/kube-system/net"]
    (container,) = daemon.inputs["spec"]["template"]["spec"]["containers"]
    assert container["image"] == reference


@pulumi.runtime.test
async def test_without_a_bundle_flannel_runs_its_maker_s_images(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration(FLANNEL, bundled=False))
    spec = graph["flannel-daemon-set"].inputs["spec"]["template"]["spec"]
    found = {each["image"] for each in (*spec["containers"], *spec["initContainers"])}
    assert found == set(flannel.images())


@pulumi.runtime.test
async def test_another_network_changes_what_the_living_cluster_is_compared_with(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    for network, name in (({}, "weave"), (FLANNEL, "flannel")):
        graph = await build(engine, texts, configuration(network))
        assert f"# pod network: {name}\\n" in graph["n1-member"].inputs["stdin"]


@pulumi.runtime.test
async def test_daemons_that_cannot_say_when_they_work_are_a_warning_to_the_operator(
    engine: Engine, texts: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", printed.append)
    probe = ", readinessProbe: {exec: {command: [test, -s, /run/net]}}"
    for probed in (probe, ""):
        wanted = own(tmp_path, OBJECTS % f"toolbox:1{probed}")
        await build(engine, texts, wanted)
        export(appliance(wanted, secrets(texts)))
        assert bool(printed) == (not probed)
    (warning,) = printed
    assert warning.startswith(
        f"Pulumi.test.yaml: network.manifest: {tmp_path}/net.yaml, document 2, line 6: "
        "DaemonSet/kube-system/net has no readinessProbe, so it counts as ready"
    )


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ({}, "weave carries pod traffic, encrypted between hosts; NetworkPolicies are enforced"),
        (
            {"encryption": False},
            "weave carries pod traffic, in clear between hosts; NetworkPolicies are enforced",
        ),
        (
            FLANNEL,
            "flannel carries pod traffic, in clear between hosts; NetworkPolicies are not enforced",
        ),
    ],
)
def test_the_operator_is_told_what_the_network_does(network: Any, told: str) -> None:
    assert summary(configuration(network)) == told


def test_of_a_manifest_the_operator_is_told_that_its_settings_say_so(tmp_path: Path) -> None:
    assert summary(own(tmp_path, "")) == (
        f"{tmp_path}/net.yaml carries pod traffic, by its settings encrypted between hosts, with NetworkPolicies not "
        "enforced"
    )
