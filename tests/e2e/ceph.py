"""Ceph as the end-to-end tests see it: its own word for its state, and objects put and got by signed requests.

Owns the calls. Does not own what must be true (the tests say that).
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

from tests.e2e.operator import Operator

CONFIGURATION = "/var/lib/rook/rook-ceph/rook-ceph.config"
SECRET = "rook-ceph-object-user-replicated-replicated"  # noqa: S105 - a name
BUCKET = "e2e"


@dataclass(frozen=True, kw_only=True)
class Ceph:
    """The cluster's Ceph."""

    operator: Operator

    def says(self, command: str) -> Any:
        """What Ceph answers to one of its own commands, asked in the operator's pod."""
        return json.loads(
            self.operator.kubectl(
                f"-n rook-ceph-system exec deploy/rook-ceph-operator -- ceph --conf={CONFIGURATION} "
                f"--connect-timeout=15 {command} --format json"
            )
        )

    def health(self) -> str:
        """HEALTH_OK, or what is wrong."""
        health = self.says("health detail")
        return " ".join([str(health["status"]), *health["checks"]])

    def osds(self) -> tuple[int, int]:
        """How many OSDs there are, and how many of them work."""
        found = self.says("osd stat")
        return int(found["num_osds"]), int(found["num_up_osds"])

    def pools(self) -> dict[str, tuple[int, int]]:
        """Each pool's copies, and the least of them that must live."""
        pools = self.says("osd pool ls detail")
        return {pool["pool_name"]: (pool["size"], pool["min_size"]) for pool in pools}

    def mon_node(self) -> str:
        """The node that the first mon runs on."""
        pods = self.operator.kubectl_json("-n rook-ceph get pods -l app=rook-ceph-mon")["items"]
        return str(pods[0]["spec"]["nodeName"])

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
