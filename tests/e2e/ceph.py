"""Ceph as the end-to-end tests see it: its own word for its state, and objects put and got by signed requests.

Owns the calls. Does not own what must be true (the tests say that).
"""

import base64
import copy
import json
from dataclasses import dataclass
from typing import Any

from tests.e2e.operator import CONFIGURATION, Operator

KEY = "/etc/ceph/keyring-store/keyring"
SECRET = "rook-ceph-object-user-replicated-replicated"  # noqa: S105 - a name
BUCKET = "e2e"
TEXT = "an object that must not be lost"
WHOLE: dict[str, Any] = {"default": "hostpath", "rook": {"loopFile": "8Gi"}}
"""The group storage: Ceph serves objects; volumes are directories, since a host of the lab mounts nothing of Ceph's."""
FIVE_MINUTES = 300


def platform(*storage_nodes: str, **storage: Any) -> dict[str, Any]:
    """The stack's configuration with these storage nodes."""
    configuration = copy.deepcopy(CONFIGURATION)
    for node in configuration["hosts"]["nodes"]:
        if node["name"] in storage_nodes:
            node["roles"] = [*node["roles"], "storage"]
    return {**configuration, "storage": storage}


@dataclass(frozen=True, kw_only=True)
class Ceph:
    """The cluster's Ceph."""

    operator: Operator

    def says(self, command: str) -> Any:
        """What Ceph answers to one of its own commands, asked beside a mon: Rook's operator may be on a lost host."""
        return json.loads(
            self.operator.kubectl(
                f"-n rook-ceph exec {self.mon()['metadata']['name']} -c mon -- "
                f"sh -c 'ceph --mon-host=$ROOK_CEPH_MON_HOST --name mon. --keyring {KEY} --connect-timeout=15 "
                f"{command} --format json'"
            )
        )

    def cluster(self) -> Any:
        """The CephCluster, as Rook has it."""
        return self.operator.kubectl_json("-n rook-ceph get cephclusters.ceph.rook.io rook-ceph")

    def health(self) -> str:
        """HEALTH_OK, or what is wrong."""
        health = self.says("health detail")
        return " ".join([str(health["status"]), *health["checks"]])

    def osds(self) -> tuple[int, int]:
        """How many OSDs there are, and how many of them work."""
        found = self.says("osd stat")
        return int(found["num_osds"]), int(found["num_up_osds"])

    def quorum(self) -> list[str]:
        """The names of the mons that agree."""
        return [str(name) for name in self.says("quorum_status")["quorum_names"]]

    def metadata_servers(self) -> list[str]:
        """The states of the shared filesystem's servers."""
        (filesystem,) = self.says("fs dump")["filesystems"]
        return [str(each["state"]) for each in filesystem["mdsmap"]["info"].values()]

    def pools(self) -> dict[str, tuple[int, int]]:
        """Each pool's copies, and the least of them that must live."""
        pools = self.says("osd pool ls detail")
        return {pool["pool_name"]: (pool["size"], pool["min_size"]) for pool in pools}

    def spread(self) -> set[str]:
        """Over what the copies of each pool are spread, by the rules that the pools have."""
        rules = {rule["rule_id"]: rule["steps"] for rule in self.says("osd crush rule dump")}
        pools = self.says("osd pool ls detail")
        return {
            step["type"] for pool in pools for step in rules[pool["crush_rule"]] if "type" in step
        }

    def mon(self) -> Any:
        """The pod of a mon that is ready."""
        pods = self.operator.kubectl_json("-n rook-ceph get pods -l app=rook-ceph-mon")["items"]
        return next(pod for pod in pods if ready(pod))

    def mon_node(self) -> str:
        """The node that a mon runs on."""
        return str(self.mon()["spec"]["nodeName"])

    def objects(self, node: str, method: str, path: str, body: str = "") -> str:
        """One signed request to the object store from a host; fails when it is refused. What it answers."""
        service = self.operator.kubectl_json("-n rook-ceph get service rook-ceph-rgw-replicated")
        data = self.operator.kubectl_json(f"-n rook-ceph get secret {SECRET}")["data"]
        key, secret = (base64.b64decode(data[name]).decode() for name in ("AccessKey", "SecretKey"))
        settings = "\n".join(
            (
                f'user = "{key}:{secret}"',
                'aws-sigv4 = "aws:amz:us-east-1:s3"',
                f'request = "{method}"',
                *((f'data-binary = "{body}"',) if body else ()),
                f'url = "http://{service["spec"]["clusterIP"]}/{BUCKET}{path}"',
                "fail\nsilent\nshow-error\nmax-time = 20",
            )
        )
        return self.operator.ssh(
            node,
            "hash=$(printf %s '" + body + "' | sha256sum | cut -d ' ' -f 1)\n"
            f"curl -H \"x-amz-content-sha256: $hash\" -K - <<'END'\n{settings}\nEND",
        )


def ready(pod: Any) -> bool:
    """Whether a pod's readiness holds."""
    return any(
        (each["type"], each["status"]) == ("Ready", "True") for each in pod["status"]["conditions"]
    )


def is_well(ceph: Ceph) -> bool:
    """Whether Ceph has nothing to complain of."""
    return ceph.health() == "HEALTH_OK"


def copies(ceph: Ceph) -> set[tuple[int, int]]:
    """The copies of all pools but those that Ceph makes of itself later."""
    return set(ceph.pools().values())


def takes(ceph: Ceph, node: str, path: str) -> bool:
    """Whether the object store takes an object, at a node."""
    try:
        ceph.objects(node, "PUT", path, TEXT)
    except AssertionError:
        return False
    return True


def answers(ceph: Ceph, node: str) -> bool:
    """Whether the object store gives, at a node, what was put."""
    try:
        return ceph.objects(node, "GET", "/object") == TEXT
    except AssertionError:
        return False
