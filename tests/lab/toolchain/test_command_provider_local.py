"""Contract of local.Command and local.run: how a process is started here, and what is collected after it."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.lab.toolchain.command_plugin import (
    UNKNOWN,
    CommandPlugin,
    PluginError,
    is_secret,
    secret,
)

pytestmark = pytest.mark.toolchain

COMMAND = "command:local:Command"
RUN = "command:local:run"
DISPLAY_PREVIOUS = 'printf "%s|%s" "$PULUMI_COMMAND_STDOUT" "$PULUMI_COMMAND_STDERR"'


def output_of(plugin: CommandPlugin, create: str, **inputs: Any) -> str:
    return str(plugin.create(COMMAND, {"create": create, **inputs}).outputs["stdout"])


def test_both_streams_come_back_without_their_last_line_break(plugin: CommandPlugin) -> None:
    outputs = plugin.create(COMMAND, {"create": "printf 'one\\n\\n'; echo two >&2"}).outputs

    assert (outputs["stdout"], outputs["stderr"]) == ("one\n", "two")


def test_the_command_is_the_last_argument_of_the_interpreter(plugin: CommandPlugin) -> None:
    assert output_of(plugin, "one two", interpreter=["printf", "<%s>", "zero"]) == "<zero><one two>"


def test_the_shell_is_the_interpreter_when_none_is_given(plugin: CommandPlugin) -> None:
    assert (
        output_of(plugin, 'echo "$0"')
        == output_of(plugin, 'echo "$0"', interpreter=[])
        == ("/bin/sh")
    )


def test_the_directory_is_where_the_command_runs(plugin: CommandPlugin, tmp_path: Path) -> None:
    assert output_of(plugin, "pwd -P", dir=str(tmp_path)) == str(tmp_path.resolve())
    assert output_of(plugin, "pwd -P") == str(Path.cwd())


def test_a_missing_directory_fails_the_run(plugin: CommandPlugin, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="no such file or directory"):
        output_of(plugin, "pwd", dir=str(tmp_path / "missing"))


def test_the_environment_is_added_to_that_of_the_plugin(plugin: CommandPlugin) -> None:
    given = output_of(plugin, 'echo "$GREETING $HOME"', environment={"GREETING": "hello"})

    assert given == f"hello {os.environ['HOME']}"


def test_standard_input_reaches_the_command(plugin: CommandPlugin) -> None:
    assert output_of(plugin, "cat", stdin="text\n") == "text"


def test_a_failure_tells_the_command_the_exit_code_and_both_streams(plugin: CommandPlugin) -> None:
    command = "echo to-stdout; echo to-stderr >&2; exit 7"

    with pytest.raises(PluginError) as failure:
        output_of(plugin, command)

    message = str(failure.value)
    assert f'exit status 7: running "{command}":' in message
    assert {"to-stdout", "to-stderr"} <= set(message.splitlines())


def test_an_update_runs_update_or_create_and_finds_the_output_of_the_run_before(
    plugin: CommandPlugin,
) -> None:
    inputs = {"create": f"echo first; echo oops >&2; {DISPLAY_PREVIOUS}"}
    old = plugin.create(COMMAND, inputs)

    again = plugin.update(old, {**inputs, "stdin": "x"})
    updated = plugin.update(old, {**inputs, "update": DISPLAY_PREVIOUS})

    assert old.outputs["stdout"] == "first\n|"
    assert again.outputs["stdout"] == "first\nfirst\n||oops"
    assert updated.outputs["stdout"] == "first\n||oops"


def test_delete_finds_the_output_of_the_run_before_unless_it_is_not_wanted(
    plugin: CommandPlugin, tmp_path: Path
) -> None:
    inputs = {"create": "echo first", "delete": f"{DISPLAY_PREVIOUS} >> {tmp_path}/journal"}

    plugin.delete(plugin.create(COMMAND, inputs))
    plugin.delete(plugin.create(COMMAND, {**inputs, "addPreviousOutputInEnv": False}))

    assert (tmp_path / "journal").read_text() == "first||"


def test_preview_runs_nothing_and_leaves_the_output_unknown(
    plugin: CommandPlugin, tmp_path: Path
) -> None:
    inputs = {"create": f"date > {tmp_path}/journal", "assetPaths": ["*"]}

    created = plugin.create(COMMAND, inputs, preview=True).outputs
    old = plugin.create(COMMAND, {"create": "echo old"})
    updated = plugin.update(old, inputs, preview=True).outputs

    assert not (tmp_path / "journal").exists()
    assert created["stdout"] == updated["stdout"] == UNKNOWN


def test_a_changed_input_is_an_update_and_new_triggers_are_a_replacement(
    plugin: CommandPlugin,
) -> None:
    old = plugin.create(COMMAND, {"create": "true"})

    assert list(plugin.diff(old, {"create": "false"}).replaces) == []
    assert list(plugin.diff(old, {"create": "true", "triggers": [1]}).replaces) == ["triggers"]
    assert plugin.diff(old, {"create": "true"}).changes == 1  # DIFF_NONE


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The folder that the SDK's documentation takes as its example."""
    for name in ("assets/logos/logo.svg", "src/index.js", "src/secret.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


DOCUMENTED_RULES = ["assets/**", "src/**.js", "!**secret.*"]
DOCUMENTED_FILES = {"assets/logos/logo.svg", "src/index.js"}


def test_matching_files_are_put_out_as_assets(plugin: CommandPlugin, tree: Path) -> None:
    inputs = {"create": "true", "dir": str(tree), "assetPaths": DOCUMENTED_RULES}

    assets = plugin.create(COMMAND, inputs).outputs["assets"]

    assert {name: asset["path"] for name, asset in assets.items()} == {
        name: f"{tree}/{name}" for name in DOCUMENTED_FILES
    }


def test_matching_files_are_put_out_as_one_archive(plugin: CommandPlugin, tree: Path) -> None:
    inputs = {"create": "true", "dir": str(tree), "archivePaths": DOCUMENTED_RULES}

    archive = plugin.create(COMMAND, inputs).outputs["archive"]

    assert set(archive["assets"]) == DOCUMENTED_FILES


def test_files_are_looked_for_after_the_run_by_rules_in_order_and_a_star_stops_at_a_slash(
    plugin: CommandPlugin, tree: Path
) -> None:
    inputs = {"create": "touch new.js", "dir": str(tree), "assetPaths": ["!*.js", "*.js"]}

    assets = plugin.create(COMMAND, inputs).outputs["assets"]

    assert set(assets) == {"new.js"}


def test_a_secret_input_stays_secret_in_the_state(plugin: CommandPlugin) -> None:
    outputs = plugin.create(COMMAND, {"create": "cat", "stdin": secret("s")}).outputs

    assert {name for name, value in outputs.items() if is_secret(value)} == {"stdin"}


def test_the_function_runs_its_command_and_hands_its_arguments_back(
    plugin: CommandPlugin, tree: Path
) -> None:
    arguments = {"command": "cat", "stdin": "text", "dir": str(tree), "assetPaths": ["src/*"]}

    result = plugin.invoke(RUN, arguments)

    assert {name: result[name] for name in arguments} == arguments
    assert (result["stdout"], result["stderr"]) == ("text", "")
    assert set(result["assets"]) == {"src/index.js", "src/secret.js"}


def test_the_function_fails_as_a_command_does(plugin: CommandPlugin) -> None:
    with pytest.raises(PluginError, match='exit status 1: running "false"'):
        plugin.invoke(RUN, {"command": "false"})


def test_cancelling_kills_a_local_command(own_plugin: CommandPlugin) -> None:
    cancel = threading.Timer(0.5, own_plugin.cancel)
    cancel.start()
    start = time.monotonic()

    with pytest.raises(PluginError, match="killed"):
        own_plugin.create(COMMAND, {"create": "exec sleep 20"})

    cancel.join()
    assert time.monotonic() - start < 10
