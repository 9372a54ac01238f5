import json

from bench.state_size import compact, fields, of_node
from tests.bench.recording import RESOURCES


def test_a_nodes_state_is_what_bears_its_name() -> None:
    others = [{"urn": "urn:pulumi:s::p::t::n11-host"}, {"urn": "urn:pulumi:s::p::t::n1"}]
    exported = json.dumps({"deployment": {"resources": [*RESOURCES, *others]}})
    names = [each["urn"].rpartition("::")[2] for each in of_node(exported, "n1")]
    assert names == ["n1-host", "n1-script", "n1-member", "n1"]


def test_fields_together_are_as_large_as_the_resources() -> None:
    resources = [{**each, "note": "ä", "none": {}} for each in RESOURCES]
    assert sum(field.bytes for field in fields(resources)) == sum(map(compact, resources))


def test_inputs_are_told_apart_by_what_they_hold() -> None:
    [inner] = [each for each in fields(RESOURCES) if each.name == "inputs.stdin"]
    assert inner.resource == "n1-member"
    assert inner.bytes == len('"stdin":"key old",')
