"""A cluster of two hosts: comes up, is checked from outside and inside, changes, and is destroyed.

The tests are steps of one life, in the order of the file: bringing a cluster up for each would take hours.
"""

import copy
import json
import re
import shutil
from typing import Any

import pytest

from components.machines.node_script import SOURCE
from tests.e2e.full import full
from tests.e2e.operator import CONFIGURATION, STACK, Operator
from tests.e2e.pods import NAMESPACE, Pods, eventually, push_toolbox

pytestmark = pytest.mark.e2e

UNCHANGED = re.compile(r"Resources:\n\s+\d+ unchanged\n")
# Prints a line for everything that a cluster may leave on a host.
LEFT_BEHIND = r"""
systemctl is-active kubelet | grep -x active
ps -eo comm= | grep -E '^(containerd-shim|kube-proxy|weaver)'
find /etc/kubernetes /etc/cni/net.d /var/lib/etcd /var/lib/weave -type f 2>/dev/null
ip -o link | grep -oE 'weave|vethwe[^:@]*|datapath'
iptables-save 2>/dev/null | grep -E 'KUBE-|WEAVE'
ipset list -n 2>/dev/null | grep -E 'weave|KUBE'
findmnt -rno TARGET | grep -E '^/var/lib/kubelet/pods'
true
"""
DENY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "default-deny", "namespace": NAMESPACE},
    "spec": {"podSelector": {"matchLabels": {"app": "toolbox"}}, "policyTypes": ["Ingress"]},
}
# Changes by hand that nothing notices by itself, and what takes them back.
BY_HAND = "sysctl -qw net.ipv4.ip_forward=0; echo 'maxPods: 64' >>/var/lib/kubelet/config.yaml"
TAKEN_BACK = (
    "sysctl -qw net.ipv4.ip_forward=1; sed -i '/^maxPods: 64$/d' /var/lib/kubelet/config.yaml"
)
PATCH = (
    '-n kube-system patch daemonset weave-net --type merge -p \'{"spec":{"minReadySeconds":%d}}\''
)


def changed(**groups: Any) -> dict[str, Any]:
    """The stack's configuration with some groups changed."""
    configuration = copy.deepcopy(CONFIGURATION)
    for name, values in groups.items():
        configuration[name] |= values
    return configuration


@pytest.fixture(scope="module")
def pods(cluster: Operator) -> Pods:
    push_toolbox(cluster)
    pods = Pods(operator=cluster)
    pods.start()
    return pods


def test_every_host_becomes_a_ready_node_under_its_own_name(cluster: Operator) -> None:
    nodes = cluster.kubectl_json("get nodes")["items"]
    ready = {
        node["metadata"]["name"]: condition["status"]
        for node in nodes
        for condition in node["status"]["conditions"]
        if condition["type"] == "Ready"
    }
    assert ready == {"n1": "True", "n2": "True"}
    assert {node["status"]["nodeInfo"]["kubeletVersion"] for node in nodes} == {"v1.35.4"}


def test_status_finds_nothing_wrong(cluster: Operator) -> None:
    # Pods that started last may still be on their way.
    eventually(lambda: cluster.code("status") == 0, "status finds nothing wrong")
    assert json.loads(cluster.run("status", "--json"))["healthy"] is True


def test_a_second_up_changes_nothing(cluster: Operator) -> None:
    assert UNCHANGED.search(cluster.run("up"))


def test_drift_names_three_changes_by_hand_and_nothing_else_and_changes_nothing(
    cluster: Operator,
) -> None:
    assert "no drift: 2 hosts and 7 objects" in cluster.run("drift")
    state = cluster.state / "pulumi/.pulumi/stacks/appliance" / f"{STACK}.json"
    version = "get clusterrole weave-net -o jsonpath='{.metadata.resourceVersion}'"
    before = state.read_text(), cluster.kubectl(version)
    cluster.ssh("n2", BY_HAND)
    cluster.kubectl(PATCH % 1)
    rows = json.loads(cluster.run("drift", "--json", code=2))["rows"]
    assert {(row["where"], row["what"], row["wanted"], row["found"]) for row in rows} == {
        ("n2", "kubelet's config.yaml: maxPods", "absent", "64"),
        ("n2", "sysctl net.ipv4.ip_forward", "1", "0"),
        ("DaemonSet kube-system/weave-net", "spec.minReadySeconds", "5", "1"),
    }
    assert len(rows) == 3
    assert (state.read_text(), cluster.kubectl(version)) == before
    cluster.ssh("n2", TAKEN_BACK)
    cluster.kubectl(PATCH % 5)


def test_no_join_token_outlives_its_join(cluster: Operator) -> None:
    tokens = cluster.kubectl(
        "-n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token -o name"
    )
    assert tokens.split() == []


def test_no_secret_stands_in_the_exported_state_or_in_any_log(cluster: Operator) -> None:
    secrets = cluster.shell(
        "for key in rootSecret caKey sshPrivateKey; do pulumi config get appliance:$key; done\n"
        "kubectl -n kube-system get secret weave-passwd -o go-template='{{.data.password | base64decode}}'; echo\n"
        "sed -n 's/.*client-key-data: //p' $KUBECONFIG"
    )
    lines = {line for line in secrets.splitlines() if len(line) > 20 and "-----" not in line}
    assert len(lines) > 6
    logs = "".join(file.read_text() for file in (cluster.state / "stacks").rglob("*.log"))
    logs += cluster.log.read_text()
    for text, place in ((cluster.exported_state(), "the state"), (logs, "a log")):
        assert not [line for line in lines if line in text], f"a secret stands in {place}"
        assert "PRIVATE KEY" not in text


def test_dns_answers_in_a_pod_on_each_node(pods: Pods) -> None:
    for pod in pods.on_nodes().values():
        answer = pods.run(pod, "dig +short +time=3 kubernetes.default.svc.cluster.local")
        assert answer.strip() == "10.96.0.1", pod.node


def test_pods_reach_each_other_across_the_nodes_both_ways(pods: Pods) -> None:
    on = pods.on_nodes()
    assert pods.fetches(on["n1"], on["n2"])
    assert pods.fetches(on["n2"], on["n1"])


def test_traffic_between_hosts_is_encrypted(pods: Pods) -> None:
    status = pods.operator.kubectl(
        "-n kube-system exec ds/weave-net -c weave -- /home/weave/weave --local status connections"
    )
    assert re.search(r"established\s+encrypted", status)
    on = pods.on_nodes()
    packets, clear = pods.captured_in_clear(on["n1"], on["n2"])
    assert packets > 5
    assert clear == 0


def test_a_default_deny_policy_blocks_new_connections_until_it_goes(pods: Pods) -> None:
    on = pods.on_nodes()
    pods.operator.shell(f"kubectl apply -f - >&2 <<'EOF'\n{json.dumps(DENY)}\nEOF")
    for source, target in (("n1", "n2"), ("n2", "n1")):
        eventually(
            lambda s=source, t=target: not pods.fetches(on[s], on[t]),  # type: ignore[misc]
            f"{source} → {target} is blocked",
        )
    pods.operator.kubectl(f"-n {NAMESPACE} delete networkpolicy default-deny")
    eventually(lambda: pods.fetches(on["n1"], on["n2"]), "n1 → n2 is open again")


def test_one_more_worker_is_exactly_its_own_resources(cluster: Operator) -> None:
    before = cluster.names()
    nodes = [*CONFIGURATION["hosts"]["nodes"], {"name": "n3", "roles": ["worker"]}]
    cluster.configure(changed(hosts={"nodes": nodes}))
    printed = cluster.run("up")
    assert cluster.names() - before == {"n3", "n3-host", "n3-script", "n3-prepare", "n3-member"}
    assert re.search(r"Resources:\n\s+\+ 5 created\n\s+\d+ unchanged\n\n", printed), printed[-1500:]
    assert "Ready" in cluster.kubectl("get node n3 --no-headers").split()


def test_a_host_that_left_the_cluster_is_clean_and_can_join_again(cluster: Operator) -> None:
    resources = json.loads(cluster.exported_state())["deployment"]["resources"]
    member = next(r["urn"] for r in resources if r["urn"].endswith("::n3-member"))
    cluster.shell(f"pulumi destroy --yes --skip-preview --target '{member}' >&2")
    assert "node/n3" not in cluster.kubectl("get nodes -o name").split()
    assert cluster.ssh("n3", LEFT_BEHIND) == ""
    cluster.run("up")
    assert "Ready" in cluster.kubectl("get node n3 --no-headers").split()


def test_a_worker_that_is_dead_can_be_taken_out(cluster: Operator) -> None:
    cluster.hosts("power-off", "--lab", STACK, "--name", "n3")
    printed = cluster.fails("status")
    assert re.search(r"n3 +BAD .*\n +← port 22 of \S+ does not answer", printed), printed
    before = cluster.names()
    cluster.configure(CONFIGURATION)
    cluster.run("up")
    assert before - cluster.names() == {"n3", "n3-host", "n3-script", "n3-prepare", "n3-member"}
    assert cluster.kubectl("get nodes -o name").split() == ["node/n1", "node/n2"]
    hosts = json.loads(cluster.hosts("list", "--lab", STACK, "--json"))
    assert sorted(host["name"] for host in hosts) == ["n1", "n2"]


@full
def test_a_control_plane_that_lost_power_and_a_worker_that_rebooted_are_back_by_themselves(
    cluster: Operator, pods: Pods
) -> None:
    cluster.hosts("power-off", "--lab", STACK, "--name", "n1")
    cluster.hosts("reboot", "--lab", STACK, "--name", "n2")
    cluster.hosts("start", "--lab", STACK, "--name", "n1")
    answers = "kubectl get --raw /readyz --request-timeout 3s >/dev/null 2>&1 && echo yes || true"
    eventually(lambda: "yes" in cluster.shell(answers), "the API answers again", seconds=240)
    pods.wait()
    on = pods.on_nodes()
    eventually(lambda: pods.fetches(on["n1"], on["n2"]), "n1 → n2 works again", seconds=120)
    eventually(lambda: pods.fetches(on["n2"], on["n1"]), "n2 → n1 works again", seconds=120)


def test_a_lost_state_is_made_again_from_the_living_hosts_and_nothing_is_lost(
    cluster: Operator,
) -> None:
    cluster.kubectl("-n default create configmap kept --from-literal=a=b")
    query = "get nodes -o jsonpath='{.items[*].metadata.uid}'"
    before, names = cluster.kubectl(query), cluster.names()
    shutil.rmtree(cluster.state / "pulumi")
    cluster.run("up")
    assert cluster.names() == names
    assert cluster.kubectl(query) == before
    assert cluster.kubectl("get configmap kept -o jsonpath='{.data.a}'") == "b"
    assert UNCHANGED.search(cluster.run("up"))


def test_another_version_of_the_node_script_changes_hosts_and_is_seen_to_change_no_object(
    cluster: Operator,
) -> None:
    script = cluster.project / SOURCE
    script.write_text(f"{script.read_text()}# another version\n")
    # Unless the credentials for the cluster were known in it, a preview would show every object as an update.
    planned = json.loads(cluster.shell("pulumi preview --json 2>/dev/null"))["steps"]
    changing = [step["urn"] for step in planned if step["op"] != "same"]
    assert any(urn.endswith("::n1-script") for urn in changing)
    assert any(urn.endswith("::n2-prepare") for urn in changing)
    assert [urn for urn in changing if "kubernetes:" in urn] == []
    cluster.run("up")
    assert UNCHANGED.search(cluster.run("up"))


def test_with_encryption_off_the_same_capture_shows_the_payload(
    cluster: Operator, pods: Pods
) -> None:
    cluster.configure(changed(network={"encryption": False}))
    cluster.run("up")
    # Pods keep their addresses while the routers restart; the routes between hosts take a moment.
    on = pods.on_nodes()
    eventually(lambda: pods.fetches(on["n1"], on["n2"]), "the routers are back", seconds=120)
    packets, clear = pods.captured_in_clear(on["n1"], on["n2"])
    assert packets > 5
    assert clear > 0


def test_destroy_leaves_nothing(cluster: Operator) -> None:
    cluster.configure(CONFIGURATION)
    cluster.run("down")
    assert cluster.names() == set()
    assert json.loads(cluster.hosts("list", "--lab", STACK, "--json")) == []
    assert not (cluster.state / "stacks" / STACK / "kubeconfig").exists()
