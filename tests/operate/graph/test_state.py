"""Reading the state."""

import json

from operate.graph.state import read
from tests.operate.graph.given import HOST, MACHINES, MEMBER, PREPARE, PROVIDER, SECRET, small


def test_every_resource_is_read_once_with_its_name_and_its_place() -> None:
    graph = read(small(), "dev")
    entries = json.loads(small())["deployment"]["resources"]
    assert list(graph.resources) == [each["urn"] for each in entries]
    host = graph.resources[HOST]
    assert (host.name, host.kind, host.custom) == ("n1-host", "Command", True)
    assert (host.parent, host.provider) == (MACHINES, PROVIDER)
    assert graph.resources[MACHINES].parent == "", "the stack itself is around all"


def test_dependencies_of_both_kinds_are_read() -> None:
    graph = read(small(), "dev")
    assert set(graph.resources[MEMBER].waits) == {HOST, PREPARE}
    assert graph.resources[PREPARE].waits == (HOST,)


def test_nothing_that_resources_are_made_of_is_read() -> None:
    assert SECRET in small(), "there is nothing to leave out: the test shows nothing"
    assert SECRET not in str(read(small(), "dev"))


def test_what_was_replaced_and_still_has_to_go_does_not_stand_for_its_successor() -> None:
    document = json.loads(small())
    entries = document["deployment"]["resources"]
    host = next(each for each in entries if each["urn"] == HOST)
    entries.append({**host, "delete": True, "dependencies": [MEMBER]})
    assert read(json.dumps(document), "dev") == read(small(), "dev")


def test_a_stack_without_a_deployment_has_no_resources() -> None:
    for text in ('{"version": 3}', '{"deployment": null}', '{"deployment": {"resources": null}}'):
        assert not read(text, "dev").resources
