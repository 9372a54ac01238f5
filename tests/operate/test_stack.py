"""A stack's files, and its place in Pulumi's state."""

from pathlib import Path

import pytest

from operate import stack as stacks
from operate.engine import Engine
from operate.failure import OperateError
from operate.stack import Stack
from tests.operate.conftest import FakePulumi


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPLIANCE_STATE", str(tmp_path / "state"))


def test_a_stack_without_a_file_is_refused_with_those_that_have_one(stack: Stack) -> None:
    with pytest.raises(OperateError, match=r"Pulumi\.prod\.yaml: .* choose STACK=dev"):
        stacks.find("prod", stack.checkout)


def test_the_private_directory_is_for_its_owner_only(stack: Stack) -> None:
    (stack.checkout / "Pulumi.new.yaml").touch()
    made = stacks.find("new", stack.checkout)
    assert made.directory.stat().st_mode & 0o077 == 0


def test_a_new_stack_is_made_where_its_salt_does_not_reach_the_checkout(
    stack: Stack, engine: Engine, pulumi: FakePulumi
) -> None:
    stack.settings.write_text("config: {}\n")
    pulumi.says(
        'case "$2" in ls) echo "[]" ;; init) echo "encryptionsalt: x" >> Pulumi.dev.yaml ;; esac'
    )
    stacks.ensure(stack, engine)
    assert "encryptionsalt" in stack.settings.read_text()
    assert "encryptionsalt" not in stack.tracked.read_text()


@pytest.mark.parametrize("name", ["dev", "organization/appliance/dev", "me/dev"])
def test_a_stack_that_the_backend_knows_is_not_made_again(
    name: str, stack: Stack, engine: Engine, pulumi: FakePulumi
) -> None:
    pulumi.says(f"""echo '[{{"name": "{name}"}}]'""")
    stacks.ensure(stack, engine)
    assert pulumi.calls == ["stack ls --json --non-interactive"]


def test_a_users_own_stack_is_made_with_the_secrets_provider_that_its_file_names(
    stack: Stack, engine: Engine, pulumi: FakePulumi
) -> None:
    stack.tracked.write_text("secretsprovider: awskms://alias/x\nconfig: {}\n")
    pulumi.says("echo '[]'")
    stacks.ensure(stack, engine)
    assert stack.settings == stack.tracked
    assert pulumi.calls[-1].startswith("stack init dev --secrets-provider awskms://alias/x")
