"""AWS's controller: that it comes up where nothing else does, and what it may do."""

from typing import Any

import pulumi
import pytest

from components.cloud.aws_controller import CONTROLLERS
from components.cloud.releases import RELEASES, release
from stacks.config.kubernetes import NEWEST_MINOR, OLDEST
from tests.components.cloud.given import PROXY, controller
from tests.conftest import Engine

CONTROL_PLANE = "node-role.kubernetes.io/control-plane"


async def pod(engine: Engine) -> dict[str, Any]:
    graph = await controller(engine)
    found: dict[str, Any] = graph["cloud-daemon-set"].inputs["spec"]["template"]["spec"]
    return found


async def container(engine: Engine) -> dict[str, Any]:
    (found,) = (await pod(engine))["containers"]
    return dict(found)


def verbs(rules: list[dict[str, Any]], resource: str) -> set[str]:
    """What may be done to a kind of object, by whichever of the rules."""
    return {verb for rule in rules if resource in rule["resources"] for verb in rule["verbs"]}


@pulumi.runtime.test
async def test_it_runs_on_control_planes_that_are_neither_ready_nor_introduced(
    engine: Engine,
) -> None:
    found = await pod(engine)
    assert found["nodeSelector"] == {CONTROL_PLANE: ""}
    tolerated = {each["key"] for each in found["tolerations"] if each["effect"] == "NoSchedule"}
    assert tolerated == {
        CONTROL_PLANE,
        # kubelet's own, until this controller takes it away.
        "node.cloudprovider.kubernetes.io/uninitialized",
        # As long as there is no pod network.
        "node.kubernetes.io/not-ready",
    }
    # Not for a worker's taints: nothing of it is there.
    assert all("key" in each for each in found["tolerations"])


@pulumi.runtime.test
async def test_it_needs_neither_pod_network_nor_kube_proxy_nor_cluster_dns(engine: Engine) -> None:
    found = await pod(engine)
    assert (found["hostNetwork"], found["dnsPolicy"]) == (True, "Default")
    (one,) = found["containers"]
    variables = {each["name"]: each["value"] for each in one["env"]}
    assert variables["KUBERNETES_SERVICE_HOST"] == "127.0.0.1"
    assert variables["KUBERNETES_SERVICE_PORT"] == "7443"
    assert PROXY in one["env"]


@pulumi.runtime.test
async def test_it_leaves_routes_and_tags_alone_and_knows_its_cluster(engine: Engine) -> None:
    words = (await container(engine))["args"]
    assert f"--controllers={','.join(CONTROLLERS)}" in words
    assert "--configure-cloud-routes=false" in words
    assert {"--cloud-provider=aws", "--cluster-name=shop"} <= set(words)
    assert not [each for each in CONTROLLERS if "route" in each or "tag" in each]


@pulumi.runtime.test
async def test_it_listens_for_its_host_alone_and_has_nothing_else_of_it(engine: Engine) -> None:
    one = await container(engine)
    assert "--bind-address=127.0.0.1" in one["args"]
    for probe in ("livenessProbe", "readinessProbe"):
        assert one[probe]["httpGet"]["host"] == "127.0.0.1"
    context = one["securityContext"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert (context["runAsNonRoot"], context["readOnlyRootFilesystem"]) == (True, True)
    assert "volumes" not in await pod(engine)


@pulumi.runtime.test
async def test_it_has_its_rights_before_it_starts_and_no_verb_that_it_does_not_use(
    engine: Engine,
) -> None:
    graph = await controller(engine)
    before = {"account", "cluster-role", "cluster-role-binding", "role", "role-binding"}
    assert graph["cloud-daemon-set"].depends_on >= {
        f"cloud-{name}" for name in (*before, "authentication")
    }
    rules = graph["cloud-cluster-role"].inputs["rules"]
    assert verbs(rules, "nodes") == {"get", "list", "watch", "update", "patch", "delete"}
    assert verbs(rules, "services") == {"get", "list", "watch"}
    assert verbs(rules, "services/status") == {"patch"}
    every = [each for rule in rules for key in ("verbs", "resources") for each in rule[key]]
    assert not {"*", "secrets", "serviceaccounts", "serviceaccounts/token", "pods"} & set(every)
    assert "--use-service-account-credentials=false" in (await container(engine))["args"]


@pulumi.runtime.test
async def test_a_new_one_waits_for_the_port_of_the_old_one(engine: Engine) -> None:
    spec = (await controller(engine))["cloud-daemon-set"].inputs["spec"]
    assert spec["updateStrategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 1},
    }


def test_every_kubernetes_of_the_tested_range_has_its_controller() -> None:
    minors = {f"1.{minor}" for minor in range(OLDEST[1], NEWEST_MINOR[1] + 1)}
    assert set(RELEASES) == minors


@pytest.mark.parametrize("version", ["1.34.2", "1.35.4"])
def test_a_controller_is_of_the_minor_that_it_controls(version: str) -> None:
    found = release(version)
    assert found is not None
    assert found.controller_version.rpartition(".")[0] == version.rpartition(".")[0]


def test_no_controller_is_made_up_for_another_kubernetes() -> None:
    assert release("1.33.9") is None
