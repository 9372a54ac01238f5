"""The whole platform, as one life of the end-to-end tests has it: storage, ingress, the daemon and an application.

Owns its configuration and what is asked of its outputs. Does not own what must be true: `test_9_*.py` are the steps of
that life, in the order of their names, and each leaves the platform as it found it.
"""

import json
from pathlib import Path
from typing import Any

from operate.checkout import REPOSITORY
from tests.e2e.ceph import WHOLE, platform
from tests.e2e.operator import Operator
from tests.e2e.pods import eventually
from tests.e2e.web import Answer, Client

CERTIFICATE = {"names": ["*.apps.example.com"]}
PLAIN, RICH = "plain.apps.example.com", "rich.apps.example.com"
"""Names that the default certificate is for, of an Ingress and of an HTTPProxy."""
QUOTAS: dict[str, Any] = {
    "namespaces": [
        {
            "name": "default",
            "hard": {"pods": 1},
            "limits": {"default": {"memory": "300Mi"}, "request": {"memory": "10Mi"}},
        }
    ]
}
EXAMPLE = REPOSITORY / "examples" / "guestbook"
GUESTBOOK = "guestbook.test"
NAMESPACE = "replicated-guestbook"
REPOSITORY_JOB = "replicated-snapshot-repository"
"""What the snapshots have in that namespace beside the vendor's own."""


def configured(operator: Operator, *storage_nodes: str, **groups: Any) -> dict[str, Any]:
    """The stack's configuration with everything; `groups` replace those of the same name."""
    given = {
        "ingress": {"provider": "contour", "certificate": CERTIFICATE},
        "replicated": {"install": True},
        "quotas": QUOTAS,
        "license": {
            "file": str(EXAMPLE / "license.yaml"),
            "publicKey": str(EXAMPLE / "vendor.pem"),
        },
        "release": release(operator),
        # So often that one is made while somebody looks.
        "snapshots": {
            "repository": {"ceph": {}},
            "schedule": "* * * * *",
            "retention": {"last": 100},
        },
    }
    return {**platform(*(storage_nodes or ("n1", "n2")), **WHOLE), **given, **groups}


def release(operator: Operator, sequence: int = 1, **options: Any) -> dict[str, Any]:
    """The group of the vendor's release, whose file is the operator's own copy."""
    return {
        "file": str(release_file(operator)),
        "lock": str(EXAMPLE / "lock.json"),
        "app": "guestbook",
        "sequence": sequence,
        "config": {"hostname": GUESTBOOK, **options},
    }


def release_file(operator: Operator) -> Path:
    """Where a newer release may be put in the place of the one before; a fresh copy of the example at first."""
    file = operator.project / "release.yaml"
    if not file.exists():
        file.write_text((EXAMPLE / "release.yaml").read_text())
    return file


def outputs(operator: Operator) -> dict[str, Any]:
    """The stack's outputs, passwords too."""
    found: dict[str, Any] = json.loads(
        operator.shell("pulumi stack output --json --show-secrets 2>/dev/null")
    )
    return found


def listed(operator: Operator, kinds: str) -> list[Any]:
    """The application's objects of some kinds."""
    found: list[Any] = operator.kubectl_json(f"-n {NAMESPACE} get {kinds}")["items"]
    return found


def names(objects: list[Any]) -> set[str]:
    """The objects' names."""
    return {each["metadata"]["name"] for each in objects}


def page_says(client: Client, address: str, text: str, path: str = "/") -> None:
    """Waits until the application's page says the text at a node's address, by HTTP and by HTTPS."""
    for scheme in ("http", "https"):

        def probe(url: str = f"{scheme}://{GUESTBOOK}{path}") -> bool:
            found: Answer = client.get(address, url)
            return found.status == 200 and text in found.request

        eventually(probe, f"{scheme}://{GUESTBOOK}{path} at {address} says: {text}", seconds=90)


def dry_run(operator: Operator) -> str:
    """What the API server would make of one more pod in the daemon's namespace, or why it refuses it."""
    run = "run one --image=e2e.test/one -n default --dry-run=server -o json"
    return operator.kubectl(f"{run} 2>&1 || true")
