"""States of stacks for the tests of the picture: a small one with secrets in it, and one of six hundred resources."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from operate.event_log import Work
from operate.graph.picture import Picture, picture_of
from operate.graph.state import read
from operate.graph.waits import waits_of
from operate.last_up import LastUp
from operate.layers import component
from review.graph import Graph

START = 1_790_000_000
SECRET = "correct horse battery staple"  # noqa: S105 - what must not be found on a page
TRICKY = '"><script>alert("it\'s")</script>&amp;'
"""A name of a vendor's object that would end what it stands in."""


def urn(path: str, name: str) -> str:
    return f"urn:pulumi:dev::appliance::{path}::{name}"


STACK = urn("pulumi:pulumi:Stack", "appliance-dev")
PROVIDER = urn("pulumi:providers:command", "default_1_2_1")


def entry(path: str, name: str, *, parent: str = STACK, **more: Any) -> dict[str, Any]:
    """A resource as it stands in an exported state; it is a component by its type."""
    own = urn(path, name)
    kind = path.rpartition("$")[2]
    inputs = {"stdin": SECRET, "metadata": {"labels": {"colour": SECRET}}}
    provider = f"{PROVIDER}::f6f52678" if kind.startswith("command:") else ""
    return {
        "urn": own,
        "type": kind,
        "custom": not component(own),
        "parent": parent,
        "inputs": inputs,
        "outputs": inputs,
        "provider": provider,
        **more,
    }


def exported(resources: Sequence[dict[str, Any]]) -> str:
    stack = {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False}
    provider = {"urn": PROVIDER, "type": "pulumi:providers:command", "custom": True}
    document = {
        "secrets_providers": {"state": {"salt": SECRET}},
        "resources": [stack, provider, *resources],
    }
    return json.dumps({"version": 3, "deployment": document})


COMMAND = "command:remote:Command"
MACHINES = urn("appliance:machines:LocalMachines", "machines")
HOST = urn(f"appliance:machines:LocalMachines${COMMAND}", "n1-host")
PLANE = urn("appliance:cluster:ControlPlane", "control-plane")
PREPARE = urn(f"appliance:cluster:ControlPlane${COMMAND}", "n1-prepare")
MEMBER = urn(f"appliance:cluster:ControlPlane${COMMAND}", "n1-member")
WEAVE = urn("appliance:network:Weave", "weave")
PODS = urn("appliance:network:Weave$kubernetes:apps/v1:DaemonSet", "weave-daemon-set")
APPLICATION = urn("appliance:application:Application", "application")
OBJECT = urn("appliance:application:Application$kubernetes:core/v1:ConfigMap", TRICKY)


def small() -> str:
    """A state of four layers: a host, a control plane of two steps, a network and an object of an application."""
    return exported(
        [
            entry("appliance:machines:LocalMachines", "machines"),
            entry(f"appliance:machines:LocalMachines${COMMAND}", "n1-host", parent=MACHINES),
            entry("appliance:cluster:ControlPlane", "control-plane"),
            entry(
                f"appliance:cluster:ControlPlane${COMMAND}",
                "n1-prepare",
                parent=PLANE,
                propertyDependencies={"connection": [HOST], "stdin": []},
            ),
            entry(
                f"appliance:cluster:ControlPlane${COMMAND}",
                "n1-member",
                parent=PLANE,
                dependencies=[HOST, PREPARE],
            ),
            entry("appliance:network:Weave", "weave", dependencies=[MEMBER]),
            entry(
                "appliance:network:Weave$kubernetes:apps/v1:DaemonSet",
                "weave-daemon-set",
                parent=WEAVE,
            ),
            entry("appliance:application:Application", "application"),
            entry(
                "appliance:application:Application$kubernetes:core/v1:ConfigMap",
                TRICKY,
                parent=APPLICATION,
                dependencies=[WEAVE, HOST],
            ),
        ]
    )


def work(of: str, began: int, ended: int, operation: str = "create", **more: Any) -> Work:
    """A work; the times are seconds after the beginning of the `up`."""
    return Work(urn=of, operation=operation, began=START + began, ended=START + ended, **more)


def up(*works: Work, ended: int | None = None, older: Sequence[Work] = ()) -> LastUp:
    """An `up` with these works."""
    last = max((each.ended for each in works), default=START)
    return LastUp(
        began=START,
        ended=last if ended is None else START + ended,
        works=tuple(sorted(works, key=lambda each: each.ended)),
        older={each.urn: each for each in older},
    )


SMALL = up(
    work(HOST, 1, 3),
    work(PREPARE, 3, 14),
    work(MEMBER, 14, 40),
    work(PODS, 42, 55),
    ended=56,
    older=[work(OBJECT, -90_000, -89_996)],
)


def small_picture(last: LastUp | None = SMALL) -> Picture:
    return picture_of(read(small(), "dev"), last)


def _nodes(count: int) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        path = f"appliance:machines:LocalMachines${COMMAND}"
        yield entry(path, f"n{number}-host", parent=MACHINES)
        host = urn(path, f"n{number}-host")
        yield entry(path, f"n{number}-script", parent=MACHINES, dependencies=[host])


def _workers(count: int) -> Iterator[dict[str, Any]]:
    path = f"appliance:cluster:Worker${COMMAND}"
    for number in range(2, count + 1):
        script = urn(f"appliance:machines:LocalMachines${COMMAND}", f"n{number}-script")
        own = urn("appliance:cluster:Worker", f"n{number}")
        prepare = urn(path, f"n{number}-prepare")
        yield entry("appliance:cluster:Worker", f"n{number}")
        yield entry(path, f"n{number}-prepare", parent=own, dependencies=[script])
        yield entry(path, f"n{number}-member", parent=own, dependencies=[prepare, PODS])


def _objects(group: str, count: int, after: str) -> Iterator[dict[str, Any]]:
    """A layer of objects in the cluster, of which each tenth waits for those before."""
    path = f"appliance:{group}"
    name = group.rpartition(":")[2].lower()
    own = urn(path, name)
    yield entry(path, name)
    earlier: list[str] = [after]
    for number in range(1, count + 1):
        kind = "Deployment" if number % 10 == 0 else "ConfigMap"
        child = f"{path}$kubernetes:apps/v1:{kind}"
        called = f"{name}/{kind}/some-namespace/{name}-part-{number}"
        waits = earlier if kind == "Deployment" else [after]
        yield entry(child, called, parent=own, dependencies=list(waits))
        earlier.append(urn(child, called))


def big() -> str:
    """A state of some six hundred resources: fifty nodes, and objects of all layers above."""
    first = urn(f"appliance:machines:LocalMachines${COMMAND}", "n1-script")
    return exported(
        [
            entry("appliance:machines:LocalMachines", "machines"),
            *_nodes(50),
            entry("appliance:cluster:ControlPlane", "control-plane"),
            entry(
                f"appliance:cluster:ControlPlane${COMMAND}",
                "n1-prepare",
                parent=PLANE,
                dependencies=[first],
            ),
            entry(
                f"appliance:cluster:ControlPlane${COMMAND}",
                "n1-member",
                parent=PLANE,
                dependencies=[PREPARE],
            ),
            entry("appliance:network:Weave", "weave", dependencies=[MEMBER]),
            entry(
                "appliance:network:Weave$kubernetes:apps/v1:DaemonSet",
                "weave-daemon-set",
                parent=WEAVE,
            ),
            *_workers(50),
            *_objects("storage:Rook", 120, PODS),
            *_objects("ingress:Contour", 60, PODS),
            *_objects("replicated:Daemon", 40, PODS),
            *_objects("application:Application", 130, PODS),
        ]
    )


def lasting(of: str) -> int:
    """Seconds that a resource may take, by its kind."""
    for end, seconds in (("-host", 3), ("-prepare", 21), ("-member", 17), ("daemon-set", 12)):
        if of.endswith(end):
            return seconds
    return 9 if "Deployment" in of else 0


def played(graph: Graph) -> LastUp:
    """An `up` that makes all of a graph, each resource as soon as it may be."""
    waits = waits_of(graph)
    ends: dict[str, int] = {}
    works: list[Work] = []
    for each in sorted(waits.every, key=lambda urn: (len(waits.every[urn]), urn)):
        began = max((ends[before] for before in waits.every[each]), default=1)
        ends[each] = began + lasting(each)
        works.append(work(each, began, ends[each]))
    return up(*works)


@cache
def big_picture() -> Picture:
    graph = read(big(), "dev")
    return picture_of(graph, played(graph))
