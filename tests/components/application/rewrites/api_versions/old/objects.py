"""What the examples of old objects share."""

from typing import Any

Body = dict[str, Any]

METADATA = {"name": "x", "namespace": "app"}
CONTAINERS = [{"name": "a", "image": "a:1"}]
POD = {
    "metadata": {"labels": {"app": "x"}},
    "spec": {"containers": [{"name": "a", "image": "a:1"}]},
}
SELECTOR = {"matchLabels": {"app": "x"}}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}
RULE = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["pods"]}


def old(version: str, kind: str, metadata: Any = None, **body: Any) -> Body:
    return {"apiVersion": version, "kind": kind, "metadata": metadata or METADATA, **body}


def plain(before: str, after: str, kind: str, **body: Any) -> tuple[Body, Body]:
    """A kind of which only the version changes."""
    return old(before, kind, **body), old(after, kind, **body)
