"""Where custom resources name images, for the operators that releases are seen with.

Owns this table, from the operators' own definitions. Does not own built-in kinds: their pods are found by
`components/manifest/templates.py`. What is in neither is found by the scan (`leftovers.py`), which fails closed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from components.application.rewrites.finding import Path, is_late
from components.manifest.body import Body
from components.manifest.templates import CONTAINERS, group_and_kind, pod_path

_CONTAINERS: Final = tuple(f"{key}[].image" for key in CONTAINERS)
_POD: Final = (*_CONTAINERS, "volumes[].image.reference")


def _under(prefix: str, fields: tuple[str, ...] = _POD) -> tuple[str, ...]:
    return tuple(f"{prefix}.{field}" for field in fields)


_TEMPLATE: Final = _under("spec.template.spec")
_MONITORING: Final = ("spec.image", *_under("spec", _CONTAINERS))
_PROMETHEUS: Final = (*_MONITORING, "spec.thanos.image")
_STRIMZI: Final = tuple(
    f"spec.{field}.image"
    for field in (
        *("kafka", "zookeeper", "kafkaExporter", "cruiseControl", "entityOperator.tlsSidecar"),
        *("entityOperator.topicOperator", "entityOperator.userOperator"),
    )
)
_ARGO: Final = tuple(
    f"{field}.image"
    for field in (
        "container",
        "script",
        "initContainers[]",
        "sidecars[]",
        "containerSet.containers[]",
    )
)
_TASK: Final = ("spec.steps[].image", "spec.sidecars[].image", "spec.stepTemplate.image")
_ROOK_SETTING: Final = ("data.ROOK_*_IMAGE",)

_FIELDS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    # The settings of Rook's operator; no other ConfigMap has such keys.
    ("", "ConfigMap"): _ROOK_SETTING,
    ("ceph.rook.io", "CephCluster"): ("spec.cephVersion.image",),
    ("ceph.rook.io", "CephNFS"): ("spec.server.image",),
    ("monitoring.coreos.com", "Prometheus"): _PROMETHEUS,
    ("monitoring.coreos.com", "PrometheusAgent"): _MONITORING,
    ("monitoring.coreos.com", "Alertmanager"): _MONITORING,
    ("monitoring.coreos.com", "ThanosRuler"): _MONITORING,
    ("kafka.strimzi.io", "Kafka"): _STRIMZI,
    ("kafka.strimzi.io", "KafkaConnect"): ("spec.image",),
    ("kafka.strimzi.io", "KafkaBridge"): ("spec.image",),
    ("kafka.strimzi.io", "KafkaMirrorMaker2"): ("spec.image",),
    ("postgresql.cnpg.io", "Cluster"): ("spec.imageName",),
    ("postgresql.cnpg.io", "Pooler"): _TEMPLATE,
    ("postgresql.cnpg.io", "ImageCatalog"): ("spec.images[].image",),
    ("postgresql.cnpg.io", "ClusterImageCatalog"): ("spec.images[].image",),
    ("acid.zalan.do", "postgresql"): ("spec.dockerImage", *_under("spec", ("sidecars[].image",))),
    ("k8s.mariadb.com", "MariaDB"): ("spec.image", "spec.metrics.exporter.image"),
    ("mariadb.mmontes.io", "MariaDB"): ("spec.image", "spec.metrics.exporter.image"),
    ("rabbitmq.com", "RabbitmqCluster"): ("spec.image",),
    ("cassandra.datastax.com", "CassandraDatacenter"): ("spec.serverImage",),
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): (
        "spec.image",
        *_under("spec.nodeSets[].podTemplate.spec"),
    ),
    ("kibana.k8s.elastic.co", "Kibana"): ("spec.image", *_under("spec.podTemplate.spec")),
    ("argoproj.io", "Rollout"): _TEMPLATE,
    **{
        ("argoproj.io", kind): _under(f"{path}.templates[]", _ARGO)
        for kind, path in (
            ("Workflow", "spec"),
            ("WorkflowTemplate", "spec"),
            ("ClusterWorkflowTemplate", "spec"),
            ("CronWorkflow", "spec.workflowSpec"),
        )
    },
    ("tekton.dev", "Task"): _TASK,
    ("tekton.dev", "ClusterTask"): _TASK,
    ("serving.knative.dev", "Service"): _TEMPLATE,
    ("apps.kruise.io", "CloneSet"): _TEMPLATE,
    ("apps.kruise.io", "StatefulSet"): _TEMPLATE,
    ("kubevirt.io", "VirtualMachine"): ("spec.template.spec.volumes[].containerDisk.image",),
    ("batch.volcano.sh", "Job"): _under("spec.tasks[].template.spec"),
}


@dataclass(frozen=True, slots=True)
class Hidden:
    """A group or a list that may name images, and is only known after deployment."""


HIDDEN: Final = Hidden()


def image_paths(body: Body) -> Iterator[tuple[Path, Any]]:
    """Every place in an object that names an image, with what stands there: text, its parts, an Output, or Hidden."""
    kind = group_and_kind(body)
    seen: set[Path] = set()
    for way in _all_ways(*kind):
        for path, value in _walk(body, way, ()):
            # Several ways may end at one group that nobody can look into yet.
            if value is not HIDDEN or path not in seen:
                yield path, value
            seen.add(path)


@cache
def _all_ways(group: str, kind: str) -> tuple[tuple[str, ...], ...]:
    pods = pod_path(group, kind)
    inside = () if pods is None else tuple((*pods, *way) for way in _WAYS_IN_PODS)
    return (*inside, *_WAYS.get((group, kind), ()))


def _ways(fields: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(field.replace("[]", ".[]").split(".")) for field in fields)


_WAYS: Final = {kind: _ways(fields) for kind, fields in _FIELDS.items()}
_WAYS_IN_PODS: Final = _ways(_POD)


def _walk(value: Any, way: tuple[str, ...], path: Path) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401
    if not way:
        if value is not None:
            yield path, value
    elif is_late(value):
        yield path, HIDDEN
    else:
        for key, inner in _steps(value, way[0]):
            yield from _walk(inner, way[1:], (*path, key))


def _steps(value: Any, part: str) -> Iterator[tuple[str | int, Any]]:  # noqa: ANN401
    """What a part of a way leads to: every item of a list, the keys of a pattern, or one key."""
    if part == "[]":
        yield from enumerate(value if isinstance(value, list) else ())
    elif not isinstance(value, dict):
        return
    elif "*" in part:
        before, after = part.split("*")
        for key, inner in value.items():
            if isinstance(key, str) and key.startswith(before) and key.endswith(after):
                yield key, inner
    elif part in value:
        yield part, value[part]
