"""Contract of remote.Command under the real engine and SDK: the life of a resource, and what of it can be read."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.toolchain.pulumi_stack import PulumiError, PulumiStack
from tests.lab.toolchain.ssh_server import SshServer


def search_path() -> str:
    """PATH, and `bin/` of the tool chain that the plugin under test is part of, if it is part of one."""
    plugin = Path(os.environ.get("APPLIANCE_COMMAND_PLUGIN", "/"))
    tools = [str(home.parent / "bin") for home in plugin.parents if home.name == "home"]
    return os.pathsep.join([*tools, os.environ["PATH"]])


TOOLS = ("pulumi", "pulumi-language-python")
MISSING = [tool for tool in TOOLS if shutil.which(tool, path=search_path()) is None]

pytestmark = [
    pytest.mark.toolchain,
    pytest.mark.skipif(bool(MISSING), reason=f"not on PATH: {', '.join(MISSING)}"),
]


@pytest.fixture
def stack(command_plugin_binary: Path, ssh_server: SshServer, tmp_path: Path) -> PulumiStack:
    connection = {
        "host": "127.0.0.1",
        "port": ssh_server.port,
        "user": ssh_server.connection()["user"],
        "private_key": ssh_server.client_key.read_text(),
        "host_key": ssh_server.host_key("ed25519"),
        "dial_error_limit": 0,
    }
    return PulumiStack(tmp_path, command_plugin_binary, search_path(), connection)


@pytest.fixture
def note(tmp_path: Path) -> Callable[[str], str]:
    """A command that writes a word into the journal and puts out how many words there are."""
    return lambda word: f"echo {word} >> {tmp_path}/journal; wc -l < {tmp_path}/journal"


def journal(directory: Path) -> list[str]:
    return (directory / "journal").read_text().split()


def test_a_command_is_created_updated_replaced_and_deleted(
    stack: PulumiStack, note: Callable[[str], str], tmp_path: Path
) -> None:
    inputs = {"create": note("create"), "update": note("update"), "delete": note("delete")}

    stack.up({**inputs, "triggers": ["a"]})
    stack.up({**inputs, "triggers": ["a"], "stdin": "changed"})
    assert (journal(tmp_path), stack.outputs) == (["create", "update"], {"stdout": "2"})

    stack.up({**inputs, "triggers": ["b"], "stdin": "changed"})
    assert journal(tmp_path)[2:] == ["create", "delete"]

    stack.destroy()
    assert journal(tmp_path)[4:] == ["delete"]


def test_a_second_up_runs_nothing(
    stack: PulumiStack, note: Callable[[str], str], tmp_path: Path
) -> None:
    inputs = {"create": note("create"), "stdin": "secret text", "triggers": ["a", 1]}

    stack.up(inputs)
    stack.up(inputs, expect_no_changes=True)

    assert journal(tmp_path) == ["create"]


def test_secrets_are_neither_in_the_exported_state_nor_in_what_the_engine_prints(
    stack: PulumiStack, ssh_server: SshServer
) -> None:
    stdin = "correct horse battery staple"
    printed = stack.up({"create": "cat > /dev/null; echo visible", "stdin": stdin})
    # A failure names the command and what it wrote, but not what it was given to read.
    with pytest.raises(PulumiError, match="Process exited with status 3") as failure:
        stack.up({"create": "cat > /dev/null; exit 3", "stdin": stdin})

    key_line = ssh_server.client_key.read_text().splitlines()[1]
    for text in (stack.export(), printed, str(failure.value)):
        assert stdin not in text
        assert key_line not in text
    [state] = [
        r
        for r in json.loads(stack.export())["deployment"]["resources"]
        if r.get("id") and r["type"] == "command:remote:Command"
    ]
    assert state["outputs"]["stdout"] == "visible"
