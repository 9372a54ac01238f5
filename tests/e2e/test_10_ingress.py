"""Contour on two hosts: HTTP and HTTPS come in from outside through both, and to nobody who does not admit them.

The tests are steps of one life, in the order of the file.
"""

import copy
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.ingress.nginx import Nginx
from tests.components.ingress.test_nginx import ARGS as NGINX
from tests.conftest import Engine
from tests.e2e import web
from tests.e2e.operator import CONFIGURATION, SUBNET, Operator
from tests.e2e.pods import Pods, eventually, push_toolbox
from tests.e2e.test_1_cluster import UNCHANGED
from tests.e2e.web import Balancer, Client
from tests.stacks.test_ingress import own_certificate

pytestmark = pytest.mark.e2e

MACHINE = SUBNET.replace(".0/24", ".1")
PLAIN, RICH = "plain.apps.example.com", "rich.apps.example.com"
# An address that nobody has (RFC 5737).
FAR_AWAY = "203.0.113.9"


def configured(**ingress: Any) -> dict[str, Any]:
    """The stack's configuration with an ingress."""
    names = {"names": ["*.apps.example.com"]}
    given = {"provider": "contour", "certificate": names, **ingress}
    return {**copy.deepcopy(CONFIGURATION), "ingress": given}


@pytest.fixture(scope="module")
def ingress(operator: Operator) -> Operator:
    """The operator of a stack with Contour, and a web server in a namespace that admits nobody."""
    operator.configure(configured())
    operator.run("up")
    push_toolbox(operator)
    certificate = output(operator)["certificate"]
    operator.shell(web.applied(*web.manifest()))
    operator.shell(web.applied(web.ingress(PLAIN, certificate), web.http_proxy(RICH, certificate)))
    operator.kubectl(f"-n {web.NAMESPACE} rollout status deployment/echo --timeout=120s", 200)
    return operator


@pytest.fixture(scope="module")
def client(ingress: Operator, tmp_path_factory: pytest.TempPathFactory) -> Client:
    authority = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.write_text(output(ingress)["authority"])
    return Client(authority=authority)


@pytest.fixture(scope="module")
def nodes(ingress: Operator) -> dict[str, str]:
    """The address of each node by its name."""
    shown = json.loads(ingress.shell("pulumi stack output --json"))["nodes"]
    return {node["name"]: node["address"] for node in shown}


def output(operator: Operator) -> Any:
    return json.loads(operator.shell("pulumi stack output --json"))["ingress"]


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
    ingress: Operator, nodes: dict[str, str]
) -> None:
    def found() -> Any:
        return ingress.kubectl_json(f"-n {web.NAMESPACE} get ingress plain")

    eventually(lambda: bool(found()["status"]["loadBalancer"]), "the Ingress has an address")
    assert found()["status"]["loadBalancer"] == {"ingress": [{"ip": nodes["n1"]}]}
    assert found()["spec"]["ingressClassName"] == "contour"


def test_a_namespace_that_does_not_admit_the_ingress_is_not_reached(
    client: Client, nodes: dict[str, str]
) -> None:
    # Answered by Envoy, which reaches nobody behind it.
    everywhere(client, nodes, lambda status, _: status == 503, "nobody is reached")


def test_http_and_https_come_in_through_both_nodes_to_who_admits_them(
    ingress: Operator, client: Client, nodes: dict[str, str]
) -> None:
    ingress.shell(web.applied(web.admission(output(ingress)["namespace"])))
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


def test_default_deny_stands_beside_it(ingress: Operator) -> None:
    pods = Pods(operator=ingress)
    pods.start()
    on = pods.on_nodes()
    echo = ingress.kubectl_json(f"-n {web.NAMESPACE} get pods")["items"][0]["status"]["podIP"]
    envoys = {
        each["spec"]["nodeName"]: each["status"]["podIP"]
        for each in ingress.kubectl_json("-n heptio-contour get pods -l app=envoy")["items"]
    }

    def code(node: str, target: str) -> int:
        command = f"curl -s -o /dev/null -w %{{http_code}} --max-time 3 http://{target}/"
        return int(pods.run(on[node], command) or 0)

    # Nothing is served there under that name, but somebody answers.
    assert code("n1", f"{envoys['n2']}:8080") == 404
    assert code("n1", f"{envoys['n2']}:8002") == 0
    assert code("n2", f"{envoys['n1']}:8002") == 0
    assert {code("n1", f"{echo}:{web.PORT}"), code("n2", f"{echo}:{web.PORT}")} == {0}


def test_a_second_up_changes_nothing(ingress: Operator) -> None:
    assert UNCHANGED.search(ingress.run("up"))


def test_the_other_node_serves_while_an_envoy_is_away_and_it_comes_back(
    ingress: Operator, client: Client, nodes: dict[str, str]
) -> None:
    url = f"http://{PLAIN}/"
    selected = "get pods -l app=envoy --field-selector spec.nodeName=n2 -o name"
    name = ingress.kubectl(f"-n heptio-contour {selected}").strip()
    ingress.kubectl(f"-n heptio-contour delete {name} --wait=false")
    began = time.monotonic()
    answers = []
    while time.monotonic() - began < 5:
        answers.append(client.get(nodes["n1"], url).status)
    assert set(answers) == {200}
    ingress.kubectl(f"-n heptio-contour wait --for=delete {name} --timeout=90s", 120)
    eventually(lambda: client.get(nodes["n2"], url).status == 200, "n2 serves again", seconds=60)


def test_the_users_own_certificate_is_shown_as_soon_as_it_is_given(
    ingress: Operator, nodes: dict[str, str], tmp_path: Path
) -> None:
    file, key, _ = own_certificate(tmp_path, name="*.apps.example.com")
    (tmp_path / "key.pem").write_text(key)
    ingress.configure(configured(certificate={"file": str(file)}))
    assert "needs its private key" in ingress.fails("up")
    ingress.shell(f"pulumi config set --secret appliance:ingressKey < {tmp_path}/key.pem")
    ingress.run("up")
    client = Client(authority=file)
    for address in nodes.values():
        eventually(
            lambda at=address: client.get(at, f"https://{PLAIN}/").status == 200,  # type: ignore[misc]
            f"{address} shows the new certificate",
            seconds=20,
        )
    assert key.splitlines()[1] not in ingress.exported_state() + ingress.log.read_text()
    ingress.shell("pulumi config rm appliance:ingressKey")


@pulumi.runtime.test
async def test_an_api_server_would_take_every_object_of_ingress_nginx(
    ingress: Operator, engine: Engine
) -> None:
    for resource in Nginx("nginx", NGINX).ready:
        assert isinstance(resource, pulumi.CustomResource)
        await resource.id.future()
    objects = [found.inputs for found in engine.recorded.values() if "apiVersion" in found.inputs]
    assert len(objects) == 15
    # What stands in a namespace is looked at only where that is.
    ingress.kubectl("create namespace ingress-nginx")
    try:
        options = "--server-side --force-conflicts --dry-run=server"
        printed = ingress.shell(web.applied(*objects, options=options))
    finally:
        ingress.kubectl("delete namespace ingress-nginx")
    assert len(re.findall(r"serverside-applied \(server dry run\)", printed)) == len(objects)


def test_a_port_that_is_taken_on_a_host_is_refused_before_the_ingress_comes(
    ingress: Operator,
) -> None:
    ingress.configure(CONFIGURATION)
    ingress.run("up")
    assert not [name for name in ingress.names() if "contour" in name]
    ingress.ssh("n2", "systemd-run --unit squatter systemd-socket-activate -l 0.0.0.0:80 cat")
    ingress.configure(configured())
    printed = ingress.fails("up")
    assert re.search(r"n2: error: port 80 is taken by systemd-socket.*, and the ingress", printed)
    assert "contour-envoy" not in ingress.names()
    ingress.ssh("n2", "systemctl stop squatter")
    ingress.configure(configured(proxyProtocol=True))
    ingress.run("up")


def test_behind_a_balancer_a_pod_sees_the_client_and_nobody_comes_in_without_the_proxy_protocol(
    ingress: Operator, nodes: dict[str, str], tmp_path: Path
) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text(output(ingress)["authority"])
    balancer = Balancer(authority=authority)
    for address in nodes.values():
        for scheme in ("http", "https"):
            url = f"{scheme}://{PLAIN}/"

            def seen(at: str = address, of: str = url) -> bool:
                request = balancer.get(at, of, client=FAR_AWAY).request
                return f"x-forwarded-for: {FAR_AWAY}\n" in request.lower()

            eventually(seen, f"{url} through {address}: the pod sees {FAR_AWAY}", seconds=30)
            assert balancer.get(address, url, client=None).status == 0, (address, scheme)


def test_a_stack_with_an_ingress_is_destroyed_without_a_rest(ingress: Operator) -> None:
    ingress.run("down")
    assert ingress.names() == set()
