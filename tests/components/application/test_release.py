from dataclasses import replace

from components.application.admission import Rules
from components.application.options import Given
from components.application.release import Objects, Prepare, ReleaseReading, read
from components.application.template.late import Source
from components.manifest.place import Fault
from tests.components.application.made import HEAD, NAMESPACE, body, facts, faults, reading, release


def test_templates_are_rendered_before_yaml_is_read() -> None:
    made = release("templates", Given(values={"replicas": "2"}))
    web = body(made, "Deployment", "web")
    assert web["spec"]["replicas"] == 2
    assert web["metadata"]["annotations"] == {"build": "r-1.2.0"}
    assert web["spec"]["template"]["spec"]["containers"][0]["env"] == [
        {"name": "WORKER_0", "value": "a"},
        {"name": "WORKER_1", "value": "b"},
        {"name": "END", "value": "yes"},
    ]


def test_documents_come_and_go_with_their_conditions() -> None:
    assert [one.name for one in release("templates").objects] == ["web", "tls"]
    off = release("templates", Given(values={"tls": "false"}))
    assert [one.name for one in off.objects] == ["web", "plain", "never"]


def test_objects_stand_in_the_namespace_of_the_license_and_know_their_lines() -> None:
    web, tls = release("templates").objects
    assert web.namespace == NAMESPACE == tls.namespace
    assert str(web.place) == "release.yaml, document 2, line 20"
    assert str(tls.place) == "release.yaml, document 3, line 43"


def test_words_without_quotes_mean_what_kubernetes_reads() -> None:
    made = release("scalars")
    assert body(made, "ConfigMap", "scalars")["data"] == {
        "ports": "22:22",
        "day": "2021-07-01",
        "equal": "=",
        "port": "8080",
    }
    spec = body(made, "Service", "scalars")["spec"]
    assert spec["publishNotReadyAddresses"] is True
    assert spec["sessionAffinity"] == "None"
    assert spec["ports"][0]["targetPort"] == 8080
    assert made.description.version == "1.1"
    assert "typographic quotes" in made.notes[0]


def test_every_function_of_the_format_gives_its_value() -> None:
    assert body(release("functions"), "ConfigMap", "functions")["data"] == {
        "option": "Ann Example",
        "differs": "true",
        "field": "50",
        "nofield": "",
        "license": "l-1 Example Inc. stable",
        "expires": "2027-12-31",
        "app": "guestbook 7 3 7",
        "setting": "4.2 Better than the last one stable",
        "dates": "2026-11-01T09:05:00Z 2026-10-01T00:00:00Z",
        "offline": "false",
        "console": "console.example.com false",
        "namespace": NAMESPACE,
        "ldap": "",
        "now": "2026-11-01T09:05:00Z 20261101 Sun Nov  1 9:05AM",
        "trim": "a a",
        "split": "b ab AB",
        "codes": "a+b%26c YQ== a",
        "human": "2.746MB 796B",
        "parsed": "true 12 7 1.5",
        "sums": "3 3.5 3 6 3 3.5",
    }


def test_what_is_kept_and_not_acted_on_is_said() -> None:
    notes = release("functions").notes
    assert any("preflight-kubernetes` is kept" in note for note in notes)
    assert any("support-bundle` is kept" in note for note in notes)


def test_paths_of_the_shared_filesystem_are_said_to_have_no_snapshots() -> None:
    section = (
        "backup: {enabled: true, strategies: [{name: a, kubernetes: {shared_fs_paths: [/a]}}]}\n"
    )
    settings = (
        "# kind: scheduler-kubernetes\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    )
    found = reading(f"{HEAD}{section}---\n{settings}")
    assert found.release is not None
    assert any(note.startswith("backup: paths of the shared") for note in found.release.notes)


def test_kept_documents_are_rendered_and_read() -> None:
    preflight, bundle = release("functions").kept
    assert preflight.value == {"collect": [{"node": {"label": NAMESPACE}}]}
    assert bundle.value == {"specs": []}
    text = f"{HEAD}---\n# kind: support-bundle\na: [b\n---\n# kind: scheduler-kubernetes\napiVersion: v1\n"
    assert "document 2" in faults(f"{text}kind: ConfigMap\nmetadata: {{name: a}}\n")[0]


def test_late_values_stand_in_the_objects_as_words_and_in_properties_as_themselves() -> None:
    made = release("late")
    url = made.properties["app_url"]
    assert not isinstance(url, str)
    assert url.sources == (Source(kind="IngressAddress", arguments=("web", "80")),)
    data = body(made, "ConfigMap", "late")["data"]
    known = {Source(kind="ServiceAddress", arguments=("web", "80")): "10.96.0.9:80"}
    assert made.stand_ins.filled(data["address"], known) == "10.96.0.9:80"
    assert made.stand_ins.filled(data["settings.ini"], known) == (
        "[web]\nurl = http://10.96.0.9:80/gold\n"
    )


def test_the_same_release_is_read_to_the_same_objects() -> None:
    assert [one.body for one in release("late").objects] == [
        one.body for one in release("late").objects
    ]


def test_a_document_that_is_no_yaml_once_rendered_is_shown_as_it_was_rendered() -> None:
    found = faults(
        f"{HEAD}---\n# kind: scheduler-kubernetes\napiVersion: v1\nkind: ConfigMap\n"
        'metadata: {name: a}\ndata:\n  a: {{repl print "[x" }}\n  b: c\n'
    )
    assert len(found) == 1
    assert found[0].startswith("release.yaml, document 2, line ")
    assert "is no YAML" in found[0]
    assert " 10 |   a: [x" in found[0]


def test_an_unknown_function_is_named_with_file_document_and_line() -> None:
    assert faults(
        f"{HEAD}---\n# kind: scheduler-kubernetes\na: b\nc: {{{{repl ConfigOptoin `x`}}}}\n"
    ) == [
        "release.yaml, document 2, line 7: there is no function ConfigOptoin; did you mean ConfigOption?"
    ]


def test_a_function_of_another_scheduler_is_named_with_its_line() -> None:
    found = faults(
        f"{HEAD}---\n# kind: scheduler-kubernetes\na: {{{{repl NodePrivateIPAddress `x` `y`}}}}\n"
    )
    assert "line 6: NodePrivateIPAddress belongs to another scheduler" in found[0]
    found = faults(f"{HEAD}---\n# kind: scheduler-kubernetes\na: {{{{repl DockerInfo}}}}\n")
    assert "DockerInfo is obsolete" in found[0]


def test_a_time_that_nobody_gave_is_asked_for_and_never_taken_from_a_clock() -> None:
    text = f"{HEAD}---\n# kind: scheduler-kubernetes\na: {{{{repl Now}}}}\n"
    assert "set release.date" in faults(text, released=None)[0]


def test_all_faults_of_a_release_are_found_at_once() -> None:
    found = faults(
        f"{HEAD}config: [{{name: g, items: [{{name: a, required: true}}, {{name: b, when: c=1}}]}}]\n"
        "---\n# kind: scheduler-kubernetes\na: {{repl nothing}}\n"
        "---\n# kind: scheduler-kubernetes\napiVersion: v1\nkind: Secert\nmetadata: {name: a}\n"
    )
    assert len(found) == 4


def test_the_header_of_every_document_is_asked_for() -> None:
    assert "says not what it is" in faults(f"{HEAD}---\napiVersion: v1\n")[0]
    assert (
        "did you mean scheduler-kubernetes?"
        in faults(f"{HEAD}---\n# kind: scheduler-kubernets\na: b\n")[0]
    )
    assert "there are 2 documents" in faults(f"{HEAD}---\n{HEAD}")[0]
    assert "there are 0 documents" in faults("# kind: scheduler-kubernetes\na: b\n")[0]


def test_a_template_without_quotes_in_the_description_is_explained() -> None:
    found = faults(f"{HEAD}properties:\n  app_url: {{{{repl Namespace}}}}\n")
    assert "is read before its templates are rendered" in found[0]


def test_a_description_says_what_is_wrong_where() -> None:
    found = faults(
        "# kind: replicated\nname: a\nconfig: [{name: g, items: [{name: a, type: txt}]}]\n"
    )
    assert found[0].endswith("replicated_api_version: missing")
    assert "config[0].items[0].type: is not one of 'text'" in found[1]


def test_objects_are_prepared_before_they_are_judged() -> None:
    text = f"{HEAD}---\n# kind: scheduler-kubernetes\napiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {{name: a}}\n"
    assert "no API server serves" in faults(text)[0]

    def newer(objects: Objects) -> tuple[Objects, tuple[Fault, ...]]:
        (one,) = objects
        assert one.namespace == NAMESPACE
        return (replace(one, body={**one.body, "apiVersion": "batch/v1"}),), ()

    def none(objects: Objects) -> tuple[Objects, tuple[Fault, ...]]:
        return (), (Fault(place=objects[0].place, text="has no version of today"),)

    def read_with(prepare: Prepare) -> ReleaseReading:
        return read(text, "f", facts(), given=Given(), rules=Rules(), prepare=prepare)

    found = read_with(newer)
    assert found.release is not None
    assert found.release.objects[0].api_version == "batch/v1"
    assert str(read_with(none).faults[0]) == "f, document 2, line 6: has no version of today"


def test_a_release_without_objects_is_refused() -> None:
    assert "has no object" in faults(HEAD)[0]
