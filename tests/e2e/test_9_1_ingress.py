"""Contour on two hosts: HTTP and HTTPS come in from outside through both, and to nobody who does not admit them.

The tests are steps of one life, which begins here: in the order of this file, and of the files `test_9_*.py`.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.ingress.nginx import Nginx
from components.machines.node_script import SOURCE
from tests.components.cloud.given import controller, driver
from tests.components.ingress.test_nginx import ARGS as NGINX
from tests.conftest import Engine
from tests.e2e import web
from tests.e2e.operator import SUBNET, Operator
from tests.e2e.pods import Pods, eventually
from tests.e2e.web import Client
from tests.e2e.whole import PLAIN, RICH

pytestmark = pytest.mark.e2e

MACHINE = SUBNET.replace(".0/24", ".1")


def everywhere(
    client: Client, nodes: dict[str, str], right: Callable[[int, str], bool], what: str
) -> None:
    """Waits until each name is answered rightly by each node, by HTTP and by HTTPS."""
    for host in (PLAIN, RICH):
        for scheme in ("http", "https"):
            for name, address in nodes.items():

                def probe(url: str = f"{scheme}://{host}/a/path", at: str = address) -> bool:
                    answer = client.get(at, url)
                    return right(answer.status, answer.request)

                eventually(probe, f"{scheme}://{host} through {name}: {what}", seconds=30)


def test_every_ingress_has_an_address_and_the_class_that_is_the_default(
    shop: Operator, nodes: dict[str, str]
) -> None:
    def found() -> Any:
        return shop.kubectl_json(f"-n {web.NAMESPACE} get ingress plain")

    eventually(lambda: bool(found()["status"]["loadBalancer"]), "the Ingress has an address")
    assert found()["status"]["loadBalancer"] == {"ingress": [{"ip": nodes["n1"]}]}
    assert found()["spec"]["ingressClassName"] == "contour"


@pytest.mark.usefixtures("shop")
def test_a_namespace_that_does_not_admit_the_ingress_is_not_reached(
    client: Client, nodes: dict[str, str]
) -> None:
    # Answered by Envoy, which reaches nobody behind it.
    everywhere(client, nodes, lambda status, _: status == 503, "nobody is reached")


@pytest.mark.usefixtures("admitted")
def test_http_and_https_come_in_through_both_nodes_to_who_admits_them(
    client: Client, nodes: dict[str, str]
) -> None:
    everywhere(
        client,
        nodes,
        lambda status, request: status == 200 and request.startswith("GET /a/path HTTP/1.1"),
        "the pod is reached",
    )


def test_the_certificate_is_of_the_stack_s_authority_and_of_no_other(
    client: Client, nodes: dict[str, str]
) -> None:
    assert client.get(nodes["n1"], f"https://{PLAIN}/").status == 200
    of_the_system = Client(authority=Path("/etc/ssl/certs/ca-certificates.crt"))
    assert of_the_system.get(nodes["n1"], f"https://{PLAIN}/").status == 0


def test_a_pod_sees_who_the_client_is(client: Client, nodes: dict[str, str]) -> None:
    for address in nodes.values():
        for scheme in ("http", "https"):
            request = client.get(address, f"{scheme}://{PLAIN}/").request
            assert f"x-forwarded-for: {MACHINE}\n" in request.lower(), (address, scheme)


def test_default_deny_stands_beside_it(shop: Operator, pods: Pods) -> None:
    on = pods.on_nodes()
    echo = shop.kubectl_json(f"-n {web.NAMESPACE} get pods")["items"][0]["status"]["podIP"]
    envoys = {
        each["spec"]["nodeName"]: each["status"]["podIP"]
        for each in shop.kubectl_json("-n heptio-contour get pods -l app=envoy")["items"]
    }

    def code(node: str, target: str) -> int:
        command = f"curl -s -o /dev/null -w %{{http_code}} --max-time 3 http://{target}/"
        return int(pods.run(on[node], command) or 0)

    # Nothing is served there under that name, but somebody answers.
    assert code("n1", f"{envoys['n2']}:8080") == 404
    assert code("n1", f"{envoys['n2']}:8002") == 0
    assert code("n2", f"{envoys['n1']}:8002") == 0
    assert {code("n1", f"{echo}:{web.PORT}"), code("n2", f"{echo}:{web.PORT}")} == {0}


def test_the_other_node_serves_while_an_envoy_is_away_and_it_comes_back(
    shop: Operator, client: Client, nodes: dict[str, str]
) -> None:
    url = f"http://{PLAIN}/"
    selected = "get pods -l app=envoy --field-selector spec.nodeName=n2 -o name"
    name = shop.kubectl(f"-n heptio-contour {selected}").strip()
    shop.kubectl(f"-n heptio-contour delete {name} --wait=false")
    began = time.monotonic()
    answers = []
    while time.monotonic() - began < 5:
        answers.append(client.get(nodes["n1"], url).status)
    assert set(answers) == {200}
    shop.kubectl(f"-n heptio-contour wait --for=delete {name} --timeout=90s", 120)
    eventually(lambda: client.get(nodes["n2"], url).status == 200, "n2 serves again", seconds=60)


@pulumi.runtime.test
async def test_an_api_server_would_take_every_object_of_ingress_nginx(
    shop: Operator, engine: Engine
) -> None:
    for resource in Nginx("nginx", NGINX).ready:
        assert isinstance(resource, pulumi.CustomResource)
        await resource.id.future()
    objects = [found.inputs for found in engine.recorded.values() if "apiVersion" in found.inputs]
    assert len(objects) == 15
    # What stands in a namespace is looked at only where that is.
    shop.kubectl("create namespace ingress-nginx")
    try:
        options = "--server-side --force-conflicts --dry-run=server"
        printed = shop.shell(web.applied(*objects, options=options))
    finally:
        shop.kubectl("delete namespace ingress-nginx")
    assert len(re.findall(r"serverside-applied \(server dry run\)", printed)) == len(objects)


@pulumi.runtime.test
async def test_an_api_server_would_take_every_object_of_a_cloud(
    shop: Operator, engine: Engine
) -> None:
    await controller(engine)
    await driver(engine)
    objects = [found.inputs for found in engine.recorded.values() if "apiVersion" in found.inputs]
    assert len(objects) == 21
    shop.kubectl("create namespace aws-ebs-csi-driver")
    try:
        options = "--server-side --force-conflicts --dry-run=server --validate=strict"
        printed = shop.shell(web.applied(*objects, options=options))
    finally:
        shop.kubectl("delete namespace aws-ebs-csi-driver")
    assert len(re.findall(r"serverside-applied \(server dry run\)", printed)) == len(objects)


def test_what_an_account_has_to_take_back_is_seen_by_the_node_scripts_own_questions(
    shop: Operator,
) -> None:
    body = SOURCE.read_text().partition("\nof_account() {\n")[2].partition("\n}\n")[0]
    asked = re.findall(r"kube (get .*?})'", body)
    assert len(asked) == 2
    command = " && ".join(f"kubectl {each}'" for each in asked)
    assert shop.shell(command).strip() == ""
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "of-account", "namespace": "default"},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    }
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "of-account"},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-0"},
            "claimRef": {"namespace": "default", "name": "of-account"},
        },
    }
    shop.shell(web.applied(service, volume))
    try:
        assert shop.shell(command).splitlines() == [
            "the Service of-account in default",
            "the PersistentVolume of-account of default/of-account",
        ]
    finally:
        shop.kubectl("delete service/of-account persistentvolume/of-account")
