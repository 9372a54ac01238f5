"""The Replicated daemon: its console from outside, its registry as nodes pull from it, and what bounds its namespace.

The tests are steps of the life of the whole platform, in the order of the file.
"""

import json
from collections.abc import Iterator

import pytest

from tests.e2e.operator import Operator
from tests.e2e.pods import NAMESPACE as TOOLBOX
from tests.e2e.pods import Pods, eventually
from tests.e2e.whole import dry_run, outputs

pytestmark = pytest.mark.e2e

REGISTRY = "10.100.100.101:9874"
PORT = 30880
PUSHED = "e2e.test/only-here/pause:1"
# The host registries have it too, under the same name.
ON_HOSTS = "docker.io/library/toolbox:1"
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


def applied(operator: Operator, document: str) -> None:
    operator.shell(f"kubectl apply -f - >&2 <<'EOF'\n{document}\nEOF")


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
def denied(pods: Pods) -> Iterator[Pods]:
    """The toolbox, in a namespace that nobody reaches into."""
    applied(pods.operator, json.dumps(DEFAULT_DENY))
    yield pods
    pods.operator.kubectl(f"-n {TOOLBOX} delete networkpolicy default-deny")


def test_both_containers_are_ready_and_the_claim_has_its_volume(whole: Operator) -> None:
    (pod,) = whole.kubectl_json("get pods -l app=replicated")["items"]
    states = {each["name"]: each["ready"] for each in pod["status"]["containerStatuses"]}
    assert states == {"replicated": True, "replicated-ui": True}
    claim = whole.kubectl_json("get pvc replicated-pv-claim")
    assert claim["status"]["phase"] == "Bound"
    assert claim["spec"]["resources"]["requests"]["storage"] == "100Gi"


def test_the_console_answers_from_outside_on_every_node_to_those_who_know_the_password(
    whole: Operator,
) -> None:
    found = outputs(whole)
    control_plane = found["nodes"][0]["address"]
    assert found["replicated"]["console"] == f"https://{control_plane}:{PORT}"
    assert (
        whole.shell(f"curl -sk -o /dev/null -w '%{{http_code}}' https://{control_plane}:{PORT}/")
        == "401"
    )
    for node in found["nodes"]:
        # The certificate holds the control planes' addresses; on other nodes it is the same one.
        page = whole.shell(
            "pulumi config get appliance:caCertificate > ca.pem 2>/dev/null\n"
            f"curl -sS --fail --cacert ca.pem --connect-to ::{node['address']}:{PORT} "
            f"-u any:{found['replicatedPassword']} https://{control_plane}:{PORT}/"
        )
        assert "Everything works." in page, page[:3000]
        assert "a stand-in for Replicated" in page
        assert all(each["name"] in page for each in found["nodes"])


def test_the_daemon_may_read_what_its_page_shows_and_nothing_else(whole: Operator) -> None:
    def may(what: str) -> bool:
        account = "--as=system:serviceaccount:default:replicated"
        return whole.kubectl(f"auth can-i {what} {account} || true").strip() == "yes"

    assert may("list nodes")
    assert may("list persistentvolumeclaims -n default")
    assert not may("list secrets -n default")
    assert not may("list persistentvolumeclaims -n kube-system")
    assert not may("create pods -n default")


def test_an_image_comes_into_the_registry_with_the_password_only(whole: Operator) -> None:
    password = outputs(whole)["registryPassword"]
    refused = whole.ssh("n1", f"bash -c {_quoted(PUSH)} <<<wrong 2>&1 || true")
    assert "401" in refused
    whole.ssh("n1", f"bash -c {_quoted(PUSH)} <<<{password}")


def _quoted(script: str) -> str:
    return "'" + script.replace("'", "'\\''") + "'"


def test_containerd_on_every_node_pulls_from_the_registry_while_default_deny_stands(
    denied: Pods,
) -> None:
    policies = denied.operator.kubectl("get networkpolicies -o name").split()
    assert "networkpolicy.networking.k8s.io/default-deny" in policies
    on_every_node(denied.operator, "pushed", PUSHED)
    runs(denied.operator, "pushed")


def test_from_other_namespaces_only_console_and_registry_are_open(denied: Pods) -> None:
    (pod,) = denied.operator.kubectl_json("get pods -l app=replicated")["items"]
    address = pod["status"]["podIP"]
    for each in denied.on_nodes().values():
        for port, opened in ((9874, True), (8800, True), (9876, False), (9878, False)):
            script = f'timeout 4 bash -c "</dev/tcp/{address}/{port}" 2>/dev/null && echo open'
            assert ("open" in denied.run(each, script)) == opened, (each.node, port)
    # The ports that are closed are served: a node's own packets reach its own pods.
    assert "stand-in" in denied.operator.ssh(
        pod["spec"]["nodeName"], f"curl -sS http://{address}:9876/version"
    )


def test_while_the_daemon_is_away_nodes_pull_from_the_host_registries(denied: Pods) -> None:
    operator = denied.operator
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


def test_a_daemon_that_comes_back_still_has_its_images(denied: Pods) -> None:
    operator = denied.operator
    scale(operator, 1)
    gone(operator, "pushed")
    on_every_node(operator, "pushed", PUSHED)
    runs(operator, "pushed")
    gone(operator, "pushed", "fallback")


def test_the_quota_holds_in_the_daemon_s_namespace(whole: Operator) -> None:
    assert "exceeded quota: all" in dry_run(whole)


def test_no_password_of_the_daemon_stands_in_the_state_or_in_a_log(whole: Operator) -> None:
    found = outputs(whole)
    logs = "".join(file.read_text() for file in (whole.state / "stacks").rglob("*.log"))
    for name in ("replicatedPassword", "registryPassword"):
        assert len(found[name]) > 20
        assert found[name] not in whole.exported_state()
        assert found[name] not in logs
