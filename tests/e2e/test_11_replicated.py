"""The Replicated daemon: its console from outside, its registry as nodes pull from it, and what bounds its namespace.

The tests are steps of one life, in the order of the file.
"""

import copy
import json
from typing import Any

import pytest

from tests.e2e.operator import CONFIGURATION, Operator
from tests.e2e.pods import NAMESPACE as TOOLBOX
from tests.e2e.pods import Pods, eventually, push_toolbox
from tests.e2e.test_1_cluster import UNCHANGED

pytestmark = pytest.mark.e2e

REGISTRY = "10.100.100.101:9874"
PORT = 30880
DATA = "/opt/replicated-e2e"
PUSHED = "e2e.test/only-here/pause:1"
# The host registries have it too, under the same name.
ON_HOSTS = "docker.io/library/toolbox:1"
QUOTAS = {
    "namespaces": [
        {
            "name": "default",
            "hard": {"pods": 1},
            "limits": {"default": {"memory": "300Mi"}, "request": {"memory": "10Mi"}},
        }
    ]
}
DEFAULT_DENY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "default-deny", "namespace": TOOLBOX},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
}
# Copies pause from the host's registry into the daemon's, as anybody with the password may.
PUSH = f"""
set -euo pipefail
ca=/etc/appliance/pki/ca.crt from=https://127.0.0.1:5000/v2/registry.k8s.io/pause
to=https://{REGISTRY}/v2/{PUSHED.rpartition(":")[0]} kind=application/vnd.oci.image.manifest.v1+json
work=$(mktemp -d) && cd "$work" && trap 'rm -rf "$work"' EXIT
read -r password
authority() {{ curl -fsS --cacert "$ca" "$@"; }}
write() {{ authority -K <(printf 'user = "e2e:%s"\\n' "$password") "$@"; }}
authority -H "Accept: $kind" -o manifest "$from/manifests/3.10.1"
for digest in $(grep -o 'sha256:[0-9a-f]*' manifest | sort -u); do
  authority -o blob "$from/blobs/$digest"
  place=$(write -X POST -D - -o /dev/null "$to/blobs/uploads/" | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p')
  write -X PUT -H 'Content-Type: application/octet-stream' --data-binary @blob "$place&digest=$digest"
done
write -X PUT -H "Content-Type: $kind" --data-binary @manifest "$to/manifests/{PUSHED.rpartition(":")[2]}"
"""


def storage() -> str:
    """A class called default, and a volume on n2: what the storage layer gives, made by hand."""
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "e2e-replicated"},
        "spec": {
            "capacity": {"storage": "100Gi"},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "default",
            "hostPath": {"path": DATA, "type": "Directory"},
            "nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [
                        {
                            "matchExpressions": [
                                {
                                    "key": "kubernetes.io/hostname",
                                    "operator": "In",
                                    "values": ["n2"],
                                }
                            ]
                        }
                    ]
                }
            },
        },
    }
    kind = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "default"},
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": [kind, volume]})


def with_daemon(**groups: Any) -> dict[str, Any]:
    configuration = copy.deepcopy(CONFIGURATION)
    return {**configuration, "replicated": {"install": True}, **groups}


def applied(operator: Operator, document: str) -> None:
    operator.shell(f"kubectl apply -f - >&2 <<'EOF'\n{document}\nEOF")


def outputs(operator: Operator) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        operator.shell("pulumi stack output --json --show-secrets 2>/dev/null")
    )
    return found


def on_every_node(operator: Operator, name: str, image: str) -> None:
    """Runs an image on every node, whose containerd has to ask a registry for it."""
    labels = {"app": name}
    container = {"name": name, "image": f"{REGISTRY}/{image}", "imagePullPolicy": "Always"}
    if image == ON_HOSTS:
        container["command"] = ["sleep", "infinity"]  # type: ignore[assignment]
    pod = {"terminationGracePeriodSeconds": 1, "containers": [container]}
    daemon_set = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": TOOLBOX},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }
    applied(operator, json.dumps(daemon_set))


def runs(operator: Operator, name: str) -> None:
    operator.kubectl(f"-n {TOOLBOX} rollout status ds/{name} --timeout=120s", 150)


def gone(operator: Operator, *names: str) -> None:
    for name in names:
        operator.kubectl(f"-n {TOOLBOX} delete ds/{name} --wait")


def scale(operator: Operator, replicas: int) -> None:
    operator.kubectl(f"scale deployment/replicated --replicas={replicas}")
    if replicas:
        operator.kubectl("rollout status deployment/replicated --timeout=120s", 150)
    else:
        operator.kubectl("wait --for=delete pod -l app=replicated --timeout=90s", 120)


@pytest.fixture(scope="module")
def daemon(operator: Operator) -> Operator:
    """A stack with a daemon, which came to a living cluster once there was storage for it."""
    operator.configure(CONFIGURATION)
    operator.run("up")
    operator.ssh("n2", f"mkdir -p -m 0777 {DATA}")
    applied(operator, storage())
    operator.configure(with_daemon(quotas=QUOTAS))
    operator.run("up")
    return operator


@pytest.fixture(scope="module")
def pods(daemon: Operator) -> Pods:
    push_toolbox(daemon)
    pods = Pods(operator=daemon)
    pods.start()
    applied(daemon, json.dumps(DEFAULT_DENY))
    return pods


def test_both_containers_are_ready_and_the_claim_has_its_volume(daemon: Operator) -> None:
    (pod,) = daemon.kubectl_json("get pods -l app=replicated")["items"]
    states = {each["name"]: each["ready"] for each in pod["status"]["containerStatuses"]}
    assert states == {"replicated": True, "replicated-ui": True}
    claim = daemon.kubectl_json("get pvc replicated-pv-claim")
    assert claim["status"]["phase"] == "Bound"
    assert claim["spec"]["resources"]["requests"]["storage"] == "100Gi"


def test_the_console_answers_from_outside_on_every_node_to_those_who_know_the_password(
    daemon: Operator,
) -> None:
    found = outputs(daemon)
    control_plane = found["nodes"][0]["address"]
    assert found["replicated"]["console"] == f"https://{control_plane}:{PORT}"
    assert (
        daemon.shell(f"curl -sk -o /dev/null -w '%{{http_code}}' https://{control_plane}:{PORT}/")
        == "401"
    )
    for node in found["nodes"]:
        # The certificate holds the control planes' addresses; on other nodes it is the same one.
        page = daemon.shell(
            "pulumi config get appliance:caCertificate > ca.pem 2>/dev/null\n"
            f"curl -sS --fail --cacert ca.pem --connect-to ::{node['address']}:{PORT} "
            f"-u any:{found['replicatedPassword']} https://{control_plane}:{PORT}/"
        )
        assert "Everything works." in page, page[:3000]
        assert "a stand-in for Replicated" in page
        assert all(each["name"] in page for each in found["nodes"])


def test_the_daemon_may_read_what_its_page_shows_and_nothing_else(daemon: Operator) -> None:
    def may(what: str) -> bool:
        account = "--as=system:serviceaccount:default:replicated"
        return daemon.kubectl(f"auth can-i {what} {account} || true").strip() == "yes"

    assert may("list nodes")
    assert may("list persistentvolumeclaims -n default")
    assert not may("list secrets -n default")
    assert not may("list persistentvolumeclaims -n kube-system")
    assert not may("create pods -n default")


def test_an_image_comes_into_the_registry_with_the_password_only(daemon: Operator) -> None:
    password = outputs(daemon)["registryPassword"]
    refused = daemon.ssh("n1", f"bash -c {_quoted(PUSH)} <<<wrong 2>&1 || true")
    assert "401" in refused
    daemon.ssh("n1", f"bash -c {_quoted(PUSH)} <<<{password}")


def _quoted(script: str) -> str:
    return "'" + script.replace("'", "'\\''") + "'"


def test_containerd_on_every_node_pulls_from_the_registry_while_default_deny_stands(
    pods: Pods,
) -> None:
    policies = pods.operator.kubectl("get networkpolicies -o name").split()
    assert "networkpolicy.networking.k8s.io/default-deny" in policies
    on_every_node(pods.operator, "pushed", PUSHED)
    runs(pods.operator, "pushed")


def test_from_other_namespaces_only_console_and_registry_are_open(pods: Pods) -> None:
    (pod,) = pods.operator.kubectl_json("get pods -l app=replicated")["items"]
    address = pod["status"]["podIP"]
    for each in pods.on_nodes().values():
        for port, opened in ((9874, True), (8800, True), (9876, False), (9878, False)):
            script = f'timeout 4 bash -c "</dev/tcp/{address}/{port}" 2>/dev/null && echo open'
            assert ("open" in pods.run(each, script)) == opened, (each.node, port)
    # The ports that are closed are served: a node's own packets reach its own pods.
    assert "stand-in" in pods.operator.ssh("n2", f"curl -sS http://{address}:9876/version")


def test_while_the_daemon_is_away_nodes_pull_from_the_host_registries(pods: Pods) -> None:
    operator = pods.operator
    gone(operator, "pushed")
    scale(operator, 0)
    on_every_node(operator, "fallback", ON_HOSTS)
    on_every_node(operator, "pushed", PUSHED)
    runs(operator, "fallback")

    # What only the daemon had is not there, so the rest did come from elsewhere.
    def refused() -> bool:
        found = operator.kubectl_json(f"-n {TOOLBOX} get pods -l app=pushed")["items"]
        waits = [
            state["state"].get("waiting", {}).get("reason", "")
            for pod in found
            for state in pod["status"].get("containerStatuses", ())
        ]
        return len(waits) == 2 and all("Pull" in reason for reason in waits)

    eventually(refused, "no node has the image that only the daemon had", 90)


def test_a_daemon_that_comes_back_still_has_its_images(pods: Pods) -> None:
    operator = pods.operator
    scale(operator, 1)
    gone(operator, "pushed")
    on_every_node(operator, "pushed", PUSHED)
    runs(operator, "pushed")
    gone(operator, "pushed", "fallback")


def dry_run(operator: Operator) -> str:
    """What the API server would make of one more pod in the daemon's namespace, or why it refuses it."""
    run = "run one --image=e2e.test/one -n default --dry-run=server -o json"
    return operator.kubectl(f"{run} 2>&1 || true")


def test_the_quota_holds_in_the_daemon_s_namespace(daemon: Operator) -> None:
    assert "exceeded quota: all" in dry_run(daemon)


def test_an_up_that_changes_the_pod_ends_when_the_new_one_is_ready(daemon: Operator) -> None:
    limits_alone = {"namespaces": [{**QUOTAS["namespaces"][0], "hard": {}}]}
    changed = with_daemon(quotas=limits_alone)
    changed["replicated"]["logLevel"] = "debug"
    daemon.configure(changed)
    daemon.run("up")
    (pod,) = daemon.kubectl_json("get pods -l app=replicated")["items"]
    variables = [each.get("value") for each in pod["spec"]["containers"][0]["env"]]
    assert "debug" in variables
    assert all(each["ready"] for each in pod["status"]["containerStatuses"])


def test_limits_hold_in_the_daemon_s_namespace(daemon: Operator) -> None:
    (container,) = json.loads(dry_run(daemon))["spec"]["containers"]
    assert container["resources"] == {"limits": {"memory": "300Mi"}, "requests": {"memory": "10Mi"}}


def test_a_second_up_with_the_daemon_changes_nothing(daemon: Operator) -> None:
    assert UNCHANGED.search(daemon.run("up"))


def test_no_password_of_the_daemon_stands_in_the_state_or_in_a_log(daemon: Operator) -> None:
    found = outputs(daemon)
    logs = "".join(file.read_text() for file in (daemon.state / "stacks").rglob("*.log"))
    for name in ("replicatedPassword", "registryPassword"):
        assert len(found[name]) > 20
        assert found[name] not in daemon.exported_state()
        assert found[name] not in logs


def test_a_stack_that_gives_the_daemon_up_keeps_the_cluster(daemon: Operator) -> None:
    daemon.configure(CONFIGURATION)
    daemon.run("up")
    assert not [name for name in daemon.names() if name.startswith("replicated")]
    left = daemon.kubectl(
        "get deployments,services,pvc,secrets,networkpolicies,resourcequotas -o name"
    )
    assert left.split() == ["service/kubernetes"]
    labels = daemon.kubectl_json("get namespace default")["metadata"]["labels"]
    assert labels == {"kubernetes.io/metadata.name": "default"}
    for node in ("n1", "n2"):
        assert daemon.ssh(node, f"ls /etc/containerd/certs.d/{REGISTRY}") == ""


def test_a_stack_with_a_daemon_is_destroyed_without_a_rest(daemon: Operator) -> None:
    daemon.run("down")
    assert daemon.names() == set()
