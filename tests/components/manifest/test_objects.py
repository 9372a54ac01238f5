from hypothesis import given
from hypothesis import strategies as st

from components.manifest.objects import KubernetesObject, Reading, read

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec: {group: example.com, scope: %s, names: {kind: Thing, plural: things}}
"""


def only(reading: Reading) -> KubernetesObject:
    assert reading.faults == ()
    (one,) = reading.objects
    return one


def test_a_list_is_taken_apart_also_one_within_another() -> None:
    reading = read(
        """
apiVersion: v1
kind: List
metadata: {resourceVersion: ""}
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
- kind: List
  apiVersion: v1
  items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
""",
        "f",
    )
    assert reading.faults == ()
    assert [(str(one), one.place.line) for one in reading.objects] == [
        ("ConfigMap/default/a", 6),
        ("ConfigMap/default/b", 10),
    ]


def test_items_of_a_typed_list_are_of_its_type_unless_they_say_another() -> None:
    reading = read(
        "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n"
        "- {apiVersion: v1, kind: Service, metadata: {name: b}}\n",
        "f",
    )
    assert [(one.api_version, one.kind) for one in reading.objects] == [
        ("apps/v1", "Deployment"),
        ("v1", "Service"),
    ]


def test_an_empty_list_is_nothing_and_what_is_no_object_is_named() -> None:
    reading = read("{apiVersion: v1, kind: List, items: []}\n---\n- a\n---\ntext\n", "f")
    assert reading.objects == ()
    assert [str(fault) for fault in reading.faults] == [
        f"f, document {document}, line {line}: holds no Kubernetes object: a group of keys such as apiVersion and kind"
        for document, line in ((2, 3), (3, 5))
    ]


def test_an_object_without_a_namespace_gets_the_one_that_is_asked_for() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    assert only(read(text, "f")).namespace == "default"
    assert only(read(text, "f", namespace="mine")).body["metadata"]["namespace"] == "mine"


def test_an_object_keeps_the_namespace_that_it_names() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: own}\n"
    assert only(read(text, "f", namespace="mine")).namespace == "own"


def test_what_stands_outside_namespaces_has_none_whatever_it_says() -> None:
    text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: x}\n"
    assert "namespace" not in only(read(text, "f")).body["metadata"]


def test_a_definition_in_the_file_says_whether_its_resources_have_a_namespace() -> None:
    resource = "---\napiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n"
    for scope, namespace in (("Namespaced", "default"), ("Cluster", "")):
        reading = read(DEFINITION % scope + resource, "f")
        assert [one.namespace for one in reading.objects] == ["", namespace]
    assert only(read(resource, "f")).namespace == ""


def test_what_only_the_api_server_writes_is_left_out() -> None:
    metadata = "{name: a, uid: x, resourceVersion: '1', creationTimestamp: null, finalizers: [a/b]}"
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {metadata}\nstatus: {{phase: Running}}\n"
    assert only(read(text, "f")).body == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "namespace": "default", "finalizers": ["a/b"]},
    }


def test_the_same_object_twice_is_refused_also_in_another_version() -> None:
    text = "".join(
        f"---\napiVersion: {version}\nkind: CronJob\nmetadata: {{name: a{namespace}}}\n"
        for version, namespace in (("batch/v1", ""), ("batch/v1beta1", ", namespace: default"))
    )
    assert [str(fault) for fault in read(text, "f").faults] == [
        "f, document 2, line 6: CronJob/default/a is given already: f, document 1, line 2"
    ]


def test_the_same_name_in_another_kind_group_or_namespace_is_another_object() -> None:
    objects = (
        ("v1", "Service", "a"),
        ("v1", "Service", "b"),
        ("v1", "ConfigMap", "a"),
        ("serving.knative.dev/v1", "Service", "a"),
    )
    text = "".join(
        f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: x, namespace: {namespace}}}\n"
        for version, kind, namespace in objects
    )
    reading = read(text, "f")
    assert reading.faults == ()
    assert len({one.identity for one in reading.objects}) == 4


def test_all_faults_of_all_documents_are_reported_in_their_order() -> None:
    reading = read("kind: X\n---\na: [\n---\napiVersion: v1\nkind: Pod\nmetadata: {}\n", "f")
    assert [fault.place.document for fault in reading.faults] == [1, 1, 2, 3]


FRAGMENTS = [
    *("apiVersion: v1\n", "kind: ConfigMap\n", "kind: List\n", "metadata: {name: a}\n", "---\n"),
    *("items:\n", "- metadata: {name: b}\n", "data: {a: 1}\n", "metadata:\n", "spec: [\n", "x\n"),
    *("apiVersion: apps/v1\n", "kind: [a]\n", "metadata: {name: [x]}\n", "items: 1\n", "status:\n"),
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12))
def test_no_file_makes_the_reader_fail_and_objects_are_sound(fragments: list[str]) -> None:
    for one in read("".join(fragments), "f").objects:
        assert one.api_version
        assert one.kind
        assert one.name
        assert str(one)
