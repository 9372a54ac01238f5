"""A cluster that is installed without a bundle, on a host whose only way out is a proxy that opens TLS.

The vendors' names lead to stand-ins on this machine: signed repositories with packages of the same names and files, and
a registry, under certificates of a company's own authority. The tests are steps of one life, in the order of the file.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.certificates import new_authority
from components.cluster.repositories import CONTAINERD, VENDORS
from tests.e2e.full import full
from tests.e2e.operator import STACK, Operator
from tests.e2e.outside import DISTRIBUTION, MIRROR, Outside, outside
from tests.vendors.vendors import CONTAINERD_VERSION, VERSION

pytestmark = pytest.mark.e2e

UNCHANGED = re.compile(r"Resources:\n\s+\d+ unchanged\n")
EXPECTED = {
    "pkgs.k8s.io:443",
    "download.docker.com:443",
    f"{DISTRIBUTION}:80",
    f"{MIRROR}:443",
}


@pytest.fixture(scope="module")
def stage(operator: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    work: Path = tmp_path_factory.mktemp("outside")
    with outside(operator, work) as made:
        yield made


def test_servers_of_an_unknown_authority_are_not_believed(
    operator: Operator, stage: Outside
) -> None:
    operator.configure(stage.configuration(trust={}))
    printed = operator.fails("up")
    assert "n1: error: the repository's key" in printed
    assert "certificate" in printed
    assert "cannot be fetched" in printed


def test_a_repository_signed_by_another_key_than_the_pinned_one_is_refused(
    operator: Operator, stage: Outside
) -> None:
    online = stage.configuration()["online"]
    pinned = {"deb": {"fingerprint": VENDORS[CONTAINERD, "deb"].fingerprint}}
    operator.configure(stage.configuration(online={**online, "containerd": pinned}))
    printed = operator.fails("up")
    assert "it is not of the key that the group online pins" in printed
    assert operator.ssh("n1", "command -v kubelet containerd || true") == ""


def test_a_cluster_comes_up_with_the_vendors_packages_and_images(
    operator: Operator, stage: Outside
) -> None:
    operator.configure(stage.configuration())
    operator.run("up")
    (node,) = operator.kubectl_json("get nodes")["items"]
    conditions = {each["type"]: each["status"] for each in node["status"]["conditions"]}
    assert conditions["Ready"] == "True"
    runs = node["status"]["nodeInfo"]
    assert runs["kubeletVersion"] == f"v{VERSION}"
    assert CONTAINERD_VERSION in runs["containerRuntimeVersion"]
    assert not {name for name in operator.names() if name.endswith(("-bundle", "-registry"))}


def test_the_versions_are_those_asked_for_and_the_host_s_own_updates_leave_them_alone(
    operator: Operator,
) -> None:
    printed = operator.ssh(
        "n1",
        "dpkg-query -f '${Version}\\n' -W kubelet kubeadm kubectl; apt-mark showhold | paste -sd,\n"
        # There is a newer one, which an upgrade of the host passes over.
        "apt-cache madison kubelet | grep -c 1.35.40-1.1\n"
        "apt-get --simulate upgrade 2>/dev/null | grep -c '^Inst kube' || true",
    )
    held = "containerd.io,kubeadm,kubectl,kubelet"
    assert printed.split() == [*[f"{VERSION}-1.1"] * 3, held, "1", "0"]


def test_images_of_pods_come_through_the_proxy_with_the_company_s_authority(
    operator: Operator, stage: Outside
) -> None:
    # A registry that is no mirror: containerd believes it by the host's own store.
    image = "images.example.com/registry.k8s.io/pause:3.10.1"
    operator.kubectl(f"run outside --image={image}")
    operator.kubectl("wait pod/outside --for=condition=Ready --timeout=60s")
    assert "images.example.com:443" in stage.proxy.asked_for()


def test_nothing_of_the_cluster_went_through_the_proxy(operator: Operator, stage: Outside) -> None:
    assert stage.proxy.asked_for() == EXPECTED | {"images.example.com:443"}
    pods = json.dumps(operator.kubectl_json("get pods -A"))
    assert "proxy" in pods
    assert not re.search("https?_proxy", pods, re.IGNORECASE)
    # Whoever does use the proxy for the cluster is seen in that log.
    address = re.search(r"server: https://([0-9.]+:6443)", operator.shell("cat $KUBECONFIG"))
    assert address is not None
    operator.ssh("n1", f"curl -sk --max-time 5 -x {stage.proxy.url} https://{address[1]}/ || true")
    assert address[1] in stage.proxy.asked_for()


def test_a_second_up_changes_nothing(operator: Operator) -> None:
    assert UNCHANGED.search(operator.run("up"))


@full
def test_another_authority_restarts_containerd_and_no_pod(
    operator: Operator, stage: Outside
) -> None:
    def pods() -> dict[str, str]:
        listed = operator.kubectl_json("get pods -A")["items"]
        return {
            each["metadata"]["name"]: state["containerID"]
            for each in listed
            for state in each["status"]["containerStatuses"]
        }

    before, process = pods(), operator.ssh("n1", "systemctl show -P MainPID containerd")
    both = stage.work / "both.pem"
    another = new_authority("Another", dt.datetime.now(dt.UTC)).certificate_pem
    both.write_text((stage.work / "authority.pem").read_text() + another)
    operator.configure(stage.configuration(trust={"caFile": str(both)}))
    operator.run("up")
    found = operator.ssh(
        "n1",
        "systemctl show -P MainPID containerd; "
        "grep -c BEGIN /usr/local/share/ca-certificates/appliance.crt",
    ).split()
    assert found[0] != process.strip()
    assert found[1] == "2"
    assert pods() == before


def test_destroy_leaves_nothing(operator: Operator) -> None:
    operator.run("down")
    assert operator.names() == set()
    assert json.loads(operator.hosts("list", "--lab", STACK, "--json")) == []
