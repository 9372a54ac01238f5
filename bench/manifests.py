"""A mixed lot of manifests, as large as one likes, the same in every run.

Owns their kinds and their proportions: of twelve objects six hold pods. Does not own what is done with them.
"""

import random
from collections.abc import Iterator
from typing import Any, Final

import yaml

Body = dict[str, Any]
IMAGES: Final = (
    *("nginx:1.27.3", "redis:7.4", "docker.io/library/postgres:16"),
    *("quay.io/prometheus/node-exporter:v1.8.2", "ghcr.io/organisation/service:2.1.0"),
    "registry.example.test:5000/team/worker:build-4711",
)
SEED: Final = 20261121


def manifests(number: int) -> Iterator[str]:
    """That many documents, each with `---` above it."""
    chance = random.Random(SEED)  # noqa: S311 - the same manifests in every run
    for index in range(number):
        body = KINDS[index % len(KINDS)](f"o{index}", chance)
        yield "---\n" + yaml.dump(body, Dumper=yaml.CSafeDumper, sort_keys=False)


def _object(version: str, kind: str, name: str, **rest: Any) -> Body:  # noqa: ANN401 - fields of any kind
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "bench"}
    metadata = {"name": name, "namespace": "bench", "labels": labels}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def _container(name: str, chance: random.Random) -> Body:
    return {
        "name": name,
        "image": chance.choice(IMAGES),
        "args": ["--listen=:8080", f"--name={name}"],
        "env": [
            {"name": "MODE", "value": "production"},
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "token", "key": "token"}}},
        ],
        "ports": [{"name": "http", "containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 5},
        "resources": {
            "requests": {"cpu": "50m", "memory": "64Mi"},
            "limits": {"memory": "256Mi"},
        },
        "securityContext": {"readOnlyRootFilesystem": True, "runAsNonRoot": True},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    }


def _template(name: str, chance: random.Random, **rest: Any) -> Body:  # noqa: ANN401 - fields of any kind
    spec = {
        "serviceAccountName": name,
        "initContainers": [_container("prepare", chance)],
        "containers": [_container("main", chance), _container("beside", chance)],
        "volumes": [{"name": "data", "emptyDir": {}}],
        **rest,
    }
    return {"metadata": {"labels": {"app.kubernetes.io/name": name}}, "spec": spec}


def _selected(name: str) -> Body:
    return {"selector": {"matchLabels": {"app.kubernetes.io/name": name}}}


def _deployment(name: str, chance: random.Random) -> Body:
    spec = {"replicas": 2, **_selected(name), "template": _template(name, chance)}
    return _object("apps/v1", "Deployment", name, spec=spec)


def _stateful(name: str, chance: random.Random) -> Body:
    claim = {
        "metadata": {"name": "state"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    template = _template(name, chance)
    spec = {"serviceName": name, **_selected(name), "template": template}
    return _object("apps/v1", "StatefulSet", name, spec={**spec, "volumeClaimTemplates": [claim]})


def _daemons(name: str, chance: random.Random) -> Body:
    spec = {**_selected(name), "template": _template(name, chance)}
    return _object("apps/v1", "DaemonSet", name, spec=spec)


def _job(name: str, chance: random.Random) -> Body:
    return _object(
        "batch/v1", "Job", name, spec={"template": _template(name, chance, restartPolicy="Never")}
    )


def _cron(name: str, chance: random.Random) -> Body:
    template = _template(name, chance, restartPolicy="OnFailure")
    spec = {"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": template}}}
    return _object("batch/v1", "CronJob", name, spec=spec)


def _service(name: str, _: random.Random) -> Body:
    spec = {
        "selector": {"app.kubernetes.io/name": name},
        "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
    }
    return _object("v1", "Service", name, spec=spec)


def _settings(name: str, chance: random.Random) -> Body:
    lines = "".join(f"key{number} = {chance.randrange(10**9)}\n" for number in range(20))
    return _object("v1", "ConfigMap", name, data={"settings.conf": lines, "level": "info"})


def _secret(name: str, _: random.Random) -> Body:
    return _object("v1", "Secret", name, type="Opaque", stringData={"token": "none"})


def _claim(name: str, _: random.Random) -> Body:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return _object("v1", "PersistentVolumeClaim", name, spec=spec)


def _ingress(name: str, _: random.Random) -> Body:
    backend = {"service": {"name": name, "port": {"name": "http"}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    spec = {"rules": [{"host": f"{name}.example.test", "http": {"paths": [path]}}]}
    return _object("networking.k8s.io/v1", "Ingress", name, spec=spec)


def _role(name: str, _: random.Random) -> Body:
    rules = [{"apiGroups": [""], "resources": ["pods", "services"], "verbs": ["get", "list"]}]
    return _object("rbac.authorization.k8s.io/v1", "Role", name, rules=rules)


KINDS: Final = (
    *(_deployment, _service, _settings, _deployment, _secret, _stateful),
    *(_claim, _daemons, _ingress, _job, _role, _cron),
)
