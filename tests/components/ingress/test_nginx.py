import base64
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.ingress.nginx import Nginx, NginxArgs, images, webhook_names
from components.ingress.serving import Serving
from tests.components.ingress.conftest import certificate
from tests.conftest import Engine

ARGS = NginxArgs(
    serving=Serving(
        images={name: f"{name}@sha256:00" for name in images()},
        policies=True,
        addresses="192.0.2.11,apps.example.com",
        authority="the authority",
        certificate=certificate("default"),
    ),
    webhook=certificate("webhook"),
)


def serving(**changed: Any) -> NginxArgs:
    return replace(ARGS, serving=replace(ARGS.serving, **changed))


async def build(engine: Engine, args: NginxArgs = ARGS) -> Engine:
    made = Nginx("nginx", args)
    for resource in made.ready:
        assert isinstance(resource, pulumi.CustomResource)
        await resource.id.future()
    return engine


def pod(engine: Engine) -> Any:
    return engine["nginx-daemon-set"].inputs["spec"]["template"]["spec"]


def arguments(engine: Engine) -> Any:
    (container,) = pod(engine)["containers"]
    return container["args"]


@pulumi.runtime.test
async def test_pods_start_when_all_that_they_need_is_there(engine: Engine) -> None:
    node = kubernetes.core.v1.Namespace("node")
    graph = await build(engine, serving(after=(node,)))
    assert graph["nginx-daemon-set"].depends_on >= {
        *("ingress-nginx-default-deny", "ingress-nginx-clients", "nginx-configuration", "node"),
        *("nginx-account", "nginx-cluster-role", "nginx-cluster-role-binding", "nginx-role"),
        *("nginx-role-binding", "nginx-webhook-certificate", "nginx-certificate"),
    }


@pulumi.runtime.test
async def test_ingresses_are_checked_only_when_somebody_is_there_to_do_it(engine: Engine) -> None:
    graph = await build(engine)
    assert graph["nginx-webhook-service"].depends_on == {"nginx-daemon-set"}
    assert graph["nginx-webhook"].depends_on == {"nginx-webhook-service"}


@pulumi.runtime.test
async def test_the_api_server_knows_who_checks_ingresses_by_the_stack_s_authority(
    engine: Engine,
) -> None:
    graph = await build(engine)
    (hook,) = graph["nginx-webhook"].inputs["webhooks"]
    assert base64.b64decode(hook["clientConfig"]["caBundle"]) == b"the authority"
    service = hook["clientConfig"]["service"]
    assert webhook_names() == (f"{service['name']}.{service['namespace']}.svc",)
    assert graph["nginx-webhook-service"].inputs["metadata"]["name"] == service["name"]
    secret = graph["nginx-webhook-certificate"].inputs
    assert secret["stringData"]["tls.crt"] == "chain of webhook"
    (volume,) = pod(graph)["volumes"]
    assert volume["secret"]["secretName"] == secret["metadata"]["name"]


@pulumi.runtime.test
async def test_the_controller_runs_on_every_node_and_takes_the_host_s_two_ports(
    engine: Engine,
) -> None:
    graph = await build(engine)
    assert {"effect": "NoSchedule", "operator": "Exists"} in pod(graph)["tolerations"]
    (container,) = pod(graph)["containers"]
    ports = {p["hostPort"]: p["containerPort"] for p in container["ports"] if "hostPort" in p}
    assert ports == {80: 80, 443: 443}
    assert container["securityContext"]["capabilities"] == {
        "drop": ["ALL"],
        "add": ["NET_BIND_SERVICE"],
    }


@pulumi.runtime.test
async def test_clients_and_api_servers_reach_their_ports_and_nobody_anything_else(
    engine: Engine,
) -> None:
    graph = await build(engine)
    (rule,) = graph["ingress-nginx-clients"].inputs["spec"]["ingress"]
    assert [each["port"] for each in rule["ports"]] == [80, 443, 8443]
    assert "from" not in rule


@pulumi.runtime.test
async def test_names_without_a_certificate_are_served_with_the_default_one(engine: Engine) -> None:
    graph = await build(engine)
    assert "--default-ssl-certificate=ingress-nginx/default-certificate" in arguments(graph)
    assert graph["nginx-certificate"].inputs["metadata"]["name"] == "default-certificate"


@pulumi.runtime.test
async def test_no_ingress_waits_for_an_address_in_vain(engine: Engine) -> None:
    graph = await build(engine)
    assert "--publish-status-address=192.0.2.11,apps.example.com" in arguments(graph)


@pulumi.runtime.test
async def test_objects_without_a_class_are_served_only_by_a_default_class(engine: Engine) -> None:
    for default in (True, False):
        graph = await build(engine, serving(default_class=default))
        annotations = graph["nginx-class"].inputs["metadata"].get("annotations", {})
        assert ("ingressclass.kubernetes.io/is-default-class" in annotations) == default
        assert f"--watch-ingress-without-class={str(default).lower()}" in arguments(graph)


@pulumi.runtime.test
async def test_its_configuration_forbids_snippets_and_knows_of_the_proxy_protocol(
    engine: Engine,
) -> None:
    for asked in (True, False):
        graph = await build(engine, serving(proxy_protocol=asked))
        configuration = graph["nginx-configuration"].inputs
        assert configuration["data"] == {
            "allow-snippet-annotations": "false",
            "use-proxy-protocol": str(asked).lower(),
        }
        name = configuration["metadata"]["name"]
        assert f"--configmap=$(POD_NAMESPACE)/{name}" in arguments(graph)


@pulumi.runtime.test
async def test_rights_are_those_that_its_maker_publishes_and_no_more(engine: Engine) -> None:
    graph = await build(engine)
    for name in ("nginx-cluster-role", "nginx-role"):
        for rule in graph[name].inputs["rules"]:
            if "secrets" in rule["resources"]:
                assert not set(rule["verbs"]) & {"create", "update", "patch", "delete", "*"}
    leader = [
        rule for rule in graph["nginx-role"].inputs["rules"] if rule["resources"] == ["leases"]
    ]
    assert leader[0]["resourceNames"] == ["ingress-nginx-leader"]
    assert "--election-id=ingress-nginx-leader" in arguments(graph)
