import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.network.flannel import Flannel, FlannelArgs, configuration, images
from tests.conftest import Engine

ARGS = FlannelArgs(
    pod_subnet="10.32.0.0/12",
    api_host="127.0.0.1",
    api_port=7443,
    images={name: f"{name}@sha256:00" for name in images()},
)
HOST_GW = replace(ARGS, backend="host-gw")


async def daemon_set(engine: Engine, args: FlannelArgs = ARGS) -> Any:
    made = Flannel("flannel", args)
    await made.ready.id.future()
    return engine["flannel-daemon-set"]


def pod(recorded: Any) -> Any:
    return recorded.inputs["spec"]["template"]["spec"]


@pytest.mark.parametrize("args", [ARGS, HOST_GW], ids=lambda args: args.backend)
def test_configuration_files_are_as_reviewed(
    args: FlannelArgs, golden: Callable[[str, str], None]
) -> None:
    files = configuration(args)
    golden("flannel-cni-conf.json", files["cni-conf.json"])
    golden(f"flannel-net-conf-{args.backend}.json", files["net-conf.json"])


def backend(args: FlannelArgs) -> Any:
    return json.loads(configuration(args)["net-conf.json"])["Backend"]


def test_the_size_of_pods_packets_leaves_room_for_what_vxlan_adds() -> None:
    assert "MTU" not in backend(ARGS)
    assert backend(replace(ARGS, mtu=1400))["MTU"] == 1450
    assert backend(replace(HOST_GW, mtu=1400))["MTU"] == 1400


@pulumi.runtime.test
async def test_the_daemon_has_rights_and_configuration_before_it_starts(engine: Engine) -> None:
    recorded = await daemon_set(engine)
    before = {"namespace", "account", "cluster-role", "cluster-role-binding", "configuration"}
    assert {f"flannel-{name}" for name in before - {"namespace"}} <= recorded.depends_on
    assert engine["flannel-account"].depends_on == {"flannel-namespace"}
    assert engine["flannel-configuration"].depends_on == {"flannel-namespace"}
    assert {name for name in engine.recorded if name.startswith("flannel-")} == {
        *(f"flannel-{name}" for name in before),
        "flannel-daemon-set",
    }


@pulumi.runtime.test
async def test_the_namespace_lets_the_daemon_work_in_the_hosts_network(engine: Engine) -> None:
    recorded = await daemon_set(engine)
    labels = engine["flannel-namespace"].inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"
    assert pod(recorded)["hostNetwork"] is True
    assert recorded.inputs["metadata"]["namespace"] == "kube-flannel"


@pulumi.runtime.test
async def test_the_daemon_asks_the_api_server_without_kube_proxy(engine: Engine) -> None:
    (container,) = pod(await daemon_set(engine))["containers"]
    variables = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert variables["KUBERNETES_SERVICE_HOST"] == "127.0.0.1"
    assert variables["KUBERNETES_SERVICE_PORT"] == "7443"


@pulumi.runtime.test
async def test_the_link_between_hosts_is_the_one_with_the_nodes_address(engine: Engine) -> None:
    (container,) = pod(await daemon_set(engine))["containers"]
    assert "--iface=$(NODE_ADDRESS)" in container["command"]
    address = next(v for v in container["env"] if v["name"] == "NODE_ADDRESS")
    assert address["valueFrom"] == {"fieldRef": {"fieldPath": "status.hostIP"}}


@pulumi.runtime.test
async def test_the_plugin_is_in_place_before_the_configuration_that_names_it(
    engine: Engine,
) -> None:
    # A configuration alone makes the node Ready, and every pod would fail for want of the plugin.
    copied = [one["command"][-1] for one in pod(await daemon_set(engine))["initContainers"]]
    assert copied == ["/opt/cni/bin/flannel", "/etc/cni/net.d/10-flannel.conflist"]


@pulumi.runtime.test
async def test_it_is_ready_when_the_plugin_can_serve_pods_and_not_before(engine: Engine) -> None:
    (container,) = pod(await daemon_set(engine))["containers"]
    assert container["readinessProbe"]["exec"]["command"] == [
        *("test", "-s", "/run/flannel/subnet.env")
    ]


@pulumi.runtime.test
async def test_a_changed_configuration_restarts_the_daemons(engine: Engine) -> None:
    def annotation(recorded: Any) -> Any:
        return recorded.inputs["spec"]["template"]["metadata"]["annotations"]

    before = annotation(await daemon_set(engine))
    assert annotation(await daemon_set(engine, HOST_GW)) != before
    assert annotation(await daemon_set(engine, replace(ARGS, mtu=1400))) != before


@pulumi.runtime.test
async def test_the_daemon_runs_on_every_node_whatever_its_taints(engine: Engine) -> None:
    tolerations = pod(await daemon_set(engine))["tolerations"]
    assert {"effect": "NoSchedule", "operator": "Exists"} in tolerations
    assert {"effect": "NoExecute", "operator": "Exists"} in tolerations


@pulumi.runtime.test
async def test_images_run_by_the_digest_that_the_lock_names(engine: Engine) -> None:
    spec = pod(await daemon_set(engine))
    used = {one["image"] for one in (*spec["initContainers"], *spec["containers"])}
    assert used == {f"{name}@sha256:00" for name in images()}


@pulumi.runtime.test
async def test_all_objects_go_to_the_cluster_that_the_component_was_given(engine: Engine) -> None:
    provider = kubernetes.Provider("cluster", kubeconfig="{}")
    made = Flannel("flannel", ARGS, pulumi.ResourceOptions(provider=provider))
    await made.ready.id.future()
    objects = [one for name, one in engine.recorded.items() if name.startswith("flannel-")]
    assert len(objects) == 6
    assert all("::cluster::" in recorded.request.provider for recorded in objects)
