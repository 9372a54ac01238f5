"""A namespace in memory, where what the operator's commands do can be seen."""

import copy
import json
from dataclasses import dataclass, field
from typing import Any

from operate.snapshots.namespace import MANAGER, Namespace, Object

CLAIM = "entries-guestbook-0"


def stateful(**spec: Any) -> dict[str, Any]:
    """The example's StatefulSet."""
    template = {"metadata": {"name": "entries"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    return {
        "kind": "StatefulSet",
        "metadata": {"name": "guestbook", "annotations": {"mine": "kept"}},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": {"app": "guestbook"}},
            "template": {"spec": {"containers": []}},
            "volumeClaimTemplates": [template],
            **spec,
        },
    }


def deployment(claim: str = "files", **spec: Any) -> dict[str, Any]:
    """One whose pods mount a claim."""
    return {
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": 2, "template": {"spec": volumes(claim)}, **spec},
    }


def volumes(claim: str) -> dict[str, Any]:
    return {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": claim}}]}


def pod(name: str, claim: str, maker: tuple[str, str] = ("", ""), phase: str = "Running") -> Any:
    kind, of = maker
    owners = [{"kind": kind, "name": of}] if kind else []
    return {
        "kind": "Pod",
        "metadata": {"name": name, "ownerReferences": owners},
        "spec": volumes(claim),
        "status": {"phase": phase},
    }


@dataclass(frozen=True, kw_only=True)
class Memory(Namespace):
    """Objects that are changed as kubectl would; pods go when their workload has no replicas."""

    name: str = "replicated-guestbook"
    environment: dict[str, str] = field(default_factory=dict)
    objects: list[dict[str, Any]]
    said: list[tuple[str, ...]] = field(default_factory=list)

    def kubectl(self, *words: str, stdin: str = "", limit: float = 0) -> str:
        del stdin, limit
        self.said.append(words)
        if "--show-managed-fields" in words:
            return json.dumps(self.one(words[1], words[2]))
        return ""

    def one(self, kind: str, name: str) -> Object | None:
        return next((each for each in self._of(kind) if each["metadata"]["name"] == name), None)

    def all(self, kinds: str) -> list[Object]:
        return [copy.deepcopy(each) for kind in kinds.split(",") for each in self._of(kind)]

    def create(self, body: Object) -> None:
        self.objects.append(dict(body))

    def patch(self, kind: str, name: str, change: Object) -> None:
        found = self.one(kind, name)
        assert found is not None
        fields = found["metadata"].setdefault("managedFields", [{"manager": "other"}])
        if "spec" in change:
            fields.append({"manager": MANAGER})
        _merge(found, change)
        if found["spec"].get("replicas") == 0:
            self.objects[:] = [each for each in self.objects if not self._made_by(each, name)]

    def delete(self, kind: str, name: str) -> None:
        self.objects[:] = [each for each in self.objects if each is not self.one(kind, name)]

    def _made_by(self, one: Object, name: str) -> bool:
        return any(each["name"] == name for each in one["metadata"].get("ownerReferences", ()))

    def _of(self, kind: str) -> list[dict[str, Any]]:
        names = {"pvc": "PersistentVolumeClaim"}
        wanted = names.get(kind, kind).lower().removesuffix("s")
        return [each for each in self.objects if each["kind"].lower() == wanted]


def _merge(holder: Any, change: Object) -> None:
    for key, value in change.items():
        if value is None:
            holder.pop(key, None)
        elif isinstance(value, dict):
            _merge(holder.setdefault(key, {}), value)
        else:
            holder[key] = value
