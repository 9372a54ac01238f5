"""Contract of remote.Command before anything runs: what inputs are taken, filled in, secret; what a change means."""

from typing import Any

import pytest

from tests.lab.toolchain.command_plugin import CommandPlugin, is_secret, paths, reveal, secret
from tests.lab.toolchain.ssh_server import SshServer

pytestmark = pytest.mark.toolchain

COMMAND = "command:remote:Command"


@pytest.fixture
def host(ssh_server: SshServer) -> dict[str, Any]:
    """The inputs that every command needs."""
    return {"connection": ssh_server.connection()}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("create", "echo other"),
        ("update", "echo other"),
        ("delete", "echo other"),
        ("stdin", "other"),
        ("logging", "none"),
        ("addPreviousOutputInEnv", False),
        ("environment", {"A": "b"}),
    ],
)
def test_a_changed_input_is_an_update_in_place(
    plugin: CommandPlugin, host: dict[str, Any], field: str, value: Any
) -> None:
    old = plugin.create(COMMAND, {**host, "create": "true"})

    diff = plugin.diff(old, {**host, "create": "true", field: value})

    assert diff.changes == diff.DIFF_SOME
    assert list(diff.replaces) == []


def test_a_changed_connection_is_an_update_in_place(
    plugin: CommandPlugin, ssh_server: SshServer, host: dict[str, Any]
) -> None:
    old = plugin.create(COMMAND, host)

    diff = plugin.diff(old, {"connection": ssh_server.connection(host="::1")})

    assert (diff.changes, list(diff.replaces)) == (diff.DIFF_SOME, [])


def test_unchanged_inputs_are_no_difference(plugin: CommandPlugin, host: dict[str, Any]) -> None:
    inputs = {**host, "create": "true", "stdin": secret("x"), "triggers": [1, {"a": "b"}]}

    diff = plugin.diff(plugin.create(COMMAND, inputs), inputs)

    assert diff.changes == diff.DIFF_NONE


def test_new_triggers_replace_and_a_changed_one_is_named_for_the_engine_to_replace(
    plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    old = plugin.create(COMMAND, {**host, "triggers": ["a", "b"]})

    dropped = plugin.diff(old, host)
    changed_one = plugin.diff(old, {**host, "triggers": ["a", "c"]})

    assert list(dropped.replaces) == ["triggers"]
    assert paths(changed_one) == ["triggers[1]"]


def test_check_fills_in_the_defaults_of_connection_and_proxy(plugin: CommandPlugin) -> None:
    inputs, _ = plugin.check(COMMAND, {"connection": {"host": "h", "proxy": {"host": "p"}}})

    filled = {"port": 22.0, "user": "root", "dialErrorLimit": 10.0, "perDialTimeout": 15.0}
    connection = reveal(inputs["connection"])
    assert connection.pop("proxy") == {"host": "p", **filled}
    assert connection == {"host": "h", **filled}


def test_check_leaves_what_is_set_and_adds_nothing_else(plugin: CommandPlugin) -> None:
    given = {"host": "h", "port": 1.0, "user": "u", "dialErrorLimit": 0.0, "perDialTimeout": 0.0}

    inputs, _ = plugin.check(COMMAND, {"connection": given})

    assert reveal(inputs) == {"connection": given}


def test_check_makes_the_connection_and_its_credentials_secret(plugin: CommandPlugin) -> None:
    credentials = {"password": "p", "privateKey": "k", "privateKeyPassword": "q"}
    proxy = {"host": "h", **credentials}

    inputs, _ = plugin.check(COMMAND, {"connection": {**proxy, "proxy": proxy}})

    assert is_secret(inputs["connection"])
    inner = inputs["connection"]["value"]
    assert all(is_secret(at[name]) for at in (inner, inner["proxy"]) for name in credentials)


@pytest.mark.parametrize("inputs", [{}, {"connection": {}}, {"connection": {"hots": "h"}}])
def test_check_refuses_a_connection_without_a_host(
    plugin: CommandPlugin, inputs: dict[str, Any]
) -> None:
    _, faults = plugin.check(COMMAND, inputs)

    assert any("connection" in fault or "host" in fault for fault in faults)
