import json
from typing import Any

import pulumi
import pytest
from pulumi_kubernetes.core.v1 import ConfigMap

from components.isolation.namespace import admission
from components.replicated.access import RIGHTS
from components.replicated.admissions import admissions
from components.replicated.services import Console
from tests.components.replicated.given import CONF, known, made
from tests.conftest import Engine


def pod(engine: Engine) -> Any:
    return engine["replicated-deployment"].inputs["spec"]["template"]["spec"]


def containers(engine: Engine) -> dict[str, Any]:
    return {each["name"]: each for each in pod(engine)["containers"]}


def variables(engine: Engine) -> dict[str, Any]:
    env = containers(engine)["replicated"]["env"]
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in env}


@pulumi.runtime.test
async def test_the_pod_has_two_containers_with_the_ports_of_the_original(engine: Engine) -> None:
    await made()
    ports = {
        name: [port["containerPort"] for port in each["ports"]]
        for name, each in containers(engine).items()
    }
    assert ports == {"replicated": [9874, 9876, 9877, 9878], "replicated-ui": [8800]}
    spec = engine["replicated-deployment"].inputs["spec"]
    assert spec["strategy"] == {"type": "Recreate"}
    assert spec["selector"]["matchLabels"] == {"app": "replicated", "tier": "master"}
    assert engine["replicated-deployment"].inputs["metadata"]["namespace"] == "default"


@pulumi.runtime.test
async def test_an_up_ends_when_the_new_pod_is_ready_and_the_old_one_is_gone(engine: Engine) -> None:
    await made()
    deployment = engine["replicated-deployment"].inputs
    awaited = json.loads(deployment["metadata"]["annotations"]["pulumi.com/waitFor"])
    assert deployment["spec"]["replicas"] == 1
    assert awaited == [
        "jsonpath={.status.updatedReplicas}=1",
        "jsonpath={.status.replicas}=1",
        "jsonpath={.status.availableReplicas}=1",
    ]


@pulumi.runtime.test
async def test_the_daemon_is_told_what_the_original_was(engine: Engine) -> None:
    await made(conf={**CONF, "ReleaseSequence": 7}, proxy={"HTTP_PROXY": known("http://p:1")})
    told = variables(engine)
    assert told["SCHEDULER_ENGINE"] == "kubernetes"
    assert told["AIRGAP"] == "1"
    assert told["REGISTRY_ADVERTISE_ADDRESS"] == "10.100.100.101:9874"
    assert told["K8S_STORAGECLASS"] == "default"
    assert told["RELEASE_SEQUENCE"] == "7"
    assert told["HTTP_PROXY"] == "http://p:1"
    assert told["K8S_HOST_IP"] == {"fieldRef": {"fieldPath": "status.hostIP"}}
    assert told["LOCAL_ADDRESS"] == {"fieldRef": {"fieldPath": "status.podIP"}}


@pulumi.runtime.test
async def test_the_pod_has_nothing_of_its_host_and_no_power_over_it(engine: Engine) -> None:
    await made()
    spec = pod(engine)
    assert not [volume for volume in spec["volumes"] if "hostPath" in volume]
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
    assert spec["securityContext"]["runAsNonRoot"] is True
    for container in spec["containers"]:
        context = container["securityContext"]
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True


@pulumi.runtime.test
async def test_both_containers_say_what_they_need_and_are_asked_whether_they_live_and_serve(
    engine: Engine,
) -> None:
    await made()
    asked = {}
    for container in pod(engine)["containers"]:
        # A quota of the namespace refuses pods that leave it unsaid.
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        ports = {port["name"] for port in container["ports"]}
        probes = [container[f"{kind}Probe"] for kind in ("readiness", "liveness")]
        asked[container["name"]] = [
            (kind, probe[kind]["port"])
            for probe in probes
            for kind in ("httpGet", "tcpSocket")
            if kind in probe
        ]
        assert {port for _, port in asked[container["name"]]} <= ports
    # A registry that does not answer takes the pod out of its Service, and does not end it.
    assert asked == {
        "replicated": [("httpGet", "registry"), ("tcpSocket", "api")],
        "replicated-ui": [("tcpSocket", "ui"), ("tcpSocket", "ui")],
    }


@pulumi.runtime.test
async def test_both_containers_have_the_file_the_certificate_and_the_socket(
    engine: Engine,
) -> None:
    await made()
    for container in pod(engine)["containers"]:
        mounts = {each["mountPath"]: each for each in container["volumeMounts"]}
        assert mounts["/etc/replicated.conf"]["subPath"] == "replicated.conf"
        assert {"/etc/replicated/tls", "/var/run/replicated"} <= set(mounts)
    daemon = {each["mountPath"] for each in containers(engine)["replicated"]["volumeMounts"]}
    assert {"/var/lib/replicated", "/var/lib/replicated-tmp", "/etc/replicated/registry"} <= daemon
    console = {each["mountPath"] for each in containers(engine)["replicated-ui"]["volumeMounts"]}
    assert "/etc/replicated/registry" not in console
    assert "/etc/appliance" in console


@pulumi.runtime.test
async def test_every_volume_that_is_mounted_is_there(engine: Engine) -> None:
    await made()
    spec = pod(engine)
    mounted = {each["name"] for one in spec["containers"] for each in one["volumeMounts"]}
    assert mounted == {volume["name"] for volume in spec["volumes"]}


@pulumi.runtime.test
async def test_the_pod_starts_when_all_that_it_mounts_and_its_walls_are_there(
    engine: Engine,
) -> None:
    wall = ConfigMap("wall")
    await made(walls=(wall,))
    before = engine["replicated-deployment"].depends_on
    wanted = {"conf", "tls", "push", "overview", "account", "nodes-binding", "claims-binding"}
    wanted |= {"data-claim", "premkit-claim", "statsd-claim"}
    assert before >= {"wall", *(f"replicated-{name}" for name in wanted)}
    for name in ("replicated-service", "replicated-registry-service", "replicated-ui-service"):
        assert "replicated-deployment" in engine[name].depends_on


@pulumi.runtime.test
async def test_the_claims_have_class_and_size_and_are_not_waited_for(engine: Engine) -> None:
    await made()
    sizes = {}
    for key in ("data", "premkit", "statsd"):
        claim = engine[f"replicated-{key}-claim"].inputs
        assert claim["spec"]["storageClassName"] == "default"
        assert claim["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
        sizes[claim["metadata"]["name"]] = claim["spec"]["resources"]["requests"]["storage"]
    assert sizes == {
        "replicated-pv-claim": "100Gi",
        "replicated-premkit-data-volume": "1Gi",
        "replicated-statsd-graphite-storage": "10Gi",
    }


@pytest.mark.parametrize("protect", [True, False])
@pulumi.runtime.test
async def test_only_the_claims_are_protected(engine: Engine, protect: bool) -> None:  # noqa: FBT001
    await made(protect=protect)
    found = {name for name, recorded in engine.recorded.items() if recorded.request.protect}
    claims = {f"replicated-{key}-claim" for key in ("data", "premkit", "statsd")}
    assert found == (claims if protect else set())


@pulumi.runtime.test
async def test_the_registry_has_its_address_and_the_console_a_port_of_every_node(
    engine: Engine,
) -> None:
    await made()
    registry = engine["replicated-registry-service"].inputs["spec"]
    assert registry["clusterIP"] == "10.100.100.101"
    assert [port["port"] for port in registry["ports"]] == [9874]
    console = engine["replicated-ui-service"].inputs["spec"]
    assert console["type"] == "NodePort"
    assert (console["ports"][0]["port"], console["ports"][0]["nodePort"]) == (8800, 30880)
    inside = engine["replicated-service"].inputs["spec"]
    assert [port["port"] for port in inside["ports"]] == [9876, 9877, 9878]
    assert "type" not in inside


@pulumi.runtime.test
async def test_nobody_waits_for_a_load_balancer(engine: Engine) -> None:
    await made(console=Console(service_type="LoadBalancer"))
    found = engine["replicated-ui-service"].inputs
    assert found["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    assert "nodePort" not in found["spec"]["ports"][0]


@pulumi.runtime.test
async def test_every_secret_goes_to_the_engine_as_one(engine: Engine) -> None:
    await made(pull_secret=pulumi.Output.secret('{"auths": {}}'))
    for name in ("conf", "tls", "push", "pull"):
        assert engine[f"replicated-{name}"].is_secret("stringData"), name
    assert engine["replicated-pull"].inputs["type"] == "kubernetes.io/dockerconfigjson"
    assert pod(engine)["imagePullSecrets"] == [{"name": "replicateddockerhubkey"}]
    spec = engine["replicated-deployment"].raw
    assert "open sesame" not in str(spec)
    assert "push it" not in str(spec)


@pulumi.runtime.test
async def test_without_a_pull_secret_none_is_named(engine: Engine) -> None:
    await made()
    assert "replicated-pull" not in engine.recorded
    assert not pod(engine).get("imagePullSecrets")


def mark(engine: Engine) -> Any:
    template = engine["replicated-deployment"].inputs["spec"]["template"]
    return template["metadata"]["annotations"]["appliance.dev/configuration"]


@pulumi.runtime.test
async def test_a_changed_file_or_password_restarts_the_pod_and_nothing_else_does(
    engine: Engine,
) -> None:
    await made()
    before = mark(engine)
    assert not engine["replicated-deployment"].is_secret("spec")
    await made(console_password=pulumi.Output.secret("another"))
    assert mark(engine) != before
    await made(push_password=pulumi.Output.secret("another"))
    assert mark(engine) != before
    await made(fallback=known(["192.0.2.12:5000"]))
    assert mark(engine) != before
    await made()
    assert mark(engine) == before


@pulumi.runtime.test
async def test_the_page_is_told_of_stack_layers_and_registry(engine: Engine) -> None:
    await made()
    found = json.loads(engine["replicated-overview"].inputs["data"]["appliance.json"])
    assert found["stack"] == "test"
    assert found["registry"] == "10.100.100.101:9874"
    assert found["fallback"] == ["192.0.2.11:5000"]
    assert found["layers"][0]["workloads"] == [{"namespace": "kube-system", "name": "weave-net"}]


@pulumi.runtime.test
async def test_the_daemon_only_reads_and_each_right_says_why(engine: Engine) -> None:
    await made()
    roles = [r for r in engine.recorded.values() if r.type.endswith(("Role", "ClusterRole"))]
    assert len(roles) == len(RIGHTS)
    for role in roles:
        assert role.inputs["metadata"]["annotations"]["kubernetes.io/description"].startswith("The")
        for rule in role.inputs["rules"]:
            assert set(rule["verbs"]) <= {"get", "list", "watch"}
            assert "secrets" not in rule["resources"]
            assert "*" not in (*rule["resources"], *rule["apiGroups"])
    bindings = [r for r in engine.recorded.values() if r.type.endswith("Binding")]
    for binding in bindings:
        assert binding.inputs["subjects"] == [
            {"kind": "ServiceAccount", "name": "replicated", "namespace": "default"}
        ]
    assert pod(engine)["serviceAccountName"] == "replicated"


def test_only_console_and_registry_are_open() -> None:
    ports = [admission(each)["ingress"][0]["ports"][0]["port"] for each in admissions()]
    assert sorted(ports) == [8800, 9874]
    assert all(each.pods == {"app": "replicated", "tier": "master"} for each in admissions())
