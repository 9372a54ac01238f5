import pytest

from components.manifest.objects import read


def faults(text: str) -> list[str]:
    """What is wrong with the one document of a file, without its name."""
    found = read(text, "f").faults
    return [str(fault).removeprefix("f, document 1, ") for fault in found]


def config_map(more: str = "", metadata: str = "name: a") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{{metadata}}}\n{more}"


def test_a_sound_object_has_no_faults() -> None:
    assert faults(config_map("data: {a: b}")) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "kind: Pod\nmetadata: {name: a}",
            "apiVersion is missing or no text; give one such as apps/v1",
        ),
        (
            "apiVersion: 1\nkind: Pod\nmetadata: {name: a}",
            "apiVersion is missing or no text; give one such as apps/v1",
        ),
        (
            "apiVersion: v1\nmetadata: {name: a}",
            "kind is missing or no text; give one such as Deployment",
        ),
        (
            "apiVersion: a/b/c\nkind: X\nmetadata: {name: a}",
            "apiVersion 'a/b/c' is none; give group/version",
        ),
        (
            "apiVersion: apps/v1\nkind: Deploymnt\nmetadata: {name: a}",
            "apps/v1 has no kind Deploymnt; did you mean Deployment?",
        ),
        (
            "apiVersion: node.k8s.io/v1\nkind: Zzz\nmetadata: {name: a}",
            "node.k8s.io/v1 has no kind Zzz; it has RuntimeClass",
        ),
        (
            "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: a}\nhandlr: x",
            "RuntimeClass has no field handlr; did you mean handler?",
        ),
    ],
)
def test_what_an_object_is_must_be_said(text: str, fault: str) -> None:
    (found,) = faults(text)
    assert found.partition(": ")[2] == fault


@pytest.mark.parametrize(
    ("metadata", "fault"),
    [
        ("", "metadata.name is missing; give one"),
        ("name: 8080", "metadata.name 8080 is no name; give text without spaces and slashes"),
        ("name: a/b", "metadata.name 'a/b' is no name; give text without spaces and slashes"),
        ("name: ''", "metadata.name '' is no name; give text without spaces and slashes"),
        ("generateName: a-", "generateName makes another object at every run; give metadata.name"),
        ("name: a, namespace: 1", "metadata.namespace 1 is no name of a namespace"),
        ("name: a, labels: x", "metadata.labels is no group of keys"),
        (
            "name: a, labels: {x: yes}",
            "metadata.labels: the value of x is true and must be text; put it in quotes",
        ),
        (
            "name: a, annotations: {x: 1.5}",
            "metadata.annotations: the value of x is 1.5 and must be text; put it in quotes",
        ),
    ],
)
def test_metadata_must_be_what_the_api_server_takes(metadata: str, fault: str) -> None:
    assert faults(config_map(metadata=metadata)) == [f"line 3: {fault}"]


def test_metadata_itself_must_be_there() -> None:
    (fault,) = faults("apiVersion: v1\nkind: Pod\n")
    assert fault == "line 1: metadata is missing; give at least metadata.name"


def test_data_must_be_text_and_each_wrong_value_has_its_line() -> None:
    assert faults(config_map("data:\n  a: 1\n  b: 'on'\n  c: on\n  d: {x: y}\n")) == [
        "line 5: data: the value of a is 1 and must be text; put it in quotes",
        "line 7: data: the value of c is true and must be text; put it in quotes",
        "line 8: data: the value of d is a group or a list and must be text; put it in quotes",
    ]


def test_empty_data_is_empty_text_as_for_the_api_server() -> None:
    reading = read(config_map("data: {a: , b: x}", "name: a, labels: {c: }"), "f")
    assert reading.faults == ()
    (one,) = reading.objects
    assert one.body["data"] == {"a": "", "b": "x"}
    assert one.body["metadata"]["labels"] == {"c": ""}


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public", "kube-node-lease"])
def test_namespaces_that_every_cluster_has_are_not_taken_over(name: str) -> None:
    # Pulumi would delete them on destroy, which the API server refuses.
    assert faults(f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}") == [
        f"line 1: every cluster has the namespace {name}; take this object out"
    ]


def test_a_custom_resource_may_have_any_fields() -> None:
    assert faults("apiVersion: example.com/v1\nkind: X\nmetadata: {name: a}\nwhat: [1]") == []
