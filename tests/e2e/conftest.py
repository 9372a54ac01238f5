"""The stack of the end-to-end tests: brought up once, used by all, taken down at the end."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from operate.agent import agent
from tests.e2e import web
from tests.e2e.operator import STACK, Operator, make_operator
from tests.e2e.pods import Pods, push_toolbox
from tests.e2e.web import Client
from tests.e2e.whole import PLAIN, RICH, configured, outputs


@pytest.fixture(scope="session")
def operator() -> Iterator[Operator]:
    """One operator for the session; what an earlier, killed session left is taken away first."""
    # Not below pytest's own temporary directory: hosts need a real file system, and a killed run must be found again.
    directory = Path(os.environ.get("APPLIANCE_E2E", "/var/tmp/appliance-e2e"))  # noqa: S108
    if directory.exists():
        Operator(directory / "project", directory / "state").hosts(
            "delete", "--lab", STACK, "--all"
        )
        shutil.rmtree(directory)
    operator = make_operator(directory)
    yield operator
    if "APPLIANCE_E2E_KEEP" not in os.environ:
        operator.hosts("delete", "--lab", STACK, "--all")
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def cluster(operator: Operator) -> Operator:
    """The operator of a stack that is up."""
    operator.run("up")
    return operator


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A user's own key, in an agent and in no configuration."""
    file = tmp_path_factory.mktemp("key") / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)
    with agent(file.read_text()) as socket:
        before = os.environ.get("SSH_AUTH_SOCK")
        os.environ["SSH_AUTH_SOCK"] = socket
        yield file.with_suffix(".pub").read_text().strip()
        os.environ.pop("SSH_AUTH_SOCK")
        if before is not None:
            os.environ["SSH_AUTH_SOCK"] = before


@pytest.fixture(scope="session")
def whole(operator: Operator) -> Operator:
    """The operator of a stack that has everything, and of whose registry pods may have the toolbox."""
    operator.begin_anew()
    operator.configure(configured(operator))
    operator.run("up")
    push_toolbox(operator)
    return operator


@pytest.fixture(scope="session")
def nodes(whole: Operator) -> dict[str, str]:
    """The address of each node by its name."""
    return {node["name"]: node["address"] for node in outputs(whole)["nodes"]}


@pytest.fixture(scope="session")
def client(whole: Operator, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Someone outside who trusts the stack's own authority: the default certificate is from it, and the release's."""
    authority = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.write_text(outputs(whole)["ingress"]["authority"])
    return Client(authority=authority)


@pytest.fixture(scope="session")
def pods(whole: Operator) -> Pods:
    """The toolbox on every node of the whole platform."""
    pods = Pods(operator=whole)
    pods.start()
    return pods


@pytest.fixture(scope="session")
def shop(whole: Operator) -> Operator:
    """The operator, and a web server with two names in a namespace that admits nobody."""
    certificate = outputs(whole)["ingress"]["certificate"]
    whole.shell(web.applied(*web.manifest()))
    whole.shell(web.applied(web.ingress(PLAIN, certificate), web.http_proxy(RICH, certificate)))
    whole.kubectl(f"-n {web.NAMESPACE} rollout status deployment/echo --timeout=120s", 200)
    return whole


@pytest.fixture(scope="session")
def admitted(shop: Operator) -> Operator:
    """The same, with an exception for the ingress."""
    shop.shell(web.applied(web.admission(outputs(shop)["ingress"]["namespace"])))
    return shop
