from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.ingress import contour_server, envoy, upstream
from components.ingress.contour import Contour, ContourArgs, images
from components.ingress.serving import Serving
from tests.components.ingress.conftest import certificate
from tests.components.ingress.test_upstream import TEXTS
from tests.conftest import Engine

ARGS = ContourArgs(
    serving=Serving(
        images={name: f"{name}@sha256:00" for name in images()},
        policies=True,
        addresses="192.0.2.11,192.0.2.12",
        authority="the authority",
        certificate=certificate("default"),
    ),
    upstream=upstream.objects(TEXTS, "heptio-contour"),
    server=certificate("server"),
    client=certificate("client"),
)


def serving(**changed: Any) -> ContourArgs:
    return replace(ARGS, serving=replace(ARGS.serving, **changed))


async def build(engine: Engine, args: ContourArgs = ARGS, opts: Any = None) -> Engine:
    made = Contour("contour", args, opts)
    for resource in made.ready:
        assert isinstance(resource, pulumi.CustomResource)
        await resource.id.future()
    return engine


def pod(engine: Engine, name: str) -> Any:
    return engine[name].inputs["spec"]["template"]["spec"]


def container(engine: Engine, name: str, which: str) -> Any:
    spec = pod(engine, name)
    return next(
        each
        for each in (*spec.get("initContainers", ()), *spec["containers"])
        if each["name"] == which
    )


def test_the_configuration_file_is_as_reviewed(golden: Callable[[str, str], None]) -> None:
    args = contour_server.ServerArgs(
        image="x",
        addresses="192.0.2.11",
        fallback=("heptio-contour", "default-certificate"),
        default_class=True,
        proxy_protocol=False,
    )
    golden("contour.yaml", contour_server.configuration(args))


@pulumi.runtime.test
async def test_pods_start_when_all_that_they_need_is_there_and_in_its_order(
    engine: Engine,
) -> None:
    node = kubernetes.core.v1.Namespace("node")
    graph = await build(engine, serving(after=(node,)))
    assert graph["contour-deployment"].depends_on >= {
        *("heptio-contour-default-deny", "heptio-contour-clients", "contour-configuration"),
        *("contour-account", "contour-server-certificate", "contour-certificate", "node"),
        *(f"contour/{one}" for one in ARGS.upstream),
    }
    for name in ("contour-envoy", "contour-class", "contour-delegation"):
        assert graph[name].depends_on >= {"contour-deployment", "contour-service"}


@pulumi.runtime.test
async def test_nothing_is_put_into_a_namespace_that_is_not_there(engine: Engine) -> None:
    graph = await build(engine)
    for name, found in graph.recorded.items():
        inside = found.inputs.get("metadata", {}).get("namespace") == "heptio-contour"
        direct = found.depends_on & {"heptio-contour-namespace", "contour-deployment"}
        assert not inside or direct, name


@pulumi.runtime.test
async def test_no_object_holds_an_empty_group_that_every_up_would_add_again(engine: Engine) -> None:
    graph = await build(engine, serving(default_class=False))
    for name, found in graph.recorded.items():
        assert {} not in found.inputs.get("metadata", {}).values(), name


@pulumi.runtime.test
async def test_everybody_reaches_the_proxies_ports_and_nobody_anything_else(
    engine: Engine,
) -> None:
    graph = await build(engine)
    policies = {
        name: found.inputs["spec"]
        for name, found in graph.recorded.items()
        if found.type.endswith(":NetworkPolicy")
    }
    assert set(policies) == {"heptio-contour-default-deny", "heptio-contour-clients"}
    assert policies["heptio-contour-clients"] == {
        "podSelector": {"matchLabels": {"app": "envoy"}},
        "policyTypes": ["Ingress"],
        "ingress": [
            {"ports": [{"port": 8080, "protocol": "TCP"}, {"port": 8443, "protocol": "TCP"}]}
        ],
    }


@pulumi.runtime.test
async def test_no_policy_is_made_that_nobody_would_enforce(engine: Engine) -> None:
    graph = await build(engine, serving(policies=False))
    assert not any(each.type.endswith(":NetworkPolicy") for each in graph.recorded.values())


@pulumi.runtime.test
async def test_an_envoy_runs_on_every_node_and_takes_the_host_s_two_ports(engine: Engine) -> None:
    graph = await build(engine)
    assert {"effect": "NoSchedule", "operator": "Exists"} in pod(graph, "contour-envoy")[
        "tolerations"
    ]
    assert {"effect": "NoExecute", "operator": "Exists"} in pod(graph, "contour-envoy")[
        "tolerations"
    ]
    ports = {
        port["hostPort"]: port["containerPort"]
        for port in container(graph, "contour-envoy", "envoy")["ports"]
        if "hostPort" in port
    }
    assert ports == {80: 8080, 443: 8443}
    # In the host's own network no policy would know its pods, and no address of a client would come through.
    assert "hostNetwork" not in pod(graph, "contour-envoy")
    # A second one has no place beside the first: the ports are taken.
    assert graph["contour-envoy"].inputs["spec"]["updateStrategy"]["rollingUpdate"] == {
        "maxUnavailable": 1
    }


@pulumi.runtime.test
async def test_contour_s_pods_run_also_where_there_are_control_planes_only(engine: Engine) -> None:
    graph = await build(engine)
    (toleration,) = pod(graph, "contour-deployment")["tolerations"]
    assert toleration["key"] == "node-role.kubernetes.io/control-plane"


@pulumi.runtime.test
async def test_one_of_contour_s_pods_goes_on_while_a_node_is_drained(engine: Engine) -> None:
    graph = await build(engine)
    assert graph["contour-deployment"].inputs["spec"]["replicas"] == 2
    budget = graph["contour-disruption-budget"].inputs["spec"]
    assert budget == {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "contour"}}}
    assert pod(graph, "contour-deployment")["affinity"]["podAntiAffinity"]


@pulumi.runtime.test
async def test_contour_and_envoy_know_each_other_by_certificates_of_the_stack_s_authority(
    engine: Engine,
) -> None:
    graph = await build(engine)
    for side, secret in (("server", "contourcert"), ("client", "envoycert")):
        made = graph[f"contour-{side}-certificate"]
        assert made.inputs["metadata"]["name"] == secret
        assert made.inputs["stringData"] == {
            "tls.crt": f"chain of {side}",
            "tls.key": f"key of {side}",
            "ca.crt": "the authority",
        }
    mounted = {
        volume["secret"]["secretName"]
        for name in ("contour-deployment", "contour-envoy")
        for volume in pod(graph, name)["volumes"]
        if "secret" in volume
    }
    assert mounted == {"contourcert", "envoycert"}
    serve = container(graph, "contour-deployment", "contour")["args"]
    assert {"--contour-cafile=/certs/ca.crt", "--contour-key-file=/certs/tls.key"} <= set(serve)
    bootstrap = container(graph, "contour-envoy", "bootstrap")["args"]
    assert {"--envoy-cafile=/certs/ca.crt", "--envoy-key-file=/certs/tls.key"} <= set(bootstrap)
    # Envoy knows Contour by the first of the names in its certificate, which is that of the service.
    assert "--xds-address=contour" in bootstrap
    assert graph["contour-service"].inputs["metadata"]["name"] == "contour"


@pulumi.runtime.test
async def test_no_ingress_waits_for_an_address_in_vain(engine: Engine) -> None:
    graph = await build(engine)
    serve = container(graph, "contour-deployment", "contour")["args"]
    assert "--ingress-status-address=192.0.2.11,192.0.2.12" in serve


@pulumi.runtime.test
async def test_the_default_certificate_may_be_shown_for_names_of_every_namespace(
    engine: Engine,
) -> None:
    graph = await build(engine)
    assert graph["contour-certificate"].inputs["metadata"]["name"] == "default-certificate"
    assert graph["contour-delegation"].inputs["spec"] == {
        "delegations": [{"secretName": "default-certificate", "targetNamespaces": ["*"]}]
    }
    text = graph["contour-configuration"].inputs["data"]["contour.yaml"]
    assert "fallback-certificate:\n    name: default-certificate\n" in text


@pulumi.runtime.test
async def test_objects_without_a_class_are_served_only_by_a_default_class(engine: Engine) -> None:
    for default in (True, False):
        graph = await build(engine, serving(default_class=default))
        annotations = graph["contour-class"].inputs["metadata"].get("annotations", {})
        assert ("ingressclass.kubernetes.io/is-default-class" in annotations) == default
        serve = container(graph, "contour-deployment", "contour")["args"]
        assert ("--ingress-class-name=contour" in serve) == (not default)


@pulumi.runtime.test
async def test_the_proxy_protocol_is_demanded_only_if_asked_for(engine: Engine) -> None:
    for asked in (True, False):
        graph = await build(engine, serving(proxy_protocol=asked))
        serve = container(graph, "contour-deployment", "contour")["args"]
        assert ("--use-proxy-protocol" in serve) == asked


def test_a_changed_configuration_starts_new_pods() -> None:
    def annotation(fallback: str) -> Any:
        args = contour_server.ServerArgs(
            image="x",
            addresses="a",
            fallback=("x", fallback),
            default_class=True,
            proxy_protocol=False,
        )
        template: Any = contour_server.deployment_spec(args)["template"]
        return template["metadata"]["annotations"]

    assert annotation("a") != annotation("b")
    assert annotation("a") == annotation("a")


@pulumi.runtime.test
async def test_an_envoy_that_ends_lets_its_clients_finish(engine: Engine) -> None:
    graph = await build(engine)
    ending = container(graph, "contour-envoy", "envoy")["lifecycle"]["preStop"]
    assert ending == {"httpGet": {"path": "/shutdown", "port": envoy.SHUTDOWN_PORT}}
    manager = container(graph, "contour-envoy", "shutdown-manager")
    assert manager["lifecycle"]["preStop"]["exec"]["command"][:3] == [
        *("/bin/contour", "envoy", "shutdown")
    ]
    # Both reach Envoy's administration over a socket in a common directory.
    for which in ("envoy", "shutdown-manager"):
        mounts = container(graph, "contour-envoy", which)["volumeMounts"]
        assert {"name": "admin", "mountPath": "/admin"} in mounts


@pulumi.runtime.test
async def test_pods_have_no_privilege_and_write_to_no_image(engine: Engine) -> None:
    graph = await build(engine)
    for name in ("contour-deployment", "contour-envoy"):
        spec = pod(graph, name)
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for each in (*spec.get("initContainers", ()), *spec["containers"]):
            assert each["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert each["resources"]["requests"]


@pulumi.runtime.test
async def test_only_contour_may_ask_the_api_server(engine: Engine) -> None:
    graph = await build(engine)
    assert graph["contour-account"].inputs["automountServiceAccountToken"] is True
    assert graph["contour-envoy-account"].inputs["automountServiceAccountToken"] is False
    assert pod(graph, "contour-envoy")["automountServiceAccountToken"] is False


@pytest.mark.parametrize("which", ["contour", "envoy"])
@pulumi.runtime.test
async def test_who_serves_says_when(engine: Engine, which: str) -> None:
    name = "contour-deployment" if which == "contour" else "contour-envoy"
    assert "readinessProbe" in container(await build(engine), name, which)


@pulumi.runtime.test
async def test_images_run_by_the_references_that_were_given(engine: Engine) -> None:
    graph = await build(engine)
    used = {
        each["image"]
        for name in ("contour-deployment", "contour-envoy")
        for each in (*pod(graph, name).get("initContainers", ()), *pod(graph, name)["containers"])
    }
    assert used == {f"{name}@sha256:00" for name in images()}


@pulumi.runtime.test
async def test_all_objects_go_to_the_cluster_that_the_component_was_given(engine: Engine) -> None:
    provider = kubernetes.Provider("cluster", kubeconfig="{}")
    graph = await build(engine, ARGS, pulumi.ResourceOptions(provider=provider))
    objects = [one for one in graph.recorded.values() if one.type.startswith("kubernetes:")]
    assert len(objects) == 19
    assert all("::cluster::" in one.request.provider for one in objects)
