"""Contract of `logging`: which lines reach the engine's log while a command runs, here and over SSH."""

import json
from typing import Any

import pytest
from pulumi.runtime.proto import engine_pb2, provider_pb2

from tests.lab.toolchain.command_plugin import CommandPlugin, PluginError
from tests.lab.toolchain.ssh_server import SshServer

pytestmark = pytest.mark.toolchain


@pytest.fixture(params=["local", "remote"])
def target(request: pytest.FixtureRequest, ssh_server: SshServer) -> tuple[str, dict[str, Any]]:
    """The type of a command, and the inputs that it needs."""
    if request.param == "local":
        return "command:local:Command", {}
    return "command:remote:Command", {"connection": ssh_server.connection()}


@pytest.mark.parametrize(
    ("logging", "lines"),
    [
        (None, {"out", "err"}),
        ("stdoutAndStderr", {"out", "err"}),
        ("stdout", {"out"}),
        ("stderr", {"err"}),
        ("none", set()),
    ],
)
def test_the_wanted_streams_are_logged_and_both_are_put_out(
    plugin: CommandPlugin,
    target: tuple[str, dict[str, Any]],
    logging: str | None,
    lines: set[str],
) -> None:
    kind, inputs = target
    wanted = {"logging": logging} if logging else {}

    # The pause keeps the two streams from sharing a line: they arrive on channels of their own.
    create = "echo out; sleep 0.1; echo err >&2"
    outputs = plugin.create(kind, {**inputs, "create": create, **wanted}).outputs

    assert set(plugin.log.lines) == lines
    assert (outputs["stdout"], outputs["stderr"]) == ("out", "err")


def test_lines_are_logged_for_the_resource_as_status(
    plugin: CommandPlugin, target: tuple[str, dict[str, Any]]
) -> None:
    kind, inputs = target
    resource = plugin.create(kind, {**inputs, "create": "printf 'one\\r\\n\\ntwo'"})

    assert plugin.log.lines == ["one", "", "two"]
    assert {request.urn for request in plugin.log.requests} == {resource.urn}
    assert all(request.ephemeral for request in plugin.log.requests)
    assert {request.severity for request in plugin.log.requests} == {engine_pb2.INFO}


def test_a_line_that_would_stop_the_official_log_fails_instead_of_hanging(
    plugin: CommandPlugin, target: tuple[str, dict[str, Any]]
) -> None:
    schema = plugin.call("GetSchema", provider_pb2.GetSchemaRequest()).schema
    if "stand-in" not in json.loads(schema)["description"]:
        pytest.skip("the official plugin hangs here")
    kind, inputs = target
    long = {**inputs, "create": "head -c 200000 /dev/zero | tr '\\0' x; echo"}

    with pytest.raises(PluginError, match="longer than 65536 bytes"):
        plugin.create(kind, long)

    assert len(plugin.create(kind, {**long, "logging": "none"}).outputs["stdout"]) == 200_000
