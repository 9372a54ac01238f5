"""A healthy cluster of two nodes as facts, and the parts that tests break.

The objects have the fields that a real cluster's have, and only those that are read.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from components.machines.session import Endpoint
from operate.status.facts import ApiServer, Facts, Host, Node, Object, State

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
NEXT_YEAR = NOW + timedelta(days=365)
SYSTEM = "kube-system"


def ssh(address: str) -> Endpoint:
    return Endpoint(address=address, host_key="ssh-ed25519 AAAA")


N1 = Node(
    name="n1",
    address="10.0.0.11",
    roles=("control-plane", "worker"),
    registry=True,
    ssh=ssh("10.0.0.11"),
)
N2 = Node(name="n2", address="10.0.0.12", roles=("worker",), ssh=ssh("10.0.0.12"))
STATE = State(
    nodes=(N1, N2),
    endpoint="10.0.0.11:6443",
    kubernetes="1.35.4",
    network="weave",
    encrypted=True,
    resources=27,
)
UNITS = {"containerd": "active", "haproxy": "active", "kubelet": "active"}
HOST1 = Host(
    units={**UNITS, "appliance-registry": "active"},
    api="200",
    registry="200",
    peers=(
        "<- 10.0.0.12:40001 established encrypted sleeve 5a:11(n2) mtu=1414",
        "-> 10.0.0.11:6783 failed cannot connect to ourself, retry: never",
    ),
    certificates={"pki/apiserver.crt": NEXT_YEAR, "pki/ca.crt": NEXT_YEAR + timedelta(days=3285)},
)
HOST2 = Host(
    units={**UNITS, "appliance-registry": "inactive"},
    peers=("-> 10.0.0.11:6783 established encrypted sleeve 5a:22(n1) mtu=1414",),
    certificates={"/var/lib/kubelet/pki/kubelet-client-current.pem": NEXT_YEAR},
)
OFF = Host(fault="port 22 of 10.0.0.12 does not answer: the host is off, or the way to it is cut")
READY = ApiServer(checks=35, certificate=NEXT_YEAR)


def node(made: Node, *, version: str = "v1.35.4", **conditions: str) -> dict[str, Any]:
    """A node of the API. `conditions` are types and their status; Ready is True unless it is given."""
    given = {"Ready": "True", **conditions}
    return {
        "kind": "Node",
        "metadata": {
            "name": made.name,
            "uid": made.name,
            "labels": {f"node-role.kubernetes.io/{role}": "" for role in made.roles},
        },
        "spec": {},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": made.address},
                {"type": "Hostname", "address": made.name},
            ],
            "nodeInfo": {"kubeletVersion": version},
            "conditions": [
                {
                    "type": kind,
                    "status": status,
                    "message": f"about {kind}",
                    "lastTransitionTime": "2026-11-21T13:41:12Z",
                }
                for kind, status in given.items()
            ],
        },
    }


def pod(
    name: str,
    on: str | None = "n1",
    *,
    owner: str = "",
    ready: bool = True,
    container: Mapping[str, Any] | None = None,
    namespace: str = SYSTEM,
) -> dict[str, Any]:
    """A pod of one container `c`; `container` is its status."""
    conditions = [{"type": "Ready", "status": str(ready)}]
    if on is None:
        conditions.append({"type": "PodScheduled", "status": "False", "message": "no room"})
    state: dict[str, Any] = {"state": {"running": {}}, "restartCount": 0, **(container or {})}
    return {
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"pod-{name}",
            "ownerReferences": [{"uid": owner}] if owner else [],
        },
        "spec": {"nodeName": on} if on else {},
        "status": {
            "phase": "Running",
            "conditions": conditions,
            "containerStatuses": [{"name": "c", "ready": ready, **state}],
        },
    }


def daemon_set(name: str, ready: int = 2, wanted: int = 2, *, env: str = "") -> dict[str, Any]:
    return {
        "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": SYSTEM, "uid": name},
        "spec": {"template": {"spec": {"containers": [{"env": [{"name": env}]}]}}},
        "status": {
            "desiredNumberScheduled": wanted,
            "numberReady": ready,
            "updatedNumberScheduled": wanted,
        },
    }


def deployment(
    name: str, ready: int = 2, wanted: int = 2, *, conditions: tuple[Object, ...] = ()
) -> dict[str, Any]:
    status = {"readyReplicas": ready, "updatedReplicas": wanted, "conditions": list(conditions)}
    return {
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": SYSTEM, "uid": name},
        "spec": {"replicas": wanted},
        "status": {key: value for key, value in status.items() if value},
    }


def replica_set(name: str, owner: str) -> dict[str, Any]:
    return {
        "kind": "ReplicaSet",
        "metadata": {
            "name": name,
            "namespace": SYSTEM,
            "uid": name,
            "ownerReferences": [{"uid": owner}],
        },
    }


def warning(about: Object, reason: str, message: str, when: str = "13:40:00") -> dict[str, Any]:
    return {
        "kind": "Event",
        "type": "Warning",
        "involvedObject": {"uid": about["metadata"]["uid"]},
        "reason": reason,
        "message": message,
        "lastTimestamp": f"2026-11-21T{when}Z",
    }


PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
HEALTHY_OBJECTS: tuple[dict[str, Any], ...] = (
    node(N1),
    node(N2),
    *(pod(f"{program}-n1") for program in PROGRAMS),
    daemon_set("kube-proxy"),
    daemon_set("weave-net", env="WEAVE_PASSWORD"),
    deployment("coredns"),
    replica_set("coredns-1", "coredns"),
    pod("coredns-1-a", owner="coredns-1"),
    pod("coredns-1-b", owner="coredns-1"),
)


def by_kind(*objects: Object) -> dict[str, tuple[Object, ...]]:
    found: dict[str, tuple[Object, ...]] = defaultdict(tuple)
    for one in objects:
        found[one["kind"]] += (one,)
    return dict(found)


HEALTHY = Facts(
    stack="core",
    now=NOW,
    state=STATE,
    hosts={"n1": HOST1, "n2": HOST2},
    endpoint=READY,
    api_servers={"n1": READY},
    objects=by_kind(*HEALTHY_OBJECTS),
    kubeconfig=NEXT_YEAR,
)


def with_objects(*objects: Object) -> Facts:
    """The healthy cluster, with these objects instead of those of the same kind and name."""
    named = {(one["kind"], one["metadata"].get("name")) for one in objects if "metadata" in one}
    kept = [one for one in HEALTHY_OBJECTS if (one["kind"], one["metadata"]["name"]) not in named]
    return replace(HEALTHY, objects=by_kind(*kept, *objects))


def with_host(name: str, host: Host) -> Facts:
    """The healthy cluster with another answer of a host."""
    return replace(HEALTHY, hosts={**HEALTHY.hosts, name: host})


def without_api(error: str) -> Facts:
    """The cluster when its only API server does not answer."""
    down = ApiServer(error=error)
    return replace(HEALTHY, endpoint=down, api_servers={"n1": down}, objects=None, mute=error)
