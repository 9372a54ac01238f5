"""The environment of a stack's commands."""

from collections.abc import Mapping
from pathlib import Path

from operate.environment import ToolChain, environment
from operate.stack import Stack

CHAIN = ToolChain(directory=Path("/cache/toolchain/k"))
MACHINE = ToolChain(directory=None)
GIVEN = {"HOME": "/home/u", "PATH": "/usr/bin:/bin"}


def made(
    stack: Stack, given: Mapping[str, str] = GIVEN, chain: ToolChain = CHAIN
) -> Mapping[str, str]:
    return environment(
        given, stack=stack, state=Path("/state"), tool_chain=chain, programs=Path("/venv/bin")
    )


def test_programs_of_the_python_environment_and_the_tool_chain_come_first(stack: Stack) -> None:
    assert made(stack)["PATH"] == "/venv/bin:/cache/toolchain/k/bin:/usr/bin:/bin"


def test_a_command_inside_a_shell_of_the_stack_finds_the_same_environment(stack: Stack) -> None:
    outside = made(stack)
    assert made(stack, outside) == outside


def test_the_state_lies_in_the_state_directory_unless_the_user_names_a_backend(
    stack: Stack,
) -> None:
    assert made(stack)["PULUMI_BACKEND_URL"] == "file:///state/pulumi"
    own = {**GIVEN, "PULUMI_BACKEND_URL": "s3://bucket"}
    assert made(stack, own)["PULUMI_BACKEND_URL"] == "s3://bucket"


def test_the_passphrase_is_the_stacks_own_file_unless_the_user_gives_one(stack: Stack) -> None:
    assert made(stack)["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(stack.passphrase)
    own = {**GIVEN, "PULUMI_CONFIG_PASSPHRASE": "theirs"}
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in made(stack, own)


def test_a_plain_pulumi_command_uses_this_stack_and_its_settings(stack: Stack) -> None:
    variables = made(stack, {**GIVEN, "PULUMI_STACK": "other"})
    assert variables["PULUMI_STACK"] == "dev"
    assert variables["PULUMI_OPTION_CONFIG_FILE"] == str(stack.directory / "Pulumi.dev.yaml")
    assert variables["KUBECONFIG"] == str(stack.directory / "kubeconfig")


def test_a_stack_with_its_own_encryption_is_read_from_the_checkout(stack: Stack) -> None:
    stack.tracked.write_text(f"encryptionsalt: v1:s\n{stack.tracked.read_text()}")
    assert made(stack)["PULUMI_OPTION_CONFIG_FILE"] == str(stack.tracked)


def test_the_tool_chain_never_downloads_a_plugin_and_uses_the_users_credentials(
    stack: Stack,
) -> None:
    variables = made(stack)
    assert variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"
    assert variables["PULUMI_HOME"] == "/cache/toolchain/k/home"
    assert variables["PULUMI_CREDENTIALS_PATH"] == "/home/u/.pulumi"


def test_the_machines_own_pulumi_keeps_its_own_home_and_plugins(stack: Stack) -> None:
    variables = made(stack, GIVEN, MACHINE)
    assert variables["PATH"] == "/venv/bin:/usr/bin:/bin"
    assert not {"PULUMI_HOME", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"} & variables.keys()
