"""What kubectl is asked, and what is made of its answers; kubectl itself is a script."""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from operate.drift import cluster as objects
from operate.drift.facts import Declared
from operate.status.cluster import Cluster, KubectlError

# A server with the objects of a file: reads give those that are asked for, a dry run the same with the given spec.
SERVER = """\
import json, sys
from pathlib import Path

here = Path(__file__).parent
there = json.loads((here / "there.json").read_text())
asked = json.load(sys.stdin)["items"]
words = sys.argv[1:]
verb = "apply" if "apply" in words else "get"
with (here / "calls").open("a") as calls:
    calls.write(json.dumps([verb, words, [one["metadata"]["name"] for one in asked]]) + "\\n")
refused = [one for one in asked if verb in one.get("refused", ())]
if refused:
    sys.exit(refused[0]["refused"][verb])
items = []
for one in asked:
    if (found := there.get(one["metadata"]["name"])) is not None:
        items.append({**found, "spec": one["spec"]} if verb == "apply" else found)
if items:
    print(json.dumps(items[0] if len(items) == 1 else {"kind": "List", "items": items}))
"""


class Server:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.there: dict[str, Any] = {}
        (directory / "server.py").write_text(SERVER)
        program = directory / "kubectl"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {directory}/server.py "$@"\n')
        program.chmod(0o755)

    def has(self, one: Declared, *, version: str = "1", **fields: Any) -> None:
        metadata = {**one.body["metadata"], "resourceVersion": version}
        self.there[one.name] = {**one.body, "metadata": metadata, **fields}
        (self.directory / "there.json").write_text(json.dumps(self.there))

    @property
    def calls(self) -> list[tuple[str, list[str]]]:
        lines = (self.directory / "calls").read_text().splitlines()
        return [(verb, names) for verb, _, names in map(json.loads, lines)]

    @property
    def words(self) -> list[list[str]]:
        return [json.loads(line)[1] for line in (self.directory / "calls").read_text().splitlines()]


@pytest.fixture
def server(tmp_path: Path) -> Server:
    found = Server(tmp_path)
    (tmp_path / "there.json").write_text("{}")
    return found


@pytest.fixture
def asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    path = f"{server.directory}:{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    with ThreadPoolExecutor(4) as pool:
        yield Cluster(environment={"PATH": path}, pool=pool)


def thing(name: str, *, version: str = "v1", kind: str = "Service", **more: Any) -> Declared:
    metadata = {"name": name, "namespace": "a"}
    body = {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": {"x": 1}, **more}
    return Declared(body=body)


def test_each_object_is_looked_at_as_it_is_and_as_it_would_be(
    server: Server, asked: Cluster
) -> None:
    here, gone = thing("here"), thing("gone")
    server.has(here, spec={"x": 2})
    found = objects.look(asked, [gone, here], None)
    assert [one.declared for one in found] == [gone, here]
    assert (found[0].found, found[0].applied) == (None, None)
    assert found[1].found is not None
    assert found[1].applied is not None
    assert (found[1].found["spec"], found[1].applied["spec"]) == ({"x": 2}, {"x": 1})
    # What is not there is not made, not even in a dry run.
    assert server.calls == [("get", ["gone", "here"]), ("apply", ["here"])]


def test_what_would_be_is_a_dry_run_under_a_name_of_its_own(server: Server, asked: Cluster) -> None:
    one = thing("here")
    server.has(one)
    objects.look(asked, [one], "192.0.2.1")
    get, apply = server.words
    assert {"--server", "https://192.0.2.1:6443"} <= set(get) & set(apply)
    assert {"--server-side", "--dry-run=server", "--force-conflicts"} <= set(apply)
    assert "--field-manager=appliance-drift" in apply


def test_objects_of_a_group_share_a_call(server: Server, asked: Cluster) -> None:
    for one in (some := [thing("a"), thing("b"), thing("c", version="apps/v1")]):
        server.has(one)
    objects.look(asked, some, None)
    assert sorted(server.calls) == [
        ("apply", ["a", "b"]),
        ("apply", ["c"]),
        ("get", ["a", "b"]),
        ("get", ["c"]),
    ]


def test_a_kind_that_no_server_knows_has_no_objects_and_hides_no_other(
    server: Server, asked: Cluster
) -> None:
    words = 'error: … no matches for kind "Gone" in version "v1"\nensure CRDs are installed first'
    unknown = thing("unknown", kind="Gone", refused={"get": words})
    server.has(known := thing("known"))
    found = objects.look(asked, [unknown, known], None)
    assert [one.found is None for one in found] == [True, False]


def test_an_object_that_is_refused_says_why_and_hides_no_other(
    server: Server, asked: Cluster
) -> None:
    refused = thing("refused", refused={"apply": "The Service is invalid: field is immutable"})
    for one in (some := [thing("a"), thing("b"), refused, thing("c")]):
        server.has(one)
    found = objects.look(asked, some, None)
    assert [one.applied is not None for one in found] == [True, True, False, True]
    assert found[2].refused == "The Service is invalid: field is immutable"
    assert found[2].found is not None


def test_a_server_that_falls_silent_is_not_asked_for_each_object(
    server: Server, asked: Cluster
) -> None:
    words = "The connection to the server 192.0.2.1:6443 was refused"
    some = [thing(name, refused={"apply": words}) for name in "abcd"]
    for one in some:
        server.has(one)
    with pytest.raises(KubectlError, match="was refused"):
        objects.look(asked, some, None)
    assert len(server.calls) == 2


def test_what_was_written_between_the_two_questions_is_asked_for_once_more(
    asked: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = thing("one"), thing("other")
    versions = {"get": iter("1223"), "apply": iter("1323")}

    def called(_: Cluster, words: tuple[str, ...], bodies: list[Any], __: object) -> list[Any]:
        return [
            {**body, "metadata": {**body["metadata"], "resourceVersion": next(versions[words[0]])}}
            for body in bodies
        ]

    monkeypatch.setattr(objects, "_called", called)
    found = objects.look(asked, [one, other], None)
    assert [one.found and one.found["metadata"]["resourceVersion"] for one in found] == ["1", "2"]
    assert next(versions["get"]) == "3"
