from collections.abc import Iterator
from dataclasses import replace

import pytest
import yaml

from components.application.rewrites.composition import RewriteSettings
from components.application.rewrites.images import ImageSettings
from components.application.rewrites.report import Line
from components.application.rewrites.shared_filesystem import SharedFilesystemSettings
from components.application.rewrites.storage_class import StorageClassSettings
from components.application.rewrites.stream import Stream
from components.manifest.place import Fault

SETTINGS = RewriteSettings(
    images=ImageSettings(registry="r.test:1", closed=True),
    storage_class=StorageClassSettings(name="default"),
)


class Run:
    """A run of the filter on a text: what it wrote, and what it said."""

    def __init__(self, text: str, settings: RewriteSettings = SETTINGS) -> None:
        self.lines: list[Line] = []
        self.faults: list[Fault] = []
        stream = Stream(settings=settings, report=self.lines.append, complain=self.faults.append)
        self.text = "".join(stream.run(text.splitlines(keepends=True)))
        self.counts = stream.counts


UNTOUCHED = """\
# before everything

apiVersion: v1
kind: Service   # inside
metadata: {name: a,   labels: {b: on}}
--- # with a comment
# kind: scheduler-kubernetes
apiVersion: v1
kind: ConfigMap
metadata:
    name: x
data:
    a: |
      --
      text
---
---
# alone
---
- a list
- is no object
...
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: x}
spec: {containers: [{name: a, image: nginx}]}  # gone
"""
REWRITTEN = """\
apiVersion: v1
kind: Pod
metadata:
  name: x
spec:
  containers:
  - name: a
    image: r.test:1/docker.io/library/nginx:latest
  imagePullSecrets:
  - name: replicatedregistrykey
"""


def test_what_no_rule_changes_passes_byte_for_byte() -> None:
    run = Run(UNTOUCHED)
    assert run.text == UNTOUCHED
    assert (run.counts.documents, run.counts.changed) == (3, 0)


def test_a_changed_document_keeps_its_place_and_the_comments_above_it() -> None:
    run = Run(f"{UNTOUCHED}---\n# kind: scheduler-kubernetes\n\n{POD}--- # end\nkind: x\n")
    above = "---\n# kind: scheduler-kubernetes\n\n"
    assert run.text == f"{UNTOUCHED}{above}{REWRITTEN}--- # end\nkind: x\n"


def test_a_second_run_over_the_result_changes_nothing() -> None:
    once = Run(f"{UNTOUCHED}---\n{POD}").text
    assert Run(once).text == once


@pytest.mark.parametrize(
    ("written", "value"), [("0755", 493), ("on", True), ("'y'", "y"), ("22:22", "22:22")]
)
def test_a_document_that_is_written_anew_means_what_it_meant(written: str, value: object) -> None:
    text = Run(f"{POD}x: {written}\n").text
    assert yaml.safe_load(text)["x"] == value


LISTS = """\
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
"""


def test_objects_in_a_list_are_rewritten_where_they_are() -> None:
    (found,) = yaml.safe_load_all(Run(LISTS).text)
    assert found["items"][0]["spec"] == {"storageClassName": "default"}
    assert found["items"][1] == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}


def test_items_of_a_typed_list_are_converted_and_stand_for_themselves_then() -> None:
    text = (
        "apiVersion: batch/v1beta1\nkind: CronJobList\nitems:\n- {metadata: {name: a}, spec: {}}\n"
    )
    found = yaml.safe_load(Run(text).text)
    assert (found["apiVersion"], found["kind"]) == ("v1", "List")
    assert found["items"][0]["apiVersion"] == "batch/v1"
    assert found["items"][0]["kind"] == "CronJob"


FAULTS = [
    ("a: [\n", "stdin, document 2, line 8: is no YAML"),
    ("a: 1\na: 2\n", "stdin, document 2, line 8: the key 'a' is given twice"),
    (
        "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: p}\n",
        "stdin, document 2, line 8: PodSecurityPolicy/p kind: refused",
    ),
    (
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: Nginx\n",
        "stdin, document 2, line 12: Pod spec.containers[0].image: refused",
    ),
    (
        "apiVersion: v1\nkind: List\nitems:\n- kind: ConfigMap\n  apiVersion: v1\n  data:\n    a: quay.io/a/b:1\n",
        "stdin, document 2, line 13: ConfigMap data.a: refused",
    ),
]


@pytest.mark.parametrize(("bad", "sentence"), FAULTS, ids=[said for _, said in FAULTS])
def test_a_fault_says_where_it_is_and_ends_what_is_written(bad: str, sentence: str) -> None:
    run = Run(f"# comment\n{POD}---\n{bad}---\n{POD}---\n{bad}")
    assert run.text == f"# comment\n{REWRITTEN}"
    first, second = run.faults
    assert str(first).startswith(sentence)
    assert second.place.document == 4
    assert run.counts.faults == 2


FLEX = """\
apiVersion: v1
kind: Pod
metadata: {{name: x, namespace: {namespace}}}
spec:
  containers: [{{name: a, image: nginx}}]
  volumes: [{{name: v, flexVolume: {{driver: ceph.rook.io/rook, fsType: ceph}}}}]
"""


def test_the_claim_of_a_flex_volume_stands_before_the_first_that_needs_it() -> None:
    shared = SharedFilesystemSettings(storage_class="shared", image="check:1")
    text = "---\n".join(FLEX.format(namespace=each) for each in ("a", "a", "b"))
    run = Run(text, replace(SETTINGS, shared_filesystem=shared))
    found = [each["kind"] for each in yaml.safe_load_all(run.text) if each]
    assert found == ["PersistentVolumeClaim", "Pod", "Pod", "PersistentVolumeClaim", "Pod"]
    reported = {line.object for line in run.lines if not line.finding.path}
    assert reported == {
        "PersistentVolumeClaim/a/rook-shared-fs",
        "PersistentVolumeClaim/b/rook-shared-fs",
    }


def deployment(then: str) -> str:
    scaler = (
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n"
        "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}}\n"
    )
    one = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {}\n"
    return "---\n".join([one, scaler] if then == "scaler" else [scaler, one])


def test_a_scaler_behind_its_workload_is_a_fault_when_replicas_are_rewritten() -> None:
    run = Run(deployment("scaler"), RewriteSettings(autoscaled=frozenset()))
    assert "put it before that" in str(run.faults[0])
    assert not Run(deployment("scaler"), RewriteSettings()).faults


def test_a_scaler_before_its_workload_owns_it() -> None:
    run = Run(deployment("workload"), RewriteSettings(autoscaled=frozenset()))
    assert not run.faults
    assert run.text == deployment("workload")


def test_documents_are_held_one_at_a_time() -> None:
    asked = 0

    def lines() -> Iterator[str]:
        nonlocal asked
        for _ in range(100):
            for line in [*POD.splitlines(keepends=True), "---\n"]:
                asked += 1
                yield line

    stream = Stream(settings=SETTINGS, report=lambda _: None, complain=lambda _: None)
    next(stream.run(lines()))
    assert asked == len(POD.splitlines()) + 1
