"""Contract of remote.Command: when which command runs, with what, and what comes back."""

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.lab.toolchain.command_plugin import (
    UNKNOWN,
    CommandPlugin,
    PluginError,
    changed,
    is_secret,
    secret,
)
from tests.lab.toolchain.ssh_server import ACCEPTED_VARIABLE, SshServer

pytestmark = pytest.mark.toolchain

COMMAND = "command:remote:Command"
DISPLAY_PREVIOUS = 'printf "%s|%s" "$PULUMI_COMMAND_STDOUT" "$PULUMI_COMMAND_STDERR"'


@pytest.fixture
def host(ssh_server: SshServer) -> dict[str, Any]:
    """The inputs that every command needs."""
    return {"connection": ssh_server.connection()}


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A file that commands append to, to tell afterwards what ran."""
    return tmp_path / "journal"


def test_both_streams_come_back_without_their_last_line_break(
    plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    inputs = {**host, "create": "printf 'one\\n\\n'; printf 'two\\n' >&2"}

    outputs = plugin.create(COMMAND, inputs).outputs

    assert (outputs["stdout"], outputs["stderr"]) == ("one\n", "two")


def test_an_id_is_the_name_and_eight_random_digits(
    plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    first, second = (plugin.create(COMMAND, host, name="probe").id for _ in range(2))

    assert first != second
    assert first.startswith("probe")
    assert len(first) == len("probe") + 8


def test_standard_input_reaches_the_command(plugin: CommandPlugin, host: dict[str, Any]) -> None:
    text = "line\n" * 20000

    assert plugin.create(COMMAND, {**host, "create": "wc -c", "stdin": text}).outputs["stdout"] == (
        str(len(text))
    )


def test_without_standard_input_the_command_reads_nothing(
    plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    assert plugin.create(COMMAND, {**host, "create": "cat", "stdin": ""}).outputs["stdout"] == ""


def test_a_failure_tells_the_command_the_exit_code_and_both_streams(
    plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    command = "echo to-stdout; echo to-stderr >&2; exit 7"

    with pytest.raises(PluginError) as failure:
        plugin.create(COMMAND, {**host, "create": command})

    message = str(failure.value)
    assert f'Process exited with status 7: running "{command}":' in message
    assert {"to-stdout", "to-stderr"} <= set(message.splitlines())


def test_a_variable_that_the_server_accepts_is_set(
    plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    inputs = {
        **host,
        "create": f"echo ${ACCEPTED_VARIABLE}",
        "environment": {ACCEPTED_VARIABLE: "hello"},
    }

    assert plugin.create(COMMAND, inputs).outputs["stdout"] == "hello"


def test_a_variable_that_the_server_refuses_fails_the_run_before_the_command(
    plugin: CommandPlugin, host: dict[str, Any], journal: Path
) -> None:
    inputs = {**host, "create": f"date > {journal}", "environment": {"REFUSED": "x"}}

    with pytest.raises(PluginError, match=r'could not set environment variable "REFUSED"'):
        plugin.create(COMMAND, inputs)

    assert not journal.exists()
    assert any("AcceptEnv" in line for line in plugin.log.lines)


def test_a_refused_previous_output_is_only_a_warning(
    plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    old = plugin.create(COMMAND, {**host, "create": "echo before; echo before >&2"})

    new = plugin.update(old, {**host, "create": DISPLAY_PREVIOUS})

    assert new.outputs["stdout"] == "|"
    assert [w.split("'")[1] for w in plugin.log.warnings] == [
        "PULUMI_COMMAND_STDOUT",
        "PULUMI_COMMAND_STDERR",
    ]


def test_previous_output_is_not_offered_when_it_is_not_wanted(
    plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    old = plugin.create(COMMAND, {**host, "create": "echo before"})

    plugin.update(old, {**host, "create": "true", "addPreviousOutputInEnv": False})

    assert plugin.log.warnings == []


def test_an_accepted_previous_output_reaches_update_and_delete(
    plugin: CommandPlugin, tmp_path: Path, journal: Path
) -> None:
    server = SshServer(tmp_path, settings=["AcceptEnv PULUMI_COMMAND_*"])
    server.start()
    try:
        inputs = {
            "connection": server.connection(),
            "create": "echo first; echo oops >&2",
            "update": DISPLAY_PREVIOUS,
            "delete": f'echo "$PULUMI_COMMAND_STDOUT" > {journal}',
        }
        new = plugin.update(plugin.create(COMMAND, inputs), {**inputs, "stdin": "x"})
        plugin.delete(new)
    finally:
        server.stop()

    assert new.outputs["stdout"] == "first|oops"
    assert journal.read_text() == "first|oops\n"


def test_an_update_runs_the_update_command(plugin: CommandPlugin, host: dict[str, Any]) -> None:
    inputs = {**host, "create": "echo created", "update": "echo updated"}

    new = plugin.update(plugin.create(COMMAND, inputs), {**inputs, "stdin": "x"})

    assert new.outputs["stdout"] == "updated"


def test_an_update_without_an_update_command_runs_create_again(
    plugin: CommandPlugin, host: dict[str, Any], journal: Path
) -> None:
    inputs = {**host, "create": f"echo ran >> {journal}; wc -l < {journal}"}

    new = plugin.update(plugin.create(COMMAND, inputs), {**inputs, "delete": "true"})

    assert new.outputs["stdout"] == "2"


def test_an_update_with_no_command_keeps_what_the_last_run_put_out(
    plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    old = plugin.create(COMMAND, {**host, "create": "echo kept"})

    assert plugin.update(old, host).outputs["stdout"] == "kept"


def test_delete_runs_the_stored_command_over_the_stored_connection(
    plugin: CommandPlugin, host: dict[str, Any], journal: Path
) -> None:
    resource = plugin.create(COMMAND, {**host, "delete": f"cat > {journal}", "stdin": "stored"})

    plugin.delete(resource)

    assert journal.read_text() == "stored"


def test_nothing_connects_when_there_is_nothing_to_run(plugin: CommandPlugin) -> None:
    inputs = {"connection": {"host": "127.0.0.1", "port": 1, "dialErrorLimit": 0}}

    resource = plugin.create(COMMAND, inputs)
    plugin.delete(resource)

    assert resource.outputs["stdout"] == ""


def test_preview_of_a_create_runs_nothing_and_leaves_the_output_unknown(
    plugin: CommandPlugin, host: dict[str, Any], journal: Path
) -> None:
    inputs = {**host, "create": f"date > {journal}"}

    outputs = plugin.create(COMMAND, inputs, preview=True).outputs

    assert not journal.exists()
    assert (outputs["stdout"], outputs["stderr"]) == (UNKNOWN, UNKNOWN)
    assert outputs["create"] == inputs["create"]


def test_preview_of_an_update_runs_nothing_and_leaves_the_output_unknown(
    plugin: CommandPlugin, host: dict[str, Any], journal: Path
) -> None:
    old = plugin.create(COMMAND, {**host, "create": "echo old"})

    new = plugin.update(old, {**host, "create": f"date > {journal}"}, preview=True)

    assert not journal.exists()
    assert new.outputs["stdout"] == UNKNOWN


def test_an_input_that_preview_does_not_know_yet_is_accepted(
    plugin: CommandPlugin, ssh_server: SshServer
) -> None:
    inputs = {"connection": ssh_server.connection(host=UNKNOWN), "create": UNKNOWN}

    assert plugin.create(COMMAND, inputs, preview=True).outputs["stdout"] == UNKNOWN


def test_a_secret_input_stays_secret_in_the_state_and_output_does_not_become_one(
    plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    inputs = {**host, "create": secret("cat"), "stdin": secret("s")}

    outputs = plugin.create(COMMAND, inputs).outputs

    assert {name for name, value in outputs.items() if is_secret(value)} == {
        "connection",
        "create",
        "stdin",
    }
    assert (
        plugin.update(plugin.create(COMMAND, inputs), changed(inputs, create="cat; true")).outputs[
            "stdout"
        ]
        == "s"
    )


def test_cancelling_does_not_reach_a_running_remote_command(
    own_plugin: CommandPlugin, host: dict[str, Any]
) -> None:
    cancel = threading.Timer(0.3, own_plugin.cancel)
    cancel.start()

    outputs = own_plugin.create(COMMAND, {**host, "create": "sleep 1; echo done"}).outputs

    cancel.join()
    assert outputs["stdout"] == "done"
