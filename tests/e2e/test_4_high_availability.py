"""Three control planes and two workers: brought up, robbed of the first control plane, and given another.

The tests are steps of one life, in the order of the file.
"""

import copy
import json
import re
from ipaddress import IPv4Network
from typing import Any

import pytest

from tests.e2e.full import FULL, full
from tests.e2e.operator import CONFIGURATION, STACK, SUBNET, Operator
from tests.e2e.pods import eventually

pytestmark = pytest.mark.e2e

UNCHANGED = re.compile(r"Resources:\n\s+\d+ unchanged\n")
ADDRESS = {f"n{number}": str(IPv4Network(SUBNET)[10 + number]) for number in range(1, 8)}
ETCD = (
    "--endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt "
    "--cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key"
)


def stack(*control_planes: str, workers: tuple[str, ...] = ("n4", "n5")) -> dict[str, Any]:
    """A configuration with these nodes, each at the address of its number."""
    roles = {**dict.fromkeys(control_planes, "control-plane"), **dict.fromkeys(workers, "worker")}
    configuration = copy.deepcopy(CONFIGURATION)
    configuration["hosts"]["nodes"] = [
        {"name": name, "roles": [role], "address": ADDRESS[name]} for name, role in roles.items()
    ]
    return configuration


def ready(operator: Operator) -> set[str]:
    nodes = operator.kubectl("get nodes --no-headers").splitlines()
    return {line.split()[0] for line in nodes if line.split()[1] == "Ready"}


def voters(operator: Operator, node: str) -> set[str]:
    """The names of etcd's full members, asked through one of them."""
    listed = operator.kubectl(f"-n kube-system exec etcd-{node} -- etcdctl {ETCD} member list")
    return {line.split(", ")[2] for line in listed.splitlines() if line.endswith("false")}


def api_answers(operator: Operator, node: str) -> bool:
    """Whether the API answers through the balancer of a node."""
    command = "curl -sk --max-time 5 https://127.0.0.1:7443/readyz || true"
    return operator.ssh(node, command).strip() == "ok"


def test_three_control_planes_and_two_workers_come_up(operator: Operator) -> None:
    operator.configure(stack("n1", "n2", "n3"))
    operator.run("up")
    assert ready(operator) == {"n1", "n2", "n3", "n4", "n5"}
    assert voters(operator, "n1") == {"n1", "n2", "n3"}
    tainted = "get nodes -o jsonpath='{.items[?(@.spec.taints)].metadata.name}'"
    # Kubernetes takes its own taint, not-ready, off some seconds after a node says that it is.
    eventually(
        lambda: operator.kubectl(tainted).split() == ["n1", "n2", "n3"],
        "the control planes are tainted and nobody else",
    )
    assert UNCHANGED.search(operator.run("up"))
    eventually(lambda: operator.code("status") == 0, "status finds nothing wrong")


def test_what_a_join_needs_is_gone_after_it(operator: Operator) -> None:
    secrets = operator.kubectl("-n kube-system get secrets -o name").split()
    assert not [name for name in secrets if "bootstrap-token" in name or "kubeadm-certs" in name]


def test_the_api_answers_through_the_balancer_of_every_node(operator: Operator) -> None:
    assert all(api_answers(operator, node) for node in ("n1", "n2", "n3", "n4", "n5"))


def test_the_loss_of_the_first_control_plane_is_survived_by_api_and_pulls(
    operator: Operator,
) -> None:
    operator.hosts("power-off", "--lab", STACK, "--name", "n1")
    for node in ("n2", "n4"):
        eventually(lambda n=node: api_answers(operator, n), f"{node}'s balancer lets n1 go")  # type: ignore[misc]
    # Nothing of the API server is on a worker yet, so this is a pull from a registry that is left.
    image = "registry.k8s.io/kube-apiserver:v1.35.4"
    pulled = "ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d"
    for node in ("n4", "n5"):
        operator.ssh(node, f"{pulled} {image} >/dev/null && ctr -n k8s.io images rm {image}")


def test_status_names_a_dead_control_plane_and_still_sees_the_rest(operator: Operator) -> None:
    said = operator.fails("status")
    assert re.search(r"n1\b.*SSH", said), said
    # The operator's endpoint is the one that is dead; another control plane was asked.
    assert re.search(r"n4\s+.*Ready", said), said


def test_a_dead_control_plane_the_first_one_is_replaced_in_one_up(operator: Operator) -> None:
    operator.configure(stack("n2", "n3", "n6"))
    operator.run("up")
    assert ready(operator) == {"n2", "n3", "n6", "n4", "n5"}
    assert voters(operator, "n6") == {"n2", "n3", "n6"}
    for node in ("n4", "n6"):
        backends = operator.ssh(node, "cat /etc/haproxy/haproxy.cfg")
        assert {address for address in ADDRESS.values() if f" {address}:6443" in backends} == {
            ADDRESS["n2"],
            ADDRESS["n3"],
            ADDRESS["n6"],
        }
    assert UNCHANGED.search(operator.run("up"))


@full
def test_a_control_plane_that_loses_power_while_another_joins_is_waited_for(
    operator: Operator,
) -> None:
    operator.configure(stack("n2", "n3", "n6", "n7"))
    process = operator.start("up")
    assert process.stdout is not None
    for line in process.stdout:
        if "n7-member creating" in line:
            break
    operator.hosts("power-off", "--lab", STACK, "--name", "n3")
    process.communicate(timeout=900)
    operator.hosts("start", "--lab", STACK, "--name", "n3")
    operator.run("up")
    assert voters(operator, "n2") == {"n2", "n3", "n6", "n7"}
    eventually(lambda: ready(operator) == {"n2", "n3", "n4", "n5", "n6", "n7"}, "n3 is back")


def test_a_living_control_plane_leaves_and_the_others_go_on(operator: Operator) -> None:
    rest = ("n3", "n6", "n7") if FULL else ("n3", "n6")
    operator.configure(stack(*rest))
    operator.run("up")
    assert voters(operator, "n6") == set(rest)
    assert ready(operator) == {*rest, "n4", "n5"}
    assert api_answers(operator, "n4")


def test_an_appliance_of_several_control_planes_is_destroyed_like_any_other(
    operator: Operator,
) -> None:
    operator.run("down")
    assert operator.names() == set()
    assert json.loads(operator.hosts("list", "--lab", STACK, "--json")) == []
