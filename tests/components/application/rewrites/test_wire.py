import asyncio
from typing import Any

import pulumi
import pytest
from pulumi_kubernetes.core.v1 import ContainerArgs, EnvVarArgs

from components.application.rewrites.wire import body_of, props_of, wire

DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def test_tokens_say_version_and_kind_where_properties_do_not() -> None:
    assert body_of("kubernetes:core/v1:Pod", {}) == {"apiVersion": "v1", "kind": "Pod"}
    assert body_of("kubernetes:a.test/v1:Thing", {}) == {"apiVersion": "a.test/v1", "kind": "Thing"}


def test_keys_are_translated_by_type_and_free_maps_keep_theirs() -> None:
    props = {
        "api_version": "apps/v1",
        "metadata": {"labels": {"match_labels": "kept"}, "owner_references": []},
        "spec": {"min_ready_seconds": 1, "selector": {"match_labels": {"node_name": "kept"}}},
        "status": None,
    }
    assert body_of(DEPLOYMENT, props) == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"labels": {"match_labels": "kept"}, "ownerReferences": []},
        "spec": {"minReadySeconds": 1, "selector": {"matchLabels": {"node_name": "kept"}}},
    }


def test_typed_arguments_inside_of_plain_lists_are_groups_too() -> None:
    given: list[Any] = [ContainerArgs(name="a", env=[EnvVarArgs(name="A", value="b")])]
    assert wire(given) == [{"name": "a", "env": [{"name": "A", "value": "b"}]}]
    assert wire(tuple(given)) == wire(given)


@pulumi.runtime.test
async def test_what_can_be_awaited_becomes_an_output() -> None:
    waiting = asyncio.ensure_future(asyncio.sleep(0, "later"))
    found = wire({"a": waiting})["a"]
    assert isinstance(found, pulumi.Output)
    assert await found.future() == "later"


@pytest.mark.parametrize("spelling", ["api_version", "apiVersion"])
def test_what_changed_goes_back_in_the_spelling_at_the_top(spelling: str) -> None:
    before = {spelling: "v1", "kind": "Secret", "string_data": {"a": "b"}, "type": "Opaque"}
    was = body_of("kubernetes:core/v1:Secret", before)
    body = {**{key: value for key, value in was.items() if key != "type"}, "stringData": {}}
    assert props_of(before, body, was) == {spelling: "v1", "kind": "Secret", "string_data": {}}
