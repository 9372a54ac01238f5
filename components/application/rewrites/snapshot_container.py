"""The container that makes snapshots, beside an application's own and in Jobs: how it is run and what it is given.

Owns its form, in the words of Kubernetes. Does not own its program (`snapshot.sh`), nor where it is put.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

CONTAINER: Final = "replicated-snapshot"
MOUNTS: Final = "/snapshot"
"""Each claim is mounted below this, by the name of its volume."""
SCRIPT: Final = "snapshot.sh"
"""The key of the ConfigMap that is the program."""
DIRECTORY: Final = "/repository"
"""Where a repository is mounted that is a claim."""
CLAIMS: Final = "SNAPSHOT_CLAIMS"
"""The variable that one beside an application has; those of Jobs are told what to do otherwise."""
_PROGRAM: Final = "/program"
_CACHE: Final = "/root"
"""Scratch files are in the home of the user, which crond's jobs must begin in."""


def variables_of(spec: Mapping[str, Any]) -> Mapping[str, str] | None:
    """What the container that makes snapshots is told in a pod's spec, as a cluster has it; None without one."""
    for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
        if container["name"] == CONTAINER:
            told = {each["name"]: each.get("value", "") for each in container.get("env") or ()}
            if CLAIMS in told:
                return told
    return None


@dataclass(frozen=True, kw_only=True)
class SnapshotContainer:
    """What the container runs.

    It gets the variables of the Secret `secret`, and its program out of the ConfigMap `program`; without one the image
    has its own. `repository` is a claim that snapshots lie in, if they do. Another `version` starts it anew.
    """

    image: str
    secret: str
    program: str = ""
    repository: str = ""
    version: str = ""
    resources: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: {"requests": {"cpu": "10m", "memory": "64Mi"}}
    )

    def spec(
        self,
        verb: Sequence[str],
        *,
        env: Iterable[Mapping[str, str]] = (),
        mounts: Iterable[Mapping[str, Any]] = (),
        capabilities: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The container. It may read everything in its claims, and writes nothing but its own scratch files."""
        return {
            "name": CONTAINER,
            "image": self.image,
            **self._command(verb),
            "env": [*self._variables(), *(dict(each) for each in env)],
            "envFrom": [{"secretRef": {"name": self.secret}}],
            "volumeMounts": [
                *(dict(each) for each in mounts),
                *self._own_mounts(),
            ],
            "resources": {key: dict(value) for key, value in self.resources.items()},
            "securityContext": {
                # The application's files belong to whomever it runs as.
                "runAsUser": 0,
                "runAsNonRoot": False,
                "allowPrivilegeEscalation": False,
                **({"readOnlyRootFilesystem": True} if self.program else {}),
                # crond sets the groups of its jobs, also where they stay the same.
                "capabilities": {"drop": ["ALL"], "add": ["DAC_OVERRIDE", "SETGID", *capabilities]},
            },
            # What ends it shows where the pod is described.
            "terminationMessagePolicy": "FallbackToLogsOnError",
        }

    def volumes(self) -> list[dict[str, Any]]:
        """What its pod must have for it."""
        found: list[dict[str, Any]] = []
        if self.program:
            # Scratch files; without them restic asks the repository for the same again and again.
            found.append({"name": f"{CONTAINER}-cache", "emptyDir": {}})
            program = {"name": self.program, "defaultMode": 0o555}
            found.append({"name": f"{CONTAINER}-program", "configMap": program})
        if self.repository:
            claim = {"claimName": self.repository}
            found.append({"name": f"{CONTAINER}-repository", "persistentVolumeClaim": claim})
        return found

    def _own_mounts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if self.program:
            found.append({"name": f"{CONTAINER}-cache", "mountPath": _CACHE})
            program = {"name": f"{CONTAINER}-program", "mountPath": _PROGRAM, "readOnly": True}
            found.append(program)
        if self.repository:
            found.append({"name": f"{CONTAINER}-repository", "mountPath": DIRECTORY})
        return found

    def _command(self, verb: Sequence[str]) -> dict[str, list[str]]:
        if not self.program:
            return {}
        return {"command": ["/bin/sh", f"{_PROGRAM}/{SCRIPT}"], "args": list(verb)}

    def _variables(self) -> list[dict[str, Any]]:
        # Kubernetes fills variables in with those before them.
        own = [
            {"name": name, "valueFrom": {"fieldRef": {"fieldPath": f"metadata.{path}"}}}
            for name, path in (("POD_NAME", "name"), ("POD_NAMESPACE", "namespace"))
        ]
        cache = [{"name": "RESTIC_CACHE_DIR", "value": _CACHE}] if self.program else []
        version = [{"name": "SNAPSHOT_VERSION", "value": self.version}] if self.version else []
        return [*own, *cache, *version]
