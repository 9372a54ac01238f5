from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.network.weave import Weave, WeaveArgs, images
from tests.conftest import Engine

ARGS = WeaveArgs(
    pod_subnet="10.32.0.0/12",
    api_host="127.0.0.1",
    api_port=7443,
    images={name: f"{name}@sha256:00" for name in images()},
    fast_datapath=False,
)


async def daemon_set(engine: Engine, args: WeaveArgs) -> Any:
    weave = Weave("weave", args)
    await weave.ready.id.future()
    return engine["weave-daemon-set"]


def environment(recorded: Any, container: int = 0) -> dict[str, Any]:
    pod = recorded.inputs["spec"]["template"]["spec"]
    return {
        variable["name"]: variable.get("value", variable.get("valueFrom"))
        for variable in pod["containers"][container]["env"]
    }


@pulumi.runtime.test
async def test_the_password_is_there_before_the_first_router_starts(
    engine: Engine, secret: pulumi.Output[str]
) -> None:
    recorded = await daemon_set(engine, replace(ARGS, password=secret))
    assert "weave-password" in recorded.depends_on
    assert environment(recorded)["WEAVE_PASSWORD"] == {
        "secretKeyRef": {"name": "weave-passwd", "key": "password"}
    }


@pulumi.runtime.test
async def test_the_password_reaches_the_engine_only_as_a_secret(
    engine: Engine, secret: pulumi.Output[str]
) -> None:
    await daemon_set(engine, replace(ARGS, password=secret))
    assert engine["weave-password"].is_secret("stringData")
    others = [r for name, r in engine.recorded.items() if name != "weave-password"]
    assert not any("battery staple" in str(recorded.raw) for recorded in others)


@pulumi.runtime.test
async def test_without_a_password_nothing_pretends_to_be_encrypted(engine: Engine) -> None:
    recorded = await daemon_set(engine, ARGS)
    assert "weave-password" not in engine.recorded
    assert "WEAVE_PASSWORD" not in environment(recorded)
    assert Weave("other", ARGS).encrypted is False


@pulumi.runtime.test
async def test_a_router_has_its_rights_before_it_starts(engine: Engine) -> None:
    recorded = await daemon_set(engine, ARGS)
    rights = {"account", "cluster-role", "cluster-role-binding", "role", "role-binding"}
    assert {f"weave-{right}" for right in rights} <= recorded.depends_on


@pulumi.runtime.test
async def test_both_containers_ask_the_api_server_without_kube_proxy(engine: Engine) -> None:
    recorded = await daemon_set(engine, ARGS)
    for container in (0, 1):
        variables = environment(recorded, container)
        assert variables["KUBERNETES_SERVICE_HOST"] == "127.0.0.1"
        assert variables["KUBERNETES_SERVICE_PORT"] == "7443"


@pulumi.runtime.test
async def test_a_new_password_restarts_the_routers(engine: Engine) -> None:
    recorded = await daemon_set(engine, replace(ARGS, password_epoch=2))
    annotations = recorded.inputs["spec"]["template"]["metadata"]["annotations"]
    assert annotations == {"appliance.dev/password-epoch": "2"}


@pulumi.runtime.test
async def test_the_router_runs_on_every_node_whatever_its_taints(engine: Engine) -> None:
    recorded = await daemon_set(engine, ARGS)
    tolerations = recorded.inputs["spec"]["template"]["spec"]["tolerations"]
    assert {"effect": "NoSchedule", "operator": "Exists"} in tolerations
    assert {"effect": "NoExecute", "operator": "Exists"} in tolerations


@pytest.mark.parametrize(("fast", "expected"), [(True, None), (False, "1")])
def test_user_space_is_chosen_only_where_the_kernel_has_no_fast_datapath(
    engine: Engine, *, fast: bool, expected: str | None
) -> None:
    @pulumi.runtime.test
    async def run() -> None:
        recorded = await daemon_set(engine, replace(ARGS, fast_datapath=fast))
        assert environment(recorded).get("WEAVE_NO_FASTDP") == expected

    run()


@pulumi.runtime.test
async def test_images_run_by_the_digest_that_the_lock_names(engine: Engine) -> None:
    recorded = await daemon_set(engine, ARGS)
    pod = recorded.inputs["spec"]["template"]["spec"]
    assert [container["image"] for container in pod["containers"]] == [
        "docker.io/weaveworks/weave-kube:2.6.5@sha256:00",
        "docker.io/weaveworks/weave-npc:2.6.5@sha256:00",
    ]


@pulumi.runtime.test
async def test_all_objects_go_to_the_cluster_that_the_component_was_given(engine: Engine) -> None:
    provider = kubernetes.Provider("cluster", kubeconfig="{}")
    weave = Weave("weave", ARGS, pulumi.ResourceOptions(provider=provider))
    await weave.ready.id.future()
    made = [recorded for name, recorded in engine.recorded.items() if name.startswith("weave-")]
    assert len(made) == 6
    assert all("::cluster::" in recorded.request.provider for recorded in made)
