"""Other networks than Weave: Flannel, and one that the operator brings along.

The tests are steps of two lives, in the order of the file. The steps that take long run with `make test-full`.
"""

import copy
import json
import re
from typing import Any

import pytest

from components.manifest.kinds import is_built_in, is_cluster_wide
from tests.e2e.full import full
from tests.e2e.operator import CONFIGURATION, STACK, Operator
from tests.e2e.own_network import FILE, MANIFEST
from tests.e2e.pods import NAMESPACE as TOOLBOX
from tests.e2e.pods import Pods, eventually, push_toolbox
from tests.e2e.test_1_cluster import DENY, UNCHANGED

pytestmark = pytest.mark.e2e

FLANNEL = {"provider": "flannel", "encryption": False, "policies": False}
OWN = {"provider": "manifest", "manifest": FILE, "encryption": False, "policies": False}
# Nodes ask the registry only for the hosts that their own images come from, and the toolbox comes from another.
MIRROR = """
cd /etc/containerd/certs.d && mkdir -p docker.io
sed s,/v2/ghcr.io,/v2/docker.io, ghcr.io/hosts.toml > docker.io/hosts.toml
"""
# Prints a line for everything that these networks may leave on a host.
LEFT_BEHIND = r"""
ps -eo comm= | grep -E '^(containerd-shim|kube-proxy|flanneld)'
find /etc/cni/net.d /var/lib/cni /run/flannel /opt/cni/bin/flannel -type f 2>/dev/null
ip -o link | grep -oE 'cni0|flannel[^:@]*|veth[^:@]*'
ip route | grep -E '^10\.(3[2-9]|4[0-7])\.'
ip neigh | grep -E '^10\.(3[2-9]|4[0-7])\.'
for tool in iptables iptables-legacy ip6tables; do $tool-save 2>/dev/null | grep -E 'KUBE-|CNI-|FLANNEL|flanneld'; done
nft list tables 2>/dev/null | grep -i flannel
true
"""


def changed(network: dict[str, Any]) -> dict[str, Any]:
    """The stack's configuration with another network."""
    configuration = copy.deepcopy(CONFIGURATION)
    configuration["network"] = network
    return configuration


def connected(operator: Operator) -> Pods:
    """A toolbox on every node, whose pods find each other and the cluster's DNS."""
    push_toolbox(operator)
    for node in ("n1", "n2"):
        operator.ssh(node, MIRROR)
    pods = Pods(operator=operator)
    pods.start()
    on = pods.on_nodes()
    for pod in on.values():
        answer = pods.run(pod, "dig +short +time=3 kubernetes.default.svc.cluster.local")
        assert answer.strip() == "10.96.0.1", pod.node
    assert pods.fetches(on["n1"], on["n2"])
    assert pods.fetches(on["n2"], on["n1"])
    return pods


def ready(operator: Operator) -> list[list[str]]:
    nodes = operator.kubectl("get nodes --no-headers").splitlines()
    return [line.split()[:2] for line in nodes]


@pytest.fixture(scope="module")
def flannel(operator: Operator) -> Operator:
    """The operator of a stack with Flannel."""
    operator.configure(changed(FLANNEL))
    operator.run("up")
    return operator


@pytest.fixture(scope="module")
def pods(flannel: Operator) -> Pods:
    return connected(flannel)


@full
def test_with_flannel_every_host_becomes_a_ready_node(flannel: Operator) -> None:
    assert ready(flannel) == [["n1", "Ready"], ["n2", "Ready"]]
    message = json.loads(flannel.shell("pulumi stack output --json"))["message"]
    assert "flannel carries pod traffic, in clear between hosts; NetworkPolicies are not" in message


@full
def test_with_flannel_pods_on_both_nodes_find_names_and_each_other(pods: Pods) -> None:
    networks = {pod.address.rpartition(".")[0] for pod in pods.on_nodes().values()}
    assert len(networks) == 2


@full
def test_a_policy_is_not_enforced_as_the_operator_was_told(pods: Pods) -> None:
    pods.operator.shell(f"kubectl apply -f - >&2 <<'EOF'\n{json.dumps(DENY)}\nEOF")
    on = pods.on_nodes()
    assert pods.fetches(on["n1"], on["n2"])
    pods.operator.kubectl(f"-n {TOOLBOX} delete networkpolicy default-deny")


@full
def test_status_finds_nothing_wrong_with_flannel(flannel: Operator) -> None:
    eventually(lambda: flannel.code("status") == 0, "status finds nothing wrong")


@full
def test_a_second_up_with_flannel_changes_nothing(flannel: Operator) -> None:
    assert UNCHANGED.search(flannel.run("up"))


@full
def test_a_living_cluster_keeps_its_network(flannel: Operator) -> None:
    flannel.configure(CONFIGURATION)
    printed = flannel.fails("up")
    assert re.search(
        r"made with other settings \(pod network: flannel;pod network: weave\)", printed
    )
    assert not [name for name in flannel.names() if name.startswith("weave")]
    flannel.configure(changed(FLANNEL))
    flannel.run("up")


@full
def test_a_host_that_left_flannel_keeps_nothing_of_it_and_can_join_again(flannel: Operator) -> None:
    # Plain routes are what a host would keep most easily: they lead over its own link.
    flannel.configure(changed({**FLANNEL, "flannel": {"backend": "host-gw"}}))
    flannel.run("up")
    found = flannel.ssh("n2", LEFT_BEHIND)
    for trace in ("flanneld", "10-flannel.conflist", "flannel.1", "FLANNEL-POSTRTG", " via 10.81."):
        assert trace in found
    resources = json.loads(flannel.exported_state())["deployment"]["resources"]
    member = next(r["urn"] for r in resources if r["urn"].endswith("::n2-member"))
    flannel.shell(f"pulumi destroy --yes --skip-preview --target '{member}' >&2")
    assert flannel.ssh("n2", LEFT_BEHIND) == ""
    flannel.run("up")
    assert ready(flannel) == [["n1", "Ready"], ["n2", "Ready"]]


@full
def test_a_stack_with_flannel_is_destroyed_without_a_rest(flannel: Operator) -> None:
    flannel.run("down")
    assert flannel.names() == set()


def test_a_manifest_is_refused_with_all_its_faults_before_anything_changes(
    operator: Operator,
) -> None:
    operator.configure(changed(OWN))
    faulty = MANIFEST.replace("kind: DaemonSet", "kind: DeamonSet").replace(
        "name: router,", "nam: r,"
    )
    (operator.project / FILE).write_text(faulty)
    printed = operator.fails("up")
    assert f"network.manifest: {FILE}, document 2" in printed
    assert "apps/v1 has no kind DeamonSet; did you mean DaemonSet?" in printed
    (operator.project / FILE).write_text(MANIFEST.replace("flannel:v0.28.4", "flannel:v0.1.0"))
    assert re.search(r"lacks ghcr\.io/flannel-io/flannel:v0\.1\.0 \(", operator.fails("up"))
    assert json.loads(operator.hosts("list", "--lab", STACK, "--json")) == []


@pytest.fixture(scope="module")
def own(operator: Operator) -> Operator:
    """The operator of a stack with a network of its own."""
    operator.configure(changed(OWN))
    (operator.project / FILE).write_text(MANIFEST)
    operator.run("up")
    return operator


@pytest.fixture(scope="module")
def own_pods(own: Operator) -> Pods:
    return connected(own)


@full
def test_with_an_own_manifest_every_host_becomes_a_ready_node(own: Operator) -> None:
    assert ready(own) == [["n1", "Ready"], ["n2", "Ready"]]
    message = json.loads(own.shell("pulumi stack output --json"))["message"]
    assert f"{FILE} carries pod traffic, by its settings in clear" in message


@full
def test_each_object_of_the_manifest_is_one_resource_as_it_was_written(own: Operator) -> None:
    assert {name for name in own.names() if name.startswith("network/")} == {
        f"network/{name}"
        for name in (
            *("Namespace/own-network", "ServiceAccount/own-network/router"),
            *("ConfigMap/own-network/router", "ClusterRole/own-network"),
            *("ClusterRoleBinding/own-network", "Pool/pods"),
            *("CustomResourceDefinition/pools.own-network.test", "DaemonSet/own-network/router"),
        )
    }
    pool = own.kubectl_json("get pools.own-network.test pods")
    assert pool["spec"] == {"cidr": "10.32.0.0/12", "natOutgoing": True, "blockSize": 24}


@full
def test_with_an_own_manifest_pods_on_both_nodes_find_names_and_each_other(own_pods: Pods) -> None:
    # Plain routes: there is no link of an overlay.
    own = own_pods.operator
    assert "via 10.81.0." in own.ssh("n1", "ip route | grep '^10.3'")
    assert "flannel" not in own.ssh("n1", "ip -o link")


@full
def test_what_stands_outside_namespaces_is_what_the_api_server_says(own: Operator) -> None:
    lines = own.kubectl("api-resources --no-headers").splitlines()
    assert len(lines) > 50
    for line in lines:
        version, namespaced, kind = line.split()[-3:]
        group = version.rpartition("/")[0]
        if is_built_in(group):
            assert is_cluster_wide(group, kind) == (namespaced == "false"), line


@full
def test_a_second_up_with_an_own_manifest_changes_nothing(own: Operator) -> None:
    assert UNCHANGED.search(own.run("up"))


@full
def test_a_stack_with_an_own_manifest_is_destroyed_without_a_rest(own: Operator) -> None:
    own.run("down")
    assert own.names() == set()
    assert json.loads(own.hosts("list", "--lab", STACK, "--json")) == []
