"""Pods for the end-to-end tests: a toolbox on every node, and what they see of each other.

Owns the manifests and the calls into pods. Does not own what must be true (the tests say that).
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.operator import PATIENCE, Operator

IMAGE = "docker.io/library/toolbox:1"
NAMESPACE = "e2e"
PORT = 8080
# Words that no protocol uses, long enough to be found in any capture in which they stand in clear.
PAYLOAD = "plain-text-marker-of-the-end-to-end-test"

_SERVE = f"""
(printf "HTTP/1.0 200 OK\\r\\n\\r\\n"; for i in $(seq 200); do echo {PAYLOAD}; done) > /tmp/reply
exec socat TCP-LISTEN:{PORT},fork,reuseaddr SYSTEM:"read request; cat /tmp/reply"
"""


def toolbox_manifest() -> str:
    """A namespace, a web server pod on every node, and a pod on every node's own network for captures."""
    items = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        _daemon_set("toolbox", _SERVE, host_network=False),
        _daemon_set("capture", "exec sleep infinity", host_network=True),
    ]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def _daemon_set(name: str, script: str, *, host_network: bool) -> dict[str, Any]:
    labels = {"app": name}
    container = {
        "name": name,
        "image": IMAGE,
        "command": ["bash", "-c", script],
        "securityContext": {"privileged": host_network},
    }
    if not host_network:
        container["readinessProbe"] = {"tcpSocket": {"port": PORT}, "periodSeconds": 1}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "hostNetwork": host_network,
                    "terminationGracePeriodSeconds": 1,
                    "containers": [container],
                },
            },
        },
    }


@dataclass(frozen=True, kw_only=True)
class Pod:
    """One pod: its name, node and address."""

    name: str
    node: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Pods:
    """The toolbox on every node."""

    operator: Operator

    def start(self) -> None:
        """Applies the manifest and waits until every pod is ready."""
        self.operator.shell(f"kubectl apply -f - <<'EOF' >&2\n{toolbox_manifest()}\nEOF")
        self.wait()

    def wait(self) -> None:
        for name in ("toolbox", "capture"):
            self.operator.kubectl(f"-n {NAMESPACE} rollout status ds/{name} --timeout=150s", 200)

    def on_nodes(self, app: str = "toolbox") -> dict[str, Pod]:
        """The pod on each node, by the node's name; one whose host has just booted gets its address again first."""
        query = f"-n {NAMESPACE} get pods -l app={app}"
        listed: dict[str, Any] = {}

        def all_have_addresses() -> bool:
            listed.update(self.operator.kubectl_json(query))
            return all("podIP" in item["status"] for item in listed["items"])

        eventually(all_have_addresses, f"every pod of {app} has an address")
        return {
            item["spec"]["nodeName"]: Pod(
                name=item["metadata"]["name"],
                node=item["spec"]["nodeName"],
                address=item["status"]["podIP"],
            )
            for item in listed["items"]
        }

    def run(self, pod: Pod, command: str) -> str:
        """Standard output of a command in a pod; its failure is no fault here."""
        return self.operator.kubectl(
            f"-n {NAMESPACE} exec {pod.name} -- bash -c '{command}' || true"
        )

    def fetches(self, source: Pod, target: Pod) -> bool:
        """Whether one pod gets the payload from another, over a connection of its own."""
        url = f"http://{target.address}:{PORT}/payload"
        return PAYLOAD in self.run(source, f"curl -s --max-time 4 {url}")

    def captured_in_clear(self, source: Pod, target: Pod) -> tuple[int, int]:
        """Packets between hosts on the source's node while the payload travels, and how many hold it in clear."""
        watcher = self.on_nodes("capture")[source.node]
        filter_ = "udp port 6783 or udp port 6784 or tcp port 6783 or esp"
        link = '$(ip -4 route show default | cut -d " " -f 5)'
        script = (
            f"timeout -s INT 20 tcpdump -i {link} -s 0 -U -w /tmp/capture.pcap {filter_} 2>/tmp/log & "
            "for i in $(seq 100); do grep -q listening /tmp/log && break; sleep 0.1; done; echo up; wait"
        )
        self.run(watcher, f"rm -f /tmp/capture.pcap /tmp/log; ({script}) > /tmp/out 2>&1 &")
        eventually(lambda: "up" in self.run(watcher, "cat /tmp/out"), "tcpdump listens")
        assert self.fetches(source, target)
        eventually(
            lambda: int(self.run(watcher, "stat -c %s /tmp/capture.pcap || echo 0") or 0) > 2000,
            "the capture has packets",
        )
        packets = self.run(watcher, "tcpdump -r /tmp/capture.pcap 2>/dev/null | wc -l")
        clear = self.run(watcher, f"grep -a -c {PAYLOAD} /tmp/capture.pcap || true")
        return int(packets), int(clear or 0)


def eventually(probe: Callable[[], bool], fact: str, seconds: float = 60) -> None:
    """Waits until something is true; fails the test with the fact's name."""
    deadline = time.monotonic() + seconds * PATIENCE
    while not probe():
        assert time.monotonic() < deadline, f"not within {seconds * PATIENCE:.0f} s: {fact}"
        time.sleep(0.5)


def push_toolbox(operator: Operator) -> None:
    """Puts the toolbox image into the registry of a stack of local hosts."""
    resources = json.loads(operator.exported_state())["deployment"]["resources"]
    host = next(found for found in resources if found["urn"].endswith("::n1-host"))
    push_toolbox_to(operator, json.loads(host["outputs"]["stdout"]))


def push_toolbox_to(operator: Operator, host: Mapping[str, str]) -> None:
    """Puts the toolbox image into a host's registry, as an operator would put one more bundle there."""
    names = json.dumps([IMAGE, "host/registry:v3.1.2"])
    operator.shell(
        f"bundle=$(echo '{names}' | python -m bundle build --items -)\n"
        "python -m bundle.push --bundle $bundle "
        f"--host {host['address']} --user {host['user']} --host-key '{host['hostKey']}' >&2"
    )
