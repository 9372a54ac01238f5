import json
from dataclasses import replace

from review.change import SECRET
from review.difference import differences
from tests.review.given import claim, graph, pods, resource


def test_what_is_the_same_in_both_graphs_is_not_told() -> None:
    assert differences(graph(claim()), graph(claim())) == ()


def test_new_and_gone_resources_are_told() -> None:
    found = differences(graph(claim("old")), graph(claim("new")))
    assert {(each.operation, each.name) for each in found} == {("create", "new"), ("delete", "old")}


def test_everything_is_new_without_an_older_graph() -> None:
    (found,) = differences(None, graph(claim()))
    assert (found.operation, found.layer) == ("create", "application")


def test_a_changed_property_is_told_by_its_path() -> None:
    (found,) = differences(
        graph(pods("web", {"image": "a:1"})), graph(pods("web", {"image": "a:2"}))
    )
    assert found.operation == "update"
    assert [str(each) for each in found.fields] == [
        "spec.template.spec.containers[0].image: a:1 → a:2"
    ]


def test_another_storage_class_replaces_a_claim_and_is_grave() -> None:
    (found,) = differences(
        graph(claim(storageClassName="default")), graph(claim(storageClassName="other"))
    )
    assert (found.operation, found.grave) == ("replace", True)


def test_a_larger_claim_is_only_changed() -> None:
    small, large = ({"requests": {"storage": size}} for size in ("1Gi", "2Gi"))
    (found,) = differences(graph(claim(resources=small)), graph(claim(resources=large)))
    assert (found.operation, found.grave) == ("update", False)


def test_a_secret_property_is_told_without_its_value() -> None:
    made = resource(
        "pull", "kubernetes:core/v1:Secret", inputs={"data": {"a": "old"}}, secret=("data",)
    )
    other = replace(made, inputs={"data": {"a": "new"}}, secret=())
    (found,) = differences(graph(made), graph(other))
    assert [str(each) for each in found.fields] == [f"data.a: {SECRET} → {SECRET}"]


def test_a_property_whose_changes_are_ignored_is_not_told() -> None:
    made = resource("n1", "aws:ec2/instance:Instance", inputs={"ami": "a"}, ignored=("ami",))
    assert differences(graph(made), graph(replace(made, inputs={"ami": "b"}))) == ()


def test_the_protection_that_counts_is_that_of_the_older_graph() -> None:
    made = claim(storageClassName="a")
    (found,) = differences(graph(replace(made, protected=True)), graph())
    assert found.protected


def test_a_document_inside_a_text_is_compared_part_by_part() -> None:
    def told(version: str) -> str:
        return json.dumps({"node": {"version": version, "name": "n1"}})

    made = resource("n1-member", "command:local:Command", inputs={"stdin": told("1.34.2")})
    (found,) = differences(graph(made), graph(replace(made, inputs={"stdin": told("1.35.4")})))
    assert [str(each) for each in found.fields] == ["stdin.node.version: 1.34.2 → 1.35.4"]


def test_of_a_long_text_the_first_line_that_differs_is_shown() -> None:
    text = "\n".join(f"line {number} of a script" for number in range(9))
    made = resource("n1", "command:remote:Command", inputs={"create": text})
    other = replace(made, inputs={"create": text.replace("line 7", "line seven")})
    (found,) = differences(graph(made), graph(other))
    assert [str(each) for each in found.fields] == [
        "create: line 7 of a script → line seven of a script"
    ]


def test_components_are_not_told() -> None:
    component = replace(resource("app", "appliance:application:Application"), custom=False)
    assert differences(None, graph(component)) == ()
